/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The commands: what each takes, and what "kafc help" says of it. Those with -b
 * open clients; -X and -F are theirs without being named here.
 */
#include "tools/kafc/tool.h"

static const struct option decode_options[] = {
    { "reencode", no_argument, NULL, LONG_REENCODE },
    { "records", no_argument, NULL, LONG_RECORDS },
    { "frame", required_argument, NULL, LONG_FRAME },
    { "api", required_argument, NULL, LONG_API },
    { "version", required_argument, NULL, LONG_VERSION },
    { NULL, 0, NULL, 0 },
};
static const struct option groups_options[] = {
    { "json", no_argument, NULL, 'J' },
    { "dry-run", no_argument, NULL, LONG_DRY_RUN },
    { NULL, 0, NULL, 0 },
};
static const struct option topics_options[] = {
    { "json", no_argument, NULL, 'J' },
    { "partitions", required_argument, NULL, 'p' },
    { "replication", required_argument, NULL, 'r' },
    { "config", required_argument, NULL, LONG_CONFIG },
    { "assign", required_argument, NULL, LONG_ASSIGN },
    { "if-exists", no_argument, NULL, LONG_IF_EXISTS },
    { "if-not-exists", no_argument, NULL, LONG_IF_NOT_EXISTS },
    { "dry-run", no_argument, NULL, LONG_DRY_RUN },
    { NULL, 0, NULL, 0 },
};
static const struct option configs_options[] = {
    { "json", no_argument, NULL, 'J' },
    { "config", required_argument, NULL, LONG_CONFIG },
    { "all", no_argument, NULL, LONG_ALL },
    { "dry-run", no_argument, NULL, LONG_DRY_RUN },
    { NULL, 0, NULL, 0 },
};
static const struct option cluster_options[] = {
    { "json", no_argument, NULL, 'J' },
    { "all", no_argument, NULL, LONG_ALL },
    { "controllers", no_argument, NULL, LONG_CONTROLLERS },
    { NULL, 0, NULL, 0 },
};
static const struct option acls_options[] = {
    { "json", no_argument, NULL, 'J' },
    { "topic", required_argument, NULL, LONG_TOPIC },
    { "group", required_argument, NULL, LONG_GROUP },
    { "cluster", no_argument, NULL, LONG_CLUSTER },
    { "transactional-id", required_argument, NULL, LONG_TRANSACTIONAL_ID },
    { "delegation-token", required_argument, NULL, LONG_DELEGATION_TOKEN },
    { "user-principal", required_argument, NULL, LONG_USER_PRINCIPAL },
    { "resource-pattern-type", required_argument, NULL, LONG_PATTERN },
    { "principal", required_argument, NULL, LONG_PRINCIPAL },
    { "allow-principal", required_argument, NULL, LONG_ALLOW_PRINCIPAL },
    { "deny-principal", required_argument, NULL, LONG_DENY_PRINCIPAL },
    { "allow-host", required_argument, NULL, LONG_ALLOW_HOST },
    { "deny-host", required_argument, NULL, LONG_DENY_HOST },
    { "operation", required_argument, NULL, LONG_OPERATION },
    { "producer", no_argument, NULL, LONG_PRODUCER },
    { "consumer", no_argument, NULL, LONG_CONSUMER },
    { "all", no_argument, NULL, LONG_ALL },
    { "dry-run", no_argument, NULL, LONG_DRY_RUN },
    { NULL, 0, NULL, 0 },
};
static const struct option users_options[] = {
    { "json", no_argument, NULL, 'J' },
    { "mechanism", required_argument, NULL, LONG_MECHANISM },
    { "iterations", required_argument, NULL, LONG_ITERATIONS },
    { NULL, 0, NULL, 0 },
};
static const struct option quotas_options[] = {
    { "json", no_argument, NULL, 'J' },
    { "config", required_argument, NULL, LONG_CONFIG },
    { "dry-run", no_argument, NULL, LONG_DRY_RUN },
    { NULL, 0, NULL, 0 },
};
static const struct option tokens_options[] = {
    { "json", no_argument, NULL, 'J' },
    { "owner", required_argument, NULL, LONG_OWNER },
    { "renewer", required_argument, NULL, LONG_RENEWER },
    { "lifetime-ms", required_argument, NULL, LONG_LIFETIME },
    { "period-ms", required_argument, NULL, LONG_PERIOD },
    { NULL, 0, NULL, 0 },
};
static const struct option mock_options[] = {
    { "blackhole", no_argument, NULL, LONG_BLACKHOLE },
    { "endless", required_argument, NULL, LONG_ENDLESS },
    { "partitions", required_argument, NULL, LONG_PARTITIONS },
    { "login", required_argument, NULL, LONG_LOGIN },
    { "user", required_argument, NULL, LONG_USER },
    { NULL, 0, NULL, 0 },
};
static const struct option perf_produce_options[] = {
    { "broker", required_argument, NULL, 'b' },
    { "topic", required_argument, NULL, 't' },
    { "partitions", required_argument, NULL, LONG_PARTITIONS },
    { "count", required_argument, NULL, LONG_COUNT },
    { "size", required_argument, NULL, LONG_SIZE },
    { "codec", required_argument, NULL, 'z' },
    { "acks", required_argument, NULL, 'a' },
    { "idempotent", no_argument, NULL, LONG_IDEMPOTENT },
    { "linger-ms", required_argument, NULL, LONG_LINGER },
    { "batch-bytes", required_argument, NULL, LONG_BATCH },
    { NULL, 0, NULL, 0 },
};
static const struct option perf_consume_options[] = {
    { "broker", required_argument, NULL, 'b' },
    { "topic", required_argument, NULL, 't' },
    { "partitions", required_argument, NULL, LONG_PARTITIONS },
    { "count", required_argument, NULL, LONG_COUNT },
    { NULL, 0, NULL, 0 },
};
static const struct option perf_group_consume_options[] = {
    { "broker", required_argument, NULL, 'b' },
    { "topic", required_argument, NULL, 't' },
    { "group", required_argument, NULL, 'g' },
    { "partitions", required_argument, NULL, LONG_PARTITIONS },
    { "count", required_argument, NULL, LONG_COUNT },
    { NULL, 0, NULL, 0 },
};
static const struct option perf_latency_options[] = {
    { "broker", required_argument, NULL, 'b' },
    { "topic", required_argument, NULL, 't' },
    { "count", required_argument, NULL, LONG_COUNT },
    { "size", required_argument, NULL, LONG_SIZE },
    { "rate", required_argument, NULL, LONG_RATE },
    { NULL, 0, NULL, 0 },
};
const struct tool_command tool_commands[] = {
    { "produce", "b:t:K:p:z:a:H:",
      "produce -b LIST -t TOPIC [-K DELIM] [-p N] [-z CODEC] [-a ACKS] [-H NAME=VALUE]… [-X NAME=VALUE]…",
      "Writes a message for each line of standard input. An empty line is an empty value.\n"
      "\n"
      "  -b LIST        brokers to begin with, host:port,host:port\n"
      "  -t TOPIC       the topic\n"
      "  -K DELIM       key and value are separated by DELIM; a line without it has no key\n"
      "  -p N           write to partition N; else the partitioner chooses by the key\n"
      "  -z CODEC       none, gzip, snappy, lz4 or zstd\n"
      "  -a ACKS        all (default), 1 or 0\n"
      "  -H NAME=VALUE  a header on every message; without \"=\" its value is null\n"
      "  -X NAME=VALUE  any property, such as linger.ms=50; see docs/OPTIONS.md\n"
      "\n"
      "With -X transactional.id=ID all of it is one transaction, aborted if a message fails or by Ctrl-C.\n"
      "Exits with 0 only if every message was acknowledged (with -a 0: sent).\n",
      tool_produce, NULL, false },
    { "consume", "b:t:g:p:o:c:euvf:J",
      "consume -b LIST -t TOPIC… [-g GROUP | -p N] [-o OFFSET] [-c COUNT] [-e] [-u] [-v] [-f FORMAT|-J]\n"
      "       [-X NAME=VALUE]…",
      "Prints the messages of topics.\n"
      "\n"
      "  -b LIST        brokers to begin with, host:port,host:port\n"
      "  -t TOPIC       the topic; -t again: one more. With -g also '^REGEX': all that match, now and later\n"
      "  -g GROUP       as a member of this group, which shares the partitions among its members and goes on where\n"
      "                 it was. Each second and at the end what standard output has taken is committed, and nothing\n"
      "                 else: who is killed repeats messages, and skips none. Ctrl-C and SIGTERM leave the group\n"
      "  -p N           read partition N alone\n"
      "  -o OFFSET      beginning (default), end, N, -N (N before the end), or @MS (from a time, ms since 1970);\n"
      "                 with -g where nothing is committed\n"
      "  -c COUNT       stop after COUNT messages\n"
      "  -e             stop at the end of all partitions; with -g of those that this member is assigned, once it is\n"
      "  -u             write out each message at once\n"
      "  -v             with -g: say on standard error which partitions come and go\n"
      "  -f FORMAT      default \"%s\\n\". %t topic, %p partition, %o offset, %k key, %s value, %K %S their lengths\n"
      "                 (-1: null), %R the value's length in 4 bytes, %T timestamp, %h headers, %% a percent sign;\n"
      "                 \\n \\r \\t \\\\ \\xHH\n"
      "  -J             a JSON object on a line for each message; bytes that are no UTF-8 become U+FFFD\n"
      "  -X NAME=VALUE  any property, such as isolation.level=read_uncommitted; see docs/OPTIONS.md\n",
      tool_consume, NULL, false },
    { "metadata", "b:t:J", "metadata -b LIST [-t TOPIC]… [-J] [-X NAME=VALUE]…",
      "Prints brokers, topics and partitions of the cluster.\n"
      "\n"
      "  -b LIST        brokers to begin with, host:port,host:port\n"
      "  -t TOPIC       this topic only\n"
      "  -J             as JSON\n"
      "  -X NAME=VALUE  any property; see docs/OPTIONS.md\n",
      tool_metadata, NULL, false },
    { "groups", "b:t:o:J",
      "groups -b LIST [list | describe GROUP… | lag GROUP | delete GROUP…] [--json] [-X NAME=VALUE]…\n"
      "       groups -b LIST reset GROUP -t TOPIC[:N]… -o OFFSET [--dry-run] [--json] [-X NAME=VALUE]…",
      "Shows groups and how far they have come, moves them, deletes them. It is never a member.\n"
      "\n"
      "  list             the groups of all brokers, with state and coordinator\n"
      "  describe GROUP…  state, assignor, members, and what each subscribes to and is assigned\n"
      "  lag GROUP        of each partition the next offset to read that is committed, the end, how many lie between,\n"
      "                   and who reads it. Behind an open transaction there is nothing to read yet: it ends there\n"
      "  reset GROUP      commits offsets while the group has no members; prints what was (-: nothing) and what is.\n"
      "                   It makes the group if there is none\n"
      "  delete GROUP…    forgets groups without members, with their offsets\n"
      "\n"
      "  -b LIST          brokers to begin with, host:port,host:port\n"
      "  -t TOPIC[:N]     reset: the topic's partitions, or partition N alone\n"
      "  -o OFFSET        reset: beginning, end, N, -N (N before the end), @MS (the first from a time on, ms since\n"
      "                   1970), committed, committed+N or committed-N. Outside of the log is its nearest end\n"
      "  --dry-run        reset: prints what would be, and changes nothing\n"
      "  -J, --json       a JSON object on a line, of each group one\n"
      "  -X NAME=VALUE    any property; see docs/OPTIONS.md\n",
      tool_groups, groups_options, true },
    { "topics", "b:p:r:c:J",
      "topics -b LIST [list | describe [TOPIC…] | delete TOPIC… [--if-exists]] [--json]\n"
      "       topics -b LIST create TOPIC… [-p N] [-r N] [-c NAME=VALUE]… [--assign LIST] [--if-not-exists]\n"
      "       [--dry-run]\n"
      "       topics -b LIST grow TOPIC… -p N [--assign LIST] [--dry-run]",
      "Shows topics, makes them, gives them more partitions, deletes them.\n"
      "\n"
      "  list               all topics with partitions, replicas and id\n"
      "  describe TOPIC…    partitions with leader, replicas and who is in sync, and configs that were set; without\n"
      "                     TOPIC of all topics\n"
      "  create TOPIC…      makes topics, and waits until they can be used\n"
      "  grow TOPIC…        adds partitions. There is no way back, and keys go to other partitions from then on\n"
      "  delete TOPIC…      deletes topics with all that is in them\n"
      "\n"
      "  -b LIST            brokers to begin with, host:port,host:port\n"
      "  -p, --partitions N  create: so many, else the broker's default; grow: so many afterwards\n"
      "  -r, --replication N  create: each partition on so many brokers, else the broker's default\n"
      "  -c, --config NAME=VALUE  create: a config of the topics, such as retention.ms=60000\n"
      "  --assign LIST      the brokers of each partition that is made, the preferred leader first: 1:2,2:3,3:1\n"
      "  --if-not-exists    create: a topic that is there already is left as it is, and no error\n"
      "  --if-exists        delete: a topic that is not there is no error\n"
      "  --dry-run          create, grow: the brokers check it, and change nothing\n"
      "  -J, --json         a JSON object on a line, of each topic one\n",
      tool_topics, topics_options, true },
    { "configs", "b:c:J",
      "configs -b LIST [list | describe RESOURCE… [--all]] [--json]\n"
      "       configs -b LIST set | append | subtract RESOURCE… -c NAME=VALUE… [--dry-run] [--json]\n"
      "       configs -b LIST delete RESOURCE… -c NAME… [--dry-run] [--json]",
      "Shows and changes configs. RESOURCE is TOPIC, broker:ID, loggers:ID (what that broker logs), group:NAME or\n"
      "metrics:NAME (a subscription of client metrics); \"broker:\" is what all brokers were given while they run.\n"
      "\n"
      "  list                 which resources have configs\n"
      "  describe RESOURCE…   what was set and by whom; loggers with their levels\n"
      "  set RESOURCE…        gives configs these values, and leaves the others\n"
      "  delete RESOURCE…     takes configs back to their defaults\n"
      "  append RESOURCE…     adds elements to a list, such as cleanup.policy\n"
      "  subtract RESOURCE…   takes elements out of a list\n"
      "\n"
      "  -b LIST              brokers to begin with, host:port,host:port\n"
      "  -c, --config NAME=VALUE  such as retention.ms=60000; again: one more. A resource takes all of them or none\n"
      "  --all                describe: defaults, too, and what is in the broker's server.properties\n"
      "  --dry-run            the brokers check it, and change nothing\n"
      "  -J, --json           a JSON object on a line, of each resource one\n",
      tool_configs, configs_options, true },
    { "cluster", "b:J",
      "cluster -b LIST [describe [--all | --controllers] | versions [ID…] | features | quorum] [--json]",
      "Shows the cluster.\n"
      "\n"
      "  describe        cluster id, controller, brokers with racks\n"
      "  versions [ID…]  the APIs that brokers know, and in which versions; without ID of all of them\n"
      "  features        which features the cluster holds to, and what a broker knows of them\n"
      "  quorum          the controllers' quorum: who leads, how far the others have come\n"
      "\n"
      "  -b LIST         brokers to begin with, host:port,host:port\n"
      "  --all           describe: brokers that are fenced, too (from 4.0 on)\n"
      "  --controllers   describe: the controllers; LIST is of them (from 3.7 on)\n"
      "  -J, --json      JSON, on a line\n",
      tool_cluster, cluster_options, true },
    { "acls", "b:J",
      "acls -b LIST [list [RESOURCE…] [--principal P]… [--operation OP]…] [--json]\n"
      "       acls -b LIST create RESOURCE… --allow-principal P… --operation OP… [--json]\n"
      "       acls -b LIST delete RESOURCE… [--principal P]… [--operation OP]… [--dry-run] [--json]",
      "Shows, makes and deletes ACLs: who may do what. RESOURCE is --topic NAME, --group NAME, --cluster,\n"
      "--transactional-id NAME, --delegation-token ID or --user-principal P. What is said several times is\n"
      "multiplied: two topics, two principals and an operation are four ACLs.\n"
      "\n"
      "  list                    those that there are; what is not said matches everything\n"
      "  create                  makes them; those that are there already stay as they are\n"
      "  delete                  deletes all that list shows of the same words, and prints them\n"
      "\n"
      "  -b LIST                 brokers to begin with, host:port,host:port\n"
      "  --resource-pattern-type TYPE  literal (default), or prefixed: all names that begin so. list, delete also\n"
      "                          any, and match: all that count for a resource of this name\n"
      "  --allow-principal P     who may: User:alice; User:* is everybody\n"
      "  --deny-principal P      who may not, whatever else is allowed\n"
      "  --principal P           list, delete: whether it is allowed or denied\n"
      "  --allow-host ADDRESS, --deny-host ADDRESS  from where; else from everywhere\n"
      "  --operation OP          Read, Write, Create, Delete, Alter, Describe, ClusterAction, DescribeConfigs,\n"
      "                          AlterConfigs, IdempotentWrite, CreateTokens, DescribeTokens, TwoPhaseCommit, All\n"
      "  --producer              Write and Describe for topics and transactional ids, Create for topics\n"
      "  --consumer              Read for topics and groups, Describe for topics\n"
      "  --all                   delete: without any other word, all ACLs of the cluster\n"
      "  --dry-run               delete: prints what would be deleted\n"
      "  -J, --json              a JSON object on a line, of each ACL one\n",
      tool_acls, acls_options, true },
    { "users", "b:J",
      "users -b LIST [list [USER…]] [--json]\n"
      "       users -b LIST set USER [--mechanism M]… [--iterations N] [--json] < PASSWORD\n"
      "       users -b LIST delete USER… [--mechanism M]… [--json]",
      "Shows, makes and deletes users that log in by SCRAM.\n"
      "\n"
      "  list [USER…]     with which mechanisms; never their secrets\n"
      "  set USER         gives a password, also to a new user: the first line of standard input, or what is typed\n"
      "  delete USER…     takes passwords away\n"
      "\n"
      "  -b LIST          brokers to begin with, host:port,host:port\n"
      "  --mechanism M    SCRAM-SHA-256 or SCRAM-SHA-512. Without it set gives both, and delete takes all there are\n"
      "  --iterations N   set: how often the password is hashed; 8192\n"
      "  -J, --json       a JSON object on a line, of each user one, or of each that was changed\n",
      tool_users, users_options, true },
    { "quotas", "b:c:J",
      "quotas -b LIST [list [WHOSE…]] [--json]\n"
      "       quotas -b LIST set WHOSE… -c NAME=NUMBER… [--dry-run] [--json]\n"
      "       quotas -b LIST delete WHOSE… -c NAME… [--dry-run] [--json]",
      "Shows and changes quotas. WHOSE is user:NAME, client-id:ID, both of them, or ip:ADDRESS; \"user:\" is the\n"
      "default of all users that have none of their own.\n"
      "\n"
      "  list [WHOSE…]       those that there are; \"user\" alone is any user\n"
      "  set WHOSE…          gives quotas, and leaves the others\n"
      "  delete WHOSE…       takes quotas away\n"
      "\n"
      "  -b LIST             brokers to begin with, host:port,host:port\n"
      "  -c, --config NAME=NUMBER  producer_byte_rate, consumer_byte_rate, request_percentage,\n"
      "                      controller_mutation_rate; of addresses connection_creation_rate\n"
      "  --dry-run           the broker checks it, and changes nothing\n"
      "  -J, --json          a JSON object on a line, of each entity one\n",
      tool_quotas, quotas_options, true },
    { "tokens", "b:J",
      "tokens -b LIST [list [OWNER…]] [--json]\n"
      "       tokens -b LIST create [--owner P] [--renewer P]… [--lifetime-ms N] [--json]\n"
      "       tokens -b LIST renew | expire ID… [--period-ms N] [--json]",
      "Shows, makes, prolongs and ends delegation tokens: secrets that stand for a user for a while. It takes a login\n"
      "that is none by a token.\n"
      "\n"
      "  list [OWNER…]     those that may be seen: User:alice's, or all; without their secrets\n"
      "  create            makes one, and prints id and password: user name and password of a login by SCRAM with\n"
      "                    tokenauth=true\n"
      "  renew ID…         lets it live on\n"
      "  expire ID…        ends it\n"
      "\n"
      "  -b LIST           brokers to begin with, host:port,host:port\n"
      "  --owner P         create: for whom, such as User:bob; else for who asks\n"
      "  --renewer P       create: who may renew it, too\n"
      "  --lifetime-ms N   create: no renewal goes beyond it; else what the broker allows at most\n"
      "  --period-ms N     renew: for so long from now, else the broker's default; expire: in so long, else at once\n"
      "  -J, --json        a JSON object on a line, of each token one\n",
      tool_tokens, tokens_options, true },
    { "mock", "n:p:t:",
      "mock [-n BROKERS] [-p PORT] [-t TOPIC:PARTITIONS]… [--partitions N] [--blackhole | --endless SIZE[:CODEC]]\n"
      "       [--login MECHANISM[,MECHANISM…][:SECONDS]] [--user NAME:PASSWORD]…",
      "Serves a cluster in memory until SIGTERM or Ctrl-C. Prints its bootstrap list first.\n"
      "\n"
      "  -n BROKERS           how many brokers; 3\n"
      "  -p PORT              they listen on PORT, PORT+1, …; else on free ports\n"
      "  -t TOPIC:PARTITIONS  makes a topic; others are made on demand\n"
      "  --partitions N       those have N partitions; 4\n"
      "  --blackhole          reads no records and keeps none, and acknowledges at once: to measure what sends\n"
      "  --endless SIZE       every partition of every topic has values of SIZE bytes without end, made once: to\n"
      "                       measure what reads; SIZE:CODEC compresses them with gzip, snappy, lz4 or zstd\n"
      "  --login MECHANISM    nobody is served without a login by one of PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 and\n"
      "                       OAUTHBEARER (unsigned tokens), which lasts SECONDS or for ever\n"
      "  --user NAME:PASSWORD who may log in by the first three\n",
      tool_mock, mock_options, false },
    { "perf produce", "",
      "perf produce --broker H:P --topic T [--partitions N] [--count N] [--size BYTES] [--codec C] [--acks -1|0|1]\n"
      "       [--idempotent] [--linger-ms N] [--batch-bytes N]",
      "Sends messages as fast as it can and says what each has cost: one call and one delivery report for each,\n"
      "values of pseudo-random text, the same in each run, and keys of eight digits, i mod 10000 for message i.\n"
      "\n"
      "  --broker H:P       brokers to begin with\n"
      "  --topic T          the topic; it is made if it is missing\n"
      "  --partitions N     its partitions; 4 if it is made\n"
      "  --count N          so many messages; 1000000\n"
      "  --size BYTES       of each value; 100\n"
      "  --codec C          none (default), gzip, snappy, lz4 or zstd\n"
      "  --acks -1|0|1      -1 (default): of all in sync; with 0 it ends when all is handed to the kernel\n"
      "  --idempotent       sequences, which want --acks -1\n"
      "  --linger-ms N      a batch waits so long for more; 5\n"
      "  --batch-bytes N    and has so many bytes at most, compressed; 1000000\n"
      "\n"
      "Ends with a line of JSON: messages, seconds, msgs_per_s, mb_per_s (of values), user_cpu_s, sys_cpu_s,\n"
      "cpu_us_per_msg, max_rss_kb. Time and CPU of this process count from after the first metadata until the last\n"
      "acknowledgement. Exits with 0 only if every message was acknowledged (with --acks 0: sent).\n",
      tool_perf_produce, perf_produce_options, false },
    { "perf consume", "", "perf consume --broker H:P --topic T [--partitions N] [--count N]",
      "Reads all partitions from their start as fast as it can, without a group, one call for each message, and says\n"
      "what each has cost.\n"
      "\n"
      "  --broker H:P    brokers to begin with\n"
      "  --topic T       the topic\n"
      "  --partitions N  it must have so many partitions\n"
      "  --count N       so many messages; 1000000\n"
      "\n"
      "Ends with a line of JSON, that of perf produce. Time and CPU of this process count from after the first\n"
      "metadata until the last message. Exits with 0 only if all of them came.\n",
      tool_perf_consume, perf_consume_options, false },
    { "perf group-consume", "", "perf group-consume --broker H:P --topic T --group G [--partitions N] [--count N]",
      "The same as the only member of a group: joins it, reads on where it is, from the start if it is new, marks\n"
      "each message as done with, which is committed by and by, and leaves.\n"
      "\n"
      "  --broker H:P    brokers to begin with\n"
      "  --topic T       the topic\n"
      "  --group G       the group\n"
      "  --partitions N  the topic must have so many partitions\n"
      "  --count N       so many messages; 1000000\n"
      "\n"
      "Ends with a line of JSON, that of perf produce. Time and CPU of this process count from after the first\n"
      "metadata, joining included, until the last message. Exits with 0 only if all of them came and the last commit\n"
      "went well.\n",
      tool_perf_group_consume, perf_group_consume_options, false },
    { "perf latency", "", "perf latency --broker H:P --topic T [--count N] [--size BYTES] [--rate N]",
      "Sends messages at a constant rate, without linger, acknowledged by all in sync, and reads them back. Each is\n"
      "measured from when it should have been sent, however late it was: until its acknowledgement (ack_us) and\n"
      "until a reader in this process has it (e2e_us).\n"
      "\n"
      "  --broker H:P    brokers to begin with\n"
      "  --topic T       the topic; it is made if it is missing, with one partition\n"
      "  --count N       so many messages; 10000\n"
      "  --size BYTES    of each value, 8 or more; 100\n"
      "  --rate N        messages in a second; 1000\n"
      "\n"
      "Ends with a line of JSON: what perf produce says, and ack_us and e2e_us, each with p50, p90, p99, p99.9 and\n"
      "max in microseconds. Exits with 0 only if every message was acknowledged and came back.\n",
      tool_perf_latency, perf_latency_options, false },
    { "decode", "", "decode [--reencode | --records] [--frame request | --frame response --api NAME --version N]",
      "Prints messages as JSON, in Apache Kafka's own form. Each line of standard input is NAME, TAB, version, TAB,\n"
      "hex: \"FetchRequest\", 12, and the bytes of the body without size and header. \"kafc schema\" lists the names.\n"
      "The name Records with version - takes record batches or message sets, one after the other, and prints\n"
      "{\"batches\":[…]}. Each line gives one; an empty line stays empty. What cannot be read gives \"error: …\" with\n"
      "the field and the byte in its place.\n"
      "\n"
      "  --reencode        writes each message again, as hex; tagged fields that nobody knows come back\n"
      "  --records         shows {\"batches\":[…]} in place of each field of records; else they are base64\n"
      "  --frame request   each line is the hex of a whole frame instead: INT32 size, header, body; prints\n"
      "                    {\"header\":{…},\"body\":{…}}; with --reencode the frame's bytes\n"
      "  --frame response  the same for responses, which do not say what they answer:\n"
      "  --api NAME        they are of this API, such as Fetch,\n"
      "  --version N       and of this version\n"
      "\n"
      "Exits with 1 if there was an error in any line.\n",
      tool_decode, decode_options, false },
    { "encode", "", "encode",
      "Prints messages as hex. Each line of standard input is NAME, TAB, version, TAB, JSON in Apache Kafka's own\n"
      "form, which \"kafc decode\" prints. Every field of the version must be there, but tagged ones have defaults.\n"
      "Each line gives one; an empty line stays empty. What cannot be written gives \"error: …\" with the field in\n"
      "its place. Record batches (the name Records) are not encoded; fields of records are base64.\n"
      "\n"
      "Exits with 1 if there was an error in any line.\n",
      tool_encode, NULL, false },
    { "schema", "", "schema [NAME]",
      "Prints what is known of a message, or of both messages of an API: fields in their order with type, versions\n"
      "(3+ is 3 and later), in which of them they may be null or are tagged, default, and \"ignorable\": left out\n"
      "without complaint of versions that do not have them. Without NAME all messages are listed, each with API key,\n"
      "versions and the first flexible version.\n",
      tool_schema, NULL, true },
    { NULL, NULL, NULL, NULL, NULL, NULL, false },
};
