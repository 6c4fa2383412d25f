/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the commands of kafc(1) share: options, errors, Ctrl-C.
 */
#ifndef KAFC_TOOL_H
#define KAFC_TOOL_H

#include <getopt.h>
#include <signal.h>
#include <stdio.h>

#include <kafc/kafc.h>

/* Exit statuses. */
enum { TOOL_OK = 0, TOOL_FAILED = 1, TOOL_USAGE = 2 };

/* Options without a letter, above all letters. */
enum {
    LONG_REENCODE = 256, LONG_RECORDS, LONG_FRAME, LONG_API, LONG_VERSION, LONG_BLACKHOLE, LONG_ENDLESS,
    LONG_LOGIN, LONG_USER, LONG_PARTITIONS, LONG_COUNT, LONG_SIZE, LONG_RATE, LONG_LINGER, LONG_BATCH,
    LONG_IDEMPOTENT, LONG_DRY_RUN, LONG_IF_EXISTS, LONG_IF_NOT_EXISTS, LONG_ASSIGN, LONG_CONFIG, LONG_ALL,
    LONG_CONTROLLERS,
    LONG_SAID, /* from here on they are kept in `said`, in their order */
    LONG_TOPIC = LONG_SAID, LONG_GROUP, LONG_CLUSTER, LONG_TRANSACTIONAL_ID, LONG_DELEGATION_TOKEN,
    LONG_USER_PRINCIPAL, LONG_PATTERN, LONG_PRINCIPAL, LONG_ALLOW_PRINCIPAL, LONG_DENY_PRINCIPAL, LONG_ALLOW_HOST,
    LONG_DENY_HOST, LONG_OPERATION, LONG_PRODUCER, LONG_CONSUMER, LONG_MECHANISM, LONG_ITERATIONS,
    LONG_OWNER, LONG_RENEWER, LONG_LIFETIME, LONG_PERIOD,
    TOOL_LETTERS
};

struct tool_header {
    const char *name, *value;
};

struct tool_said {
    int letter; /* LONG_SAID or above */
    const char *value; /* "" for one that takes none */
};

/* What the command line said; each command names the letters that it takes. */
struct tool_options {
    const char *brokers;    /* -b */
    const char *topic;      /* -t, the last one */
    const char **topics;    /* -t, all of them */
    int ntopics;
    bool has_partition;
    long long partition;    /* -p */
    const char *delimiter;  /* -K */
    const char *codec;      /* -z */
    const char *acks;       /* -a */
    const char *offset;     /* -o */
    const char *format;     /* -f */
    long long count;        /* -c; -1: no limit */
    long long number;       /* -n */
    long long partitions;   /* --partitions; 0: not given */
    long long size, rate;   /* --size --rate */
    long long linger_ms;    /* --linger-ms */
    long long batch_bytes;  /* --batch-bytes */
    bool blackhole, idempotent;         /* --blackhole --idempotent */
    const char *endless, *login;        /* --endless --login */
    char **users;                       /* --user, all of them */
    int nusers;
    bool json, exit_at_end, unbuffered; /* -J -e -u */
    const char *group;                  /* -g, --group */
    bool verbose;                       /* -v */
    struct tool_header *headers;        /* -H */
    int nheaders;
    kafc_properties *properties;        /* -X, -F, $KAFC_CONFIG */
    bool reencode, records;             /* --reencode --records */
    const char *frame, *api;            /* --frame --api */
    long long version;                  /* --version; -1: not given */
    bool dry_run;                       /* --dry-run */
    long long replication;              /* -r */
    bool if_exists, if_not_exists;      /* --if-exists --if-not-exists */
    const char *assign;                 /* --assign */
    bool all, controllers;              /* --all --controllers */
    kafc_config *configs;               /* -c, --config, where a command has it; values NULL without "=" */
    int nconfigs;
    struct tool_said *said;
    int nsaid;
    char given[TOOL_LETTERS][24];       /* by letter or LONG_…: its name, "-t"; "": it was not given */
    char **words;                       /* behind the options */
    int nwords;
};

struct tool_command {
    const char *name, *letters; /* getopt(3)'s */
    const char *usage, *help;
    int (*run)(const struct tool_options *o);
    const struct option *longs; /* getopt_long(3)'s, or NULL */
    bool takes_words;           /* some may stand behind the options */
};

extern const struct tool_command tool_commands[]; /* ended by a NULL name */

int tool_produce(const struct tool_options *o);
int tool_consume(const struct tool_options *o);
int tool_metadata(const struct tool_options *o);
int tool_groups(const struct tool_options *o);
int tool_topics(const struct tool_options *o);
int tool_configs(const struct tool_options *o);
int tool_cluster(const struct tool_options *o);
int tool_acls(const struct tool_options *o);
int tool_users(const struct tool_options *o);
int tool_quotas(const struct tool_options *o);
int tool_tokens(const struct tool_options *o);
int tool_mock(const struct tool_options *o);
int tool_decode(const struct tool_options *o);
int tool_encode(const struct tool_options *o);
int tool_schema(const struct tool_options *o);
int tool_perf_produce(const struct tool_options *o);
int tool_perf_consume(const struct tool_options *o);
int tool_perf_group_consume(const struct tool_options *o);
int tool_perf_latency(const struct tool_options *o);

/* Prints "kafc: …" on stderr, unless the log has just said the same, and returns the status. */
int tool_fail(int status, const char *fmt, ...) KAFC_PRINTF(2, 3);
void tool_log(void *ctx, kafc_log_level level, const char *line);
/* What metadata says of a topic, and TOOL_FAILED. */
int tool_fail_topic(const char *topic, kafc_err err);
/* Looks among names, one after the other, for the one that a word was meant to be; case counts for nothing. */
enum { TOOL_NEAR_MAX = 60 }; /* letters; a longer word is near to none of ours */
struct tool_near {
    char word[TOOL_NEAR_MAX + 1];
    const char *best; /* NULL: none is near */
    unsigned below;
};
void tool_near_begin(struct tool_near *n, const char *word);
void tool_near_try(struct tool_near *n, const char *candidate); /* kept if it is the best */
/* The i-th value of an option from LONG_SAID on; NULL: there are not so many. */
const char *tool_said(const struct tool_options *o, int letter, int i);
/* A whole number from min to max, and nothing behind it. */
bool tool_number(const char *s, long long min, long long max, long long *out);
/* The values of -a and -z by these or other names of the options; NULL leaves *out. Reports what they are not. */
int tool_acks(const char *option, const char *s, kafc_acks *out);
int tool_codec(const char *option, const char *s, kafc_compression *out);
/* beginning, end, N, -N (before the end) or @MS; false: none of these. */
bool tool_position(const char *s, kafc_position *out);
/* Opens the client of the command line; reports why not. */
kafc_client *tool_client(const struct tool_options *o);
/* Ctrl-C and SIGTERM: sets tool_stop and calls wake, in signal handlers (rule C3). */
void tool_on_stop(void (*wake)(void));
extern volatile sig_atomic_t tool_stop;

/* consume's output. The format is checked first: KAFC_ERR_USAGE names what is wrong in *err. */
struct tool_format;
struct tool_format *tool_format_parse(const char *format, kafc_error *err);
void tool_format_free(struct tool_format *f);
void tool_format_print(const struct tool_format *f, FILE *out, const kafc_message *m);
/* kcat's JSON envelope, one line. false: out of memory. */
bool tool_json_print(FILE *out, const kafc_message *m);
bool tool_json_metadata(FILE *out, const kafc_metadata *m);
/* Bytes as a string of JSON; what is no UTF-8 becomes U+FFFD. NULL when out of memory. */
struct json_t;
struct json_t *tool_json_text(const void *bytes, int32_t len);

#endif
