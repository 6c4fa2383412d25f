/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc(1): the commands and their command lines.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/options.h"
#include "tools/kafc/tool.h"

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
      tool_produce },
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
      tool_consume },
    { "metadata", "b:t:JX:", "metadata -b LIST [-t TOPIC]… [-J] [-X NAME=VALUE]…",
      "Prints brokers, topics and partitions of the cluster.\n"
      "\n"
      "  -b LIST        brokers to begin with, host:port,host:port\n"
      "  -t TOPIC       this topic only\n"
      "  -J             as JSON\n"
      "  -X NAME=VALUE  any property; see docs/OPTIONS.md\n",
      tool_metadata },
    { "mock", "n:p:t:", "mock [-n BROKERS] [-p PORT] [-t TOPIC:PARTITIONS]…",
      "Serves a cluster in memory until SIGTERM or Ctrl-C. Prints its bootstrap list first.\n"
      "\n"
      "  -n BROKERS           how many brokers; 3\n"
      "  -p PORT              they listen on PORT, PORT+1, …; else on free ports\n"
      "  -t TOPIC:PARTITIONS  makes a topic; others are made on demand, with 4 partitions\n",
      tool_mock },
    { NULL, NULL, NULL, NULL, NULL },
};

volatile sig_atomic_t tool_stop;
static void (*stop_wake)(void);

int tool_fail(int status, const char *fmt, ...)
{
    va_list ap;

    (void)fflush(stdout);
    fputs("kafc: ", stderr);
    va_start(ap, fmt);
    (void)vfprintf(stderr, fmt, ap);
    va_end(ap);
    fputc('\n', stderr);
    return status;
}

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

/* A longer word is near to none of ours, and the distance is counted in so many letters only. */
enum { WORD_MAX = 20 };

const char *tool_nearest(const char *word, const char *const *candidates)
{
    const char *best = NULL;
    size_t least = strlen(word) / 2 + 1;

    if (strlen(word) > WORD_MAX)
        return NULL;
    for (; *candidates; candidates++) {
        size_t d = kafc__edit_distance(word, *candidates);

        if (d <= least) {
            best = *candidates;
            least = d - (d > 0);
        }
    }
    return best;
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
    static const char *const names[] = { "produce", "consume", "metadata", "mock", "help", NULL };
    const char *near = tool_nearest(name, names);

    if (near)
        return tool_fail(TOOL_USAGE, "there is no command \"%s\"; did you mean \"%s\"?", name, near);
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

static int take_number(const char *arg, char letter, long long min, long long max, long long *out)
{
    if (parse_number(arg, min, max, out))
        return TOOL_OK;
    return tool_fail(TOOL_USAGE, "-%c wants a number from %lld to %lld, not \"%s\"", letter, min, max, arg);
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
    case 'X': return add_property(o, arg);
    case 'c':
        status = take_number(arg, 'c', 0, LLONG_MAX, &n);
        o->count = n;
        break;
    case 'n':
        status = take_number(arg, 'n', 1, 64, &n);
        o->number = (int)n;
        break;
    default: /* 'p' */
        status = take_number(arg, 'p', 0, INT32_MAX, &n);
        o->partition = (int32_t)n;
        o->has_partition = true;
        break;
    }
    return status;
}

static int bad_option(const struct tool_command *c, int letter, bool argument_missing)
{
    if (argument_missing)
        return tool_fail(TOOL_USAGE, "-%c wants a value\nusage: kafc %s", letter, c->usage);
    if (letter == '-' || !letter)
        return tool_fail(TOOL_USAGE, "options are single letters\nusage: kafc %s", c->usage);
    for (const char *l = c->letters; *l; l++)
        if (*l != ':' && (*l ^ letter) == 0x20)
            return tool_fail(TOOL_USAGE, "there is no option -%c; did you mean -%c?\nusage: kafc %s", letter, *l,
                             c->usage);
    return tool_fail(TOOL_USAGE, "there is no option -%c\nusage: kafc %s", letter, c->usage);
}

static int parse(const struct tool_command *c, int argc, char **argv, struct tool_options *o)
{
    char letters[64];
    int letter, status;

    (void)snprintf(letters, sizeof letters, ":%s", c->letters);
    while ((letter = getopt(argc, argv, letters)) != -1) {
        if (letter == '?' || letter == ':')
            return bad_option(c, optopt, letter == ':');
        status = take_option(o, letter, optarg);
        if (status)
            return status;
    }
    if (optind < argc)
        return tool_fail(TOOL_USAGE, "\"%s\" is too much\nusage: kafc %s", argv[optind], c->usage);
    return TOOL_OK;
}

static int run(const struct tool_command *c, int argc, char **argv)
{
    struct tool_options o = { .count = -1, .number = 3 };
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
