/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc(1): the commands and their command lines.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/kafc/tool.h"

/* Above all letters. */
enum { LONG_REENCODE = 256, LONG_RECORDS, LONG_FRAME, LONG_API, LONG_VERSION, LONG_BLACKHOLE, LONG_PARTITIONS };

static const struct option decode_options[] = {
    { "reencode", no_argument, NULL, LONG_REENCODE },
    { "records", no_argument, NULL, LONG_RECORDS },
    { "frame", required_argument, NULL, LONG_FRAME },
    { "api", required_argument, NULL, LONG_API },
    { "version", required_argument, NULL, LONG_VERSION },
    { NULL, 0, NULL, 0 },
};
static const struct option mock_options[] = {
    { "blackhole", no_argument, NULL, LONG_BLACKHOLE },
    { "partitions", required_argument, NULL, LONG_PARTITIONS },
    { NULL, 0, NULL, 0 },
};
static const struct option no_long_options[] = { { NULL, 0, NULL, 0 } };

const struct tool_command tool_commands[] = {
    { "produce", "b:t:K:p:z:a:X:H:",
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
      "Exits with 0 only if every message was acknowledged (with -a 0: sent).\n",
      tool_produce, NULL, false },
    { "consume", "b:t:p:o:c:euf:JX:",
      "consume -b LIST -t TOPIC [-p N] [-o OFFSET] [-c COUNT] [-e] [-u] [-f FORMAT|-J] [-X NAME=VALUE]…",
      "Prints the messages of a topic.\n"
      "\n"
      "  -b LIST        brokers to begin with, host:port,host:port\n"
      "  -t TOPIC       the topic\n"
      "  -p N           read partition N alone\n"
      "  -o OFFSET      beginning (default), end, N, -N (N before the end), or @MS (from a time, ms since 1970)\n"
      "  -c COUNT       stop after COUNT messages\n"
      "  -e             stop at the end of all partitions\n"
      "  -u             write out each message at once\n"
      "  -f FORMAT      default \"%s\\n\". %t topic, %p partition, %o offset, %k key, %s value, %K %S their lengths\n"
      "                 (-1: null), %R the value's length in 4 bytes, %T timestamp, %h headers, %% a percent sign;\n"
      "                 \\n \\r \\t \\\\ \\xHH\n"
      "  -J             a JSON object on a line for each message; bytes that are no UTF-8 become U+FFFD\n"
      "  -X NAME=VALUE  any property, such as isolation.level=read_uncommitted; see docs/OPTIONS.md\n",
      tool_consume, NULL, false },
    { "metadata", "b:t:JX:", "metadata -b LIST [-t TOPIC]… [-J] [-X NAME=VALUE]…",
      "Prints brokers, topics and partitions of the cluster.\n"
      "\n"
      "  -b LIST        brokers to begin with, host:port,host:port\n"
      "  -t TOPIC       this topic only\n"
      "  -J             as JSON\n"
      "  -X NAME=VALUE  any property; see docs/OPTIONS.md\n",
      tool_metadata, NULL, false },
    { "mock", "n:p:t:", "mock [-n BROKERS] [-p PORT] [-t TOPIC:PARTITIONS]… [--partitions N] [--blackhole]",
      "Serves a cluster in memory until SIGTERM or Ctrl-C. Prints its bootstrap list first.\n"
      "\n"
      "  -n BROKERS           how many brokers; 3\n"
      "  -p PORT              they listen on PORT, PORT+1, …; else on free ports\n"
      "  -t TOPIC:PARTITIONS  makes a topic; others are made on demand\n"
      "  --partitions N       those have N partitions; 4\n"
      "  --blackhole          reads no records and keeps none, and acknowledges at once: to measure what sends\n",
      tool_mock, mock_options, false },
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
    if (level <= KAFC_LOG_WARN || getenv("KAFC_DEBUG"))
        fprintf(stderr, "kafc: %s\n", line);
}

kafc_client *tool_client(const struct tool_options *o)
{
    kafc_error err;
    kafc_client *c = kafc_client_open(KAFC_CLIENT(.brokers = o->brokers, .properties = o->properties,
                                                  .log = log_line,
                                                  .log_level = getenv("KAFC_DEBUG") ? KAFC_LOG_DEBUG
                                                                                    : KAFC_LOG_WARN),
                                      &err);

    if (!c)
        (void)tool_fail(0, "%s", err.message);
    return c;
}

static const struct tool_command *find_command(const char *name)
{
    const struct tool_command *c = tool_commands;

    while (c->name && strcmp(c->name, name) != 0)
        c++;
    return c->name ? c : NULL;
}

static int unknown_command(const char *name)
{
    struct tool_near near;

    tool_near_begin(&near, name);
    for (const struct tool_command *c = tool_commands; c->name; c++)
        tool_near_try(&near, c->name);
    tool_near_try(&near, "help");
    if (near.best)
        return tool_fail(TOOL_USAGE, "there is no command \"%s\"; did you mean \"%s\"?", name, near.best);
    return tool_fail(TOOL_USAGE, "there is no command \"%s\"; try \"kafc help\"", name);
}

static int help(const char *name)
{
    const struct tool_command *c;

    if (!name) {
        printf("kafc %s: a Kafka client\n\n", kafc_version());
        for (c = tool_commands; c->name; c++)
            printf("  kafc %s\n", c->usage);
        printf("\n\"kafc help COMMAND\" explains each.\n");
        return TOOL_OK;
    }
    c = find_command(name);
    if (!c)
        return unknown_command(name);
    printf("kafc %s\n\n%s", c->usage, c->help);
    return TOOL_OK;
}

static bool parse_number(const char *s, long long min, long long max, long long *out)
{
    char *end;

    errno = 0;
    *out = strtoll(s, &end, 10);
    return end != s && !*end && !errno && *out >= min && *out <= max;
}

static int add_property(struct tool_options *o, const char *arg)
{
    const char *eq = strchr(arg, '=');
    char name[128];
    kafc_error err;

    if (!eq || (size_t)(eq - arg) >= sizeof name)
        return tool_fail(TOOL_USAGE, "-X wants name=value, not \"%s\"", arg);
    memcpy(name, arg, (size_t)(eq - arg));
    name[eq - arg] = 0;
    if (kafc_properties_set(o->properties, name, eq + 1, &err))
        return tool_fail(TOOL_USAGE, "-X %s", err.message);
    return TOOL_OK;
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

static int take_number(const char *arg, const char *option, long long min, long long max, long long *out)
{
    if (parse_number(arg, min, max, out))
        return TOOL_OK;
    return tool_fail(TOOL_USAGE, "%s wants a number from %lld to %lld, not \"%s\"", option, min, max, arg);
}

static int take_option(struct tool_options *o, int letter, char *arg)
{
    long long n = 0;
    int status = TOOL_OK;

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
    case 'H': add_header(o, arg); break;
    case LONG_REENCODE: o->reencode = true; break;
    case LONG_RECORDS: o->records = true; break;
    case LONG_FRAME: o->frame = arg; break;
    case LONG_API: o->api = arg; break;
    case 'X': return add_property(o, arg);
    case 'c':
        status = take_number(arg, "-c", 0, LLONG_MAX, &n);
        o->count = n;
        break;
    case 'n':
        status = take_number(arg, "-n", 1, 64, &n);
        o->number = (int)n;
        break;
    case LONG_BLACKHOLE: o->blackhole = true; break;
    case LONG_PARTITIONS:
        status = take_number(arg, "--partitions", 1, 100000, &n);
        o->partitions = (int32_t)n;
        break;
    case LONG_VERSION:
        status = take_number(arg, "--version", 0, INT16_MAX, &n);
        o->version = (int)n;
        break;
    default: /* 'p' */
        status = take_number(arg, "-p", 0, INT32_MAX, &n);
        o->partition = (int32_t)n;
        o->has_partition = true;
        break;
    }
    return status;
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

static int parse(const struct tool_command *c, int argc, char **argv, struct tool_options *o)
{
    char letters[64];
    int letter, status;

    (void)snprintf(letters, sizeof letters, ":%s", c->letters);
    while ((letter = getopt_long(argc, argv, letters, c->longs ? c->longs : no_long_options, NULL)) != -1) {
        if (letter == '?' || letter == ':')
            return bad_option(c, optopt, letter == ':', argv[optind - 1]);
        status = take_option(o, letter, optarg);
        if (status)
            return status;
    }
    if (c->takes_name && optind < argc)
        o->name = argv[optind++];
    if (optind < argc)
        return tool_fail(TOOL_USAGE, "\"%s\" is too much\nusage: kafc %s", argv[optind], c->usage);
    return TOOL_OK;
}

static int run(const struct tool_command *c, int argc, char **argv)
{
    struct tool_options o = { .count = -1, .number = 3, .version = -1 };
    int status = TOOL_FAILED;

    o.properties = kafc_properties_new();
    o.topics = calloc((size_t)argc, sizeof *o.topics);
    o.headers = calloc((size_t)argc, sizeof *o.headers);
    if (o.properties && o.topics && o.headers) {
        /* as kcat does; -X allow.auto.create.topics=false says otherwise (rule W9) */
        (void)kafc_properties_set(o.properties, "allow.auto.create.topics", "true", NULL);
        status = parse(c, argc, argv, &o);
        if (status == TOOL_OK)
            status = c->run(&o);
        if (status == TOOL_OK && (fflush(stdout) != 0 || ferror(stdout)))
            status = tool_fail(TOOL_FAILED, "standard output cannot be written: %s", strerror(errno));
    } else {
        (void)tool_fail(0, "out of memory");
    }
    free(o.headers);
    free(o.topics);
    kafc_properties_free(o.properties);
    return status;
}

int main(int argc, char **argv)
{
    const struct tool_command *c;

    if (argc < 2) {
        (void)help(NULL);
        return TOOL_USAGE;
    }
    if (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        return help(argc > 2 ? argv[2] : NULL);
    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
        puts(kafc_version());
        return TOOL_OK;
    }
    c = find_command(argv[1]);
    return c ? run(c, argc - 1, argv + 1) : unknown_command(argv[1]);
}
