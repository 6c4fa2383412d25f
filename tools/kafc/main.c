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

static const struct option no_long_options[] = { { NULL, 0, NULL, 0 } };

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

kafc_client *tool_client(const struct tool_options *o)
{
    kafc_error err;
    kafc_client *c = kafc_client_open(KAFC_CLIENT(.brokers = o->brokers, .properties = o->properties,
                                                  .log = tool_log),
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
    "-d CONTEXT,… is -X debug=CONTEXT,…: broker, protocol, metadata, topic, msg, fetch, cgrp, eos, admin,\n"
    "security, all.\n";

static void explain(const struct tool_command *c)
{
    printf("kafc %s\n\n%s%s", c->usage, c->help, connects(c) ? connection_help : "");
}

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
    explain(c);
    return TOOL_OK;
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
    if (!tool_number(arg, numbers[i].min, numbers[i].max, &n))
        return tool_fail(TOOL_USAGE, "%s wants a number from %lld to %lld, not \"%s\"", numbers[i].name,
                         numbers[i].min, numbers[i].max, arg);
    memcpy((char *)o + numbers[i].field, &n, sizeof n);
    o->has_partition |= letter == 'p';
    return TOOL_OK;
}

static int take_option(struct tool_options *o, int letter, char *arg)
{
    if (letter >= LONG_SAID) {
        o->said[o->nsaid++] = (struct tool_said){ letter, arg ? arg : "" };
        return TOOL_OK;
    }
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
    case LONG_ALL: o->all = true; break;
    case LONG_CONTROLLERS: o->controllers = true; break;
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

enum { EXPLAINED = -1 }; /* a status: there is nothing else to do, and all is well */

/* What getopt_long left: word is the argument that it stopped at. */
static int bad_option(const struct tool_command *c, int letter, bool argument_missing, const char *word)
{
    bool is_word = !letter || letter > 255 || letter == '-';

    if (letter == 'h' || (is_word && strcmp(word, "--help") == 0)) {
        explain(c);
        return EXPLAINED;
    }
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
    o.said = calloc((size_t)argc, sizeof *o.said);
    if (o.properties && o.topics && o.users && o.headers && o.configs && o.said) {
        /* as kcat does; -X allow.auto.create.topics=false says otherwise (rule W9) */
        (void)kafc_properties_set(o.properties, "allow.auto.create.topics", "true", NULL);
        (void)kafc_properties_set(o.properties, "log_level", "4", NULL); /* warnings */
        const char *config = connects(c) ? getenv("KAFC_CONFIG") : NULL;

        status = config && *config ? load_properties(&o, "KAFC_CONFIG", config) : TOOL_OK;
        if (status == TOOL_OK)
            status = parse(c, argc, argv, &o);
        if (status == TOOL_OK)
            status = c->run(&o);
        if (status == EXPLAINED)
            status = TOOL_OK;
        if (status == TOOL_OK && (fflush(stdout) != 0 || ferror(stdout)))
            status = tool_fail(TOOL_FAILED, "standard output cannot be written: %s", strerror(errno));
    } else {
        (void)tool_fail(0, "out of memory");
    }
    free(o.said);
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
