/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc(1): the commands and their command lines.
 */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
static const struct option no_long_options[] = { { NULL, 0, NULL, 0 } };

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
      "  describe TOPIC…    partitions with leader, replicas and who is in sync; without TOPIC of all topics\n"
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

volatile sig_atomic_t tool_stop;
static void (*stop_wake)(void);

static void on_signal(int sig)
{
    (void)sig;
    tool_stop = 1;
    if (stop_wake)
        stop_wake();
}

void tool_on_stop(void (*wake)(void))
{
    struct sigaction sa = { .sa_handler = on_signal };

    stop_wake = wake;
    sigemptyset(&sa.sa_mask);
    sa.sa_flags = (int)SA_RESETHAND; /* a second Ctrl-C ends at once; reads are interrupted: no SA_RESTART */
    (void)sigaction(SIGINT, &sa, NULL);
    (void)sigaction(SIGTERM, &sa, NULL);
    (void)signal(SIGPIPE, SIG_IGN); /* a closed standard output is a write error */
}

static void log_line(void *ctx, kafc_log_level level, const char *line)
{
    (void)ctx;
    (void)level;
    fprintf(stderr, "kafc: %s\n", line);
}

kafc_client *tool_client(const struct tool_options *o)
{
    kafc_error err;
    kafc_client *c = kafc_client_open(KAFC_CLIENT(.brokers = o->brokers, .properties = o->properties,
                                                  .log = log_line),
                                      &err);

    if (!c)
        (void)tool_fail(0, "%s%s", err.message,
                        !o->brokers && strstr(err.message, "bootstrap.servers") ? ": -b HOST:PORT" : "");
    return c;
}

/* What stands behind the word in a command's name: "" of all of it, "produce" of "perf"; NULL: it is another. */
static const char *behind(const struct tool_command *c, const char *word)
{
    size_t n = strlen(word);

    if (strncmp(c->name, word, n) != 0 || (c->name[n] && c->name[n] != ' '))
        return NULL;
    return c->name + n + (c->name[n] == ' ');
}

/* By one word or by two; *words of them were taken. *family: the first begins a name of two. */
static const struct tool_command *find_command(char **word, int n, int *words, bool *family)
{
    *family = false;
    for (const struct tool_command *c = tool_commands; n > 0 && c->name; c++) {
        const char *second = behind(c, word[0]);

        *family |= second && *second;
        *words = second && *second ? 2 : 1;
        if (second && (!*second || (n > 1 && strcmp(second, word[1]) == 0)))
            return c;
    }
    return NULL;
}

/* The first word of several commands. */
static int unfinished(const char *word)
{
    char names[200] = "";

    for (const struct tool_command *c = tool_commands; c->name; c++)
        if (behind(c, word))
            (void)snprintf(names + strlen(names), sizeof names - strlen(names), "%s\"%s\"", *names ? ", " : "",
                           c->name);
    return tool_fail(TOOL_USAGE, "there is no command \"%s\" alone, but %s; \"kafc help %s\" tells more", word, names,
                     word);
}

static int unknown_command(char **word, int n, bool family)
{
    char name[TOOL_NEAR_MAX + 1];
    struct tool_near near;

    (void)snprintf(name, sizeof name, "%s%s%s", word[0], family && n > 1 ? " " : "", family && n > 1 ? word[1] : "");
    if (family && n <= 1)
        return unfinished(name);
    tool_near_begin(&near, name);
    for (const struct tool_command *c = tool_commands; c->name; c++)
        tool_near_try(&near, c->name);
    tool_near_try(&near, "help");
    if (near.best)
        return tool_fail(TOOL_USAGE, "there is no command \"%s\"; did you mean \"%s\"?", name, near.best);
    return tool_fail(TOOL_USAGE, "there is no command \"%s\"; try \"kafc help\"", name);
}

/* Does it open clients? Then it takes their properties, too. */
static bool connects(const struct tool_command *c)
{
    const struct option *l = c->longs ? c->longs : no_long_options;

    while (l->name && l->val != 'b')
        l++;
    return l->name || strstr(c->letters, "b:");
}

static const char connection_help[] =
    "\n"
    "-X NAME=VALUE gives any property of docs/OPTIONS.md, -F FILE those of a file, a line each, such as\n"
    "security.protocol=SASL_SSL. The file that KAFC_CONFIG names is read before; what is said last counts.\n"
    "-d CONTEXT,… is -X debug=CONTEXT,…: broker, protocol, metadata, msg, fetch, cgrp, eos, security, all.\n";

static int help(char **word, int n)
{
    const struct tool_command *c;
    bool family;
    int words;

    if (n <= 0) {
        printf("kafc %s: a Kafka client\n\n", kafc_version());
        for (c = tool_commands; c->name; c++)
            printf("  kafc %s\n", c->usage);
        printf("\n\"kafc help COMMAND\" explains each.\n");
        return TOOL_OK;
    }
    c = find_command(word, n, &words, &family);
    if (!c && family && n == 1) {
        for (c = tool_commands; c->name; c++)
            if (behind(c, word[0]))
                printf("kafc %s\n", c->usage);
        return TOOL_OK;
    }
    if (!c)
        return unknown_command(word, n, family);
    printf("kafc %s\n\n%s%s", c->usage, c->help, connects(c) ? connection_help : "");
    return TOOL_OK;
}

static bool parse_number(const char *s, long long min, long long max, long long *out)
{
    char *end;

    errno = 0;
    *out = strtoll(s, &end, 10);
    return end != s && !*end && !errno && *out >= min && *out <= max;
}

static int set_property(struct tool_options *o, const char *who, const char *name, const char *value)
{
    kafc_error err;

    return kafc_properties_set(o->properties, name, value, &err) ? tool_fail(TOOL_USAGE, "%s %s", who, err.message)
                                                                 : TOOL_OK;
}

static int add_property(struct tool_options *o, const char *arg)
{
    const char *eq = strchr(arg, '=');
    char name[128];

    if (!eq || (size_t)(eq - arg) >= sizeof name)
        return tool_fail(TOOL_USAGE, "-X wants name=value, not \"%s\"", arg);
    memcpy(name, arg, (size_t)(eq - arg));
    name[eq - arg] = 0;
    return set_property(o, "-X", name, eq + 1);
}

static int load_properties(struct tool_options *o, const char *who, const char *path)
{
    kafc_error err;

    return kafc_properties_load(o->properties, path, &err) ? tool_fail(TOOL_USAGE, "%s: %s", who, err.message)
                                                           : TOOL_OK;
}

static void add_header(struct tool_options *o, char *arg)
{
    char *eq = strchr(arg, '=');

    if (eq)
        *eq = 0;
    o->headers[o->nheaders].name = arg;
    o->headers[o->nheaders].value = eq ? eq + 1 : NULL;
    o->nheaders++;
}

static void add_config(struct tool_options *o, char *arg)
{
    char *eq = strchr(arg, '=');

    if (eq)
        *eq = 0;
    o->configs[o->nconfigs].name = arg;
    o->configs[o->nconfigs++].value = eq ? eq + 1 : NULL;
}

/* Options whose values are numbers. */
static const struct {
    int letter;
    const char *name;
    long long min, max;
    size_t field;
} numbers[] = {
    { 'c', "-c", 0, LLONG_MAX, offsetof(struct tool_options, count) },
    { 'n', "-n", 1, 64, offsetof(struct tool_options, number) },
    { 'p', "-p", 0, INT32_MAX, offsetof(struct tool_options, partition) },
    { 'r', "-r", 1, INT16_MAX, offsetof(struct tool_options, replication) },
    { LONG_VERSION, "--version", 0, INT16_MAX, offsetof(struct tool_options, version) },
    { LONG_PARTITIONS, "--partitions", 1, 100000, offsetof(struct tool_options, partitions) },
    { LONG_COUNT, "--count", 1, LLONG_MAX, offsetof(struct tool_options, count) },
    { LONG_SIZE, "--size", 0, 100000000, offsetof(struct tool_options, size) },
    { LONG_RATE, "--rate", 1, 10000000, offsetof(struct tool_options, rate) },
    { LONG_LINGER, "--linger-ms", 0, 900000, offsetof(struct tool_options, linger_ms) },
    { LONG_BATCH, "--batch-bytes", 1, INT32_MAX, offsetof(struct tool_options, batch_bytes) },
};

static int take_number(struct tool_options *o, int letter, const char *arg)
{
    size_t i = 0;
    long long n;

    while (numbers[i].letter != letter)
        i++;
    if (!parse_number(arg, numbers[i].min, numbers[i].max, &n))
        return tool_fail(TOOL_USAGE, "%s wants a number from %lld to %lld, not \"%s\"", numbers[i].name,
                         numbers[i].min, numbers[i].max, arg);
    memcpy((char *)o + numbers[i].field, &n, sizeof n);
    o->has_partition |= letter == 'p';
    return TOOL_OK;
}

static int take_option(struct tool_options *o, int letter, char *arg)
{
    switch (letter) {
    case 'b': o->brokers = arg; break;
    case 't': o->topic = o->topics[o->ntopics++] = arg; break;
    case 'K': o->delimiter = arg; break;
    case 'z': o->codec = arg; break;
    case 'a': o->acks = arg; break;
    case 'o': o->offset = arg; break;
    case 'f': o->format = arg; break;
    case 'J': o->json = true; break;
    case 'e': o->exit_at_end = true; break;
    case 'u': o->unbuffered = true; break;
    case 'v': o->verbose = true; break;
    case 'g': o->group = arg; break;
    case 'H': add_header(o, arg); break;
    case LONG_REENCODE: o->reencode = true; break;
    case LONG_RECORDS: o->records = true; break;
    case LONG_FRAME: o->frame = arg; break;
    case LONG_API: o->api = arg; break;
    case LONG_BLACKHOLE: o->blackhole = true; break;
    case LONG_ENDLESS: o->endless = arg; break;
    case LONG_LOGIN: o->login = arg; break;
    case LONG_USER: o->users[o->nusers++] = arg; break;
    case LONG_IDEMPOTENT: o->idempotent = true; break;
    case LONG_DRY_RUN: o->dry_run = true; break;
    case LONG_IF_EXISTS: o->if_exists = true; break;
    case LONG_IF_NOT_EXISTS: o->if_not_exists = true; break;
    case LONG_ASSIGN: o->assign = arg; break;
    case LONG_CONFIG: add_config(o, arg); break;
    case 'X': return add_property(o, arg);
    case 'F': return load_properties(o, "-F", arg);
    case 'd': return set_property(o, "-d", "debug", arg);
    default: return take_number(o, letter, arg);
    }
    return TOOL_OK;
}

static int bad_letter(const struct tool_command *c, int letter)
{
    for (const char *l = c->letters; *l; l++)
        if (*l != ':' && (*l ^ letter) == 0x20)
            return tool_fail(TOOL_USAGE, "there is no option -%c; did you mean -%c?\nusage: kafc %s", letter, *l,
                             c->usage);
    return tool_fail(TOOL_USAGE, "there is no option -%c\nusage: kafc %s", letter, c->usage);
}

static int bad_word(const struct tool_command *c, const char *word)
{
    struct tool_near near;

    tool_near_begin(&near, word + 2);
    for (const struct option *l = c->longs; l && l->name; l++)
        tool_near_try(&near, l->name);
    if (near.best)
        return tool_fail(TOOL_USAGE, "there is no option %s; did you mean --%s?\nusage: kafc %s", word, near.best,
                         c->usage);
    return tool_fail(TOOL_USAGE, "there is no option %s\nusage: kafc %s", word, c->usage);
}

/* What getopt_long left: word is the argument that it stopped at. */
static int bad_option(const struct tool_command *c, int letter, bool argument_missing, const char *word)
{
    bool is_word = !letter || letter > 255 || letter == '-';

    if (argument_missing && is_word)
        return tool_fail(TOOL_USAGE, "%s wants a value\nusage: kafc %s", word, c->usage);
    if (argument_missing)
        return tool_fail(TOOL_USAGE, "-%c wants a value\nusage: kafc %s", letter, c->usage);
    if (is_word && strchr(word, '=') && letter > 255)
        return tool_fail(TOOL_USAGE, "%s: it takes no value\nusage: kafc %s", word, c->usage);
    return is_word ? bad_word(c, word) : bad_letter(c, letter);
}

/* -c counts, or gives a config where there is --config. */
static int meant(const struct tool_command *c, int letter)
{
    for (const struct option *l = c->longs; letter == 'c' && l && l->name; l++)
        if (l->val == LONG_CONFIG)
            return LONG_CONFIG;
    return letter;
}

static void note_given(const struct tool_command *c, struct tool_options *o, int letter)
{
    const struct option *l = c->longs;

    while (letter > 255 && l->val != letter)
        l++;
    if (letter > 255)
        (void)snprintf(o->given[letter], sizeof o->given[letter], "--%s", l->name);
    else
        (void)snprintf(o->given[letter], sizeof o->given[letter], "-%c", letter);
}

static int parse(const struct tool_command *c, int argc, char **argv, struct tool_options *o)
{
    char letters[64];
    int letter, status;

    (void)snprintf(letters, sizeof letters, ":%s%s", c->letters, connects(c) ? "X:F:d:" : "");
    while ((letter = getopt_long(argc, argv, letters, c->longs ? c->longs : no_long_options, NULL)) != -1) {
        if (letter == '?' || letter == ':')
            return bad_option(c, optopt, letter == ':', argv[optind - 1]);
        letter = meant(c, letter);
        note_given(c, o, letter);
        status = take_option(o, letter, optarg);
        if (status)
            return status;
    }
    o->words = argv + optind;
    o->nwords = argc - optind;
    if (o->nwords && !c->takes_words)
        return tool_fail(TOOL_USAGE, "\"%s\" is too much\nusage: kafc %s", argv[optind], c->usage);
    return TOOL_OK;
}

static int run(const struct tool_command *c, int argc, char **argv)
{
    struct tool_options o = { .count = -1, .number = 3, .version = -1, .size = 100, .rate = 1000, .linger_ms = 5,
                              .batch_bytes = 1000000 };
    int status = TOOL_FAILED;

    o.properties = kafc_properties_new();
    o.topics = calloc((size_t)argc, sizeof *o.topics);
    o.users = calloc((size_t)argc, sizeof *o.users);
    o.headers = calloc((size_t)argc, sizeof *o.headers);
    o.configs = calloc((size_t)argc, sizeof *o.configs);
    if (o.properties && o.topics && o.users && o.headers && o.configs) {
        /* as kcat does; -X allow.auto.create.topics=false says otherwise (rule W9) */
        (void)kafc_properties_set(o.properties, "allow.auto.create.topics", "true", NULL);
        (void)kafc_properties_set(o.properties, "log_level", "4", NULL); /* warnings */
        const char *config = connects(c) ? getenv("KAFC_CONFIG") : NULL;

        status = config && *config ? load_properties(&o, "KAFC_CONFIG", config) : TOOL_OK;
        if (status == TOOL_OK)
            status = parse(c, argc, argv, &o);
        if (status == TOOL_OK)
            status = c->run(&o);
        if (status == TOOL_OK && (fflush(stdout) != 0 || ferror(stdout)))
            status = tool_fail(TOOL_FAILED, "standard output cannot be written: %s", strerror(errno));
    } else {
        (void)tool_fail(0, "out of memory");
    }
    free(o.configs);
    free(o.headers);
    free(o.topics);
    free(o.users);
    kafc_properties_free(o.properties);
    return status;
}

int main(int argc, char **argv)
{
    const struct tool_command *c;
    bool family;
    int words;

    if (argc < 2) {
        (void)help(NULL, 0);
        return TOOL_USAGE;
    }
    if (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        return help(argv + 2, argc - 2);
    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
        puts(kafc_version());
        return TOOL_OK;
    }
    c = find_command(argv + 1, argc - 1, &words, &family);
    return c ? run(c, argc - words, argv + words) : unknown_command(argv + 1, argc - 1, family);
}
