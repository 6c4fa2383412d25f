/* SPDX-License-Identifier: BSD-2-Clause
 *
 * docs/PROTOCOL.md is made from the tables; KAFC_WRITE_DOCS=1 writes it anew
 * (make docs).
 */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "protocol/registry.h"
#include "tests/support/document.h"
#include "tests/support/suite.h"

struct text {
    char p[65536];
    size_t n;
};

static void add(struct text *t, const char *fmt, ...) KAFC_PRINTF(2, 3);

static void add(struct text *t, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int k = vsnprintf(t->p + t->n, sizeof(t->p) - t->n, fmt, ap);
    va_end(ap);
    ck_assert_int_ge(k, 0);
    t->n += (size_t)k;
    ck_assert_uint_lt(t->n, sizeof(t->p));
}

static void add_lines(struct text *t, const char *const *line)
{
    for (; *line; line++)
        add(t, "%s\n", *line);
}

/* "0-13", or "0" */
static void add_range(struct text *t, int lo, int hi)
{
    add(t, lo == hi ? " %d |" : " %d-%d |", lo, hi);
}

static void add_from(struct text *t, int from)
{
    if (from == 127)
        add(t, " |");
    else
        add(t, " %d |", from);
}

/* ---- what is said besides ---- */

static const char *const intro[] = {
    "# The protocol",
    "",
    "Made from the tables by `make docs`; do not edit.",
    "",
    "kafc knows every message of Apache Kafka 3.9.2 and 4.3.1, in every version from 0 on: requests and responses of",
    "clients, of brokers among themselves and of controllers, those removed in 4.0 included; the headers; and the",
    "payloads inside payloads. `make interop` compares the tables with the definitions in the jars of both releases,",
    "field by field (`tests/interop/tables`; with another version it prints what that has and we lack).",
    "",
    "**Where it is.** A message is a plain struct in a header of `protocol/api` or `protocol/blob`, with what null, -1",
    "and the numbers mean, and a table of rows in the `.c` file beside it: name, versions, versions that may be null,",
    "tag, default. There is no generated code. `protocol/schema.h` says what a row holds; `protocol/registry.h` finds",
    "messages by name or key; `kafc schema Fetch` prints a table as text.",
    "",
    "**Decoding and encoding** from the shell, a line for each message (`kafc help decode` tells the rest):",
    "",
    "    $ printf 'FindCoordinatorRequest\\t3\\t02670000\\n' | kafc decode",
    "    {\"key\":\"g\",\"keyType\":0}",
    "    $ printf 'FindCoordinatorRequest\\t3\\t{\"key\":\"g\",\"keyType\":0}\\n' | kafc encode",
    "    02670000",
    "",
    "In C, with the API's row or any message by its name:",
    "",
    "    #include \"protocol/api/03_metadata.h\"",
    "    struct kafc_metadata_req req;",
    "    kafc__msg_decode(&reader, &kafc_metadata_req_schema, &req, version, arena, &error);",
    "    kafc__msg_encode(&writer, &kafc_metadata_req_schema, &req, version, &error);",
    "",
    "The same table serves size, equality, random instances and Apache Kafka's JSON form (`kafc__msg_to_json`). Tagged",
    "fields that no table knows are kept and written back. An error names message, version, field path and byte.",
    "",
    "## APIs",
    "",
    "*Negotiated*: the versions from which one is picked with a broker, where it is not all of them; left out are",
    "those that were never final, and those of AddPartitionsToTxn that only brokers send. *Flexible*: the first with",
    "compact lengths and tagged fields. *Throttled*: the first version in which the client waits out ThrottleTimeMs",
    "before it sends again; in former ones the broker answered late. *Goes to*: who answers.",
    "",
    "| key | name | versions | negotiated | flexible | throttled | goes to |",
    "|--:|---|---|---|--:|--:|---|",
    NULL,
};

static const char *const about_headers[] = {
    "",
    "Request header 2 and response header 1 belong to flexible versions, 1 and 0 to the others; but ApiVersions always",
    "has response header 0, ControlledShutdown 0 has request header 0 (without a client id), and the client id keeps a",
    "length of two bytes in header 2. Keys 4 to 7 were taken out in 4.0.",
    "",
    "*a controller* is in KRaft any broker, which passes the request on, and before that the broker that Metadata",
    "names. *the coordinator* is found by FindCoordinator. *controllers only*: no listener that clients use takes it.",
    NULL,
};

static const char *const about_data[] = {
    "",
    "## Other messages",
    "",
    "But for the headers they stand inside fields of bytes or in records, where an INT16 in front says the version (of",
    "a log's keys: the type of record). The sticky assignors' user data has none, and the quorum-state file is JSON.",
    NULL,
};

static const char *const rest[] = {
    "",
    "## Records",
    "",
    "Fields of type `records` are opaque to the tables. `protocol/record` reads and writes what is in them:",
    "",
    "- record batches (magic 2): headers, idempotent and transactional producers, control batches, log-append time,",
    "  delete horizon, gaps left by compaction, a tail that was cut off;",
    "- message sets (magic 0 and 1): wrappers with absolute and with relative offsets, the checksum of each message;",
    "- codecs: none, gzip, snappy (raw and xerial framing), lz4 (with the old header checksum of magic 0), zstd (magic",
    "  2), each with a limit on what comes out.",
    "",
    "`kafc decode --records` prints them in place of the field, and the name `Records` takes a bare sequence of them.",
    "",
    "## What is not covered",
    "",
    "- the records of `__cluster_metadata` (TopicRecord, PartitionRecord, …) but for the control records above;",
    "- the files and topic of tiered storage (ProducerSnapshot, RemoteLogSegmentMetadata…);",
    "- what Connect's workers and Kafka Streams' members of classic groups write into JoinGroup and SyncGroup;",
    "- the metrics inside PushTelemetry, which are OpenTelemetry's;",
    "- SASL tokens, which belong to their mechanisms;",
    "- previews that had other bytes in the same version: ConsumerGroupHeartbeat 0 before 3.7,",
    "  ReadShareGroupStateSummary 0 before 4.1.",
    NULL,
};

/* ---- what the tables say ---- */

static const char *const goes_to[] = {
    [KAFC_TO_ANY] = "any broker",
    [KAFC_TO_CONTROLLER] = "a controller",
    [KAFC_TO_LEADER] = "the partitions' leaders",
    [KAFC_TO_GROUP] = "the group's coordinator",
    [KAFC_TO_TXN] = "the transaction's coordinator",
    [KAFC_TO_SHARE] = "the share partitions' coordinator",
    [KAFC_TO_ALL] = "every broker",
    [KAFC_TO_RESOURCE] = "the broker it is about, or any",
    [KAFC_TO_BROKER] = "the broker it is about",
    [KAFC_TO_QUORUM] = "controllers only",
};

/* "protocol/api/22_init_producer_id.h" */
static void file_of(const struct kafc_api *a, char *path, size_t cap)
{
    size_t n = (size_t)snprintf(path, cap, "protocol/api/%02d", a->key);
    for (const char *c = a->name; *c && n + 4 < cap; c++) {
        if (isupper((unsigned char)*c))
            path[n++] = '_';
        path[n++] = (char)tolower((unsigned char)*c);
    }
    (void)snprintf(path + n, cap - n, ".h");
}

static void add_api(struct text *t, const struct kafc_api *a)
{
    char path[96];
    file_of(a, path, sizeof(path));
    ck_assert_msg(access(path, R_OK) == 0, "%s is missing", path);
    add(t, "| %d | [%s](../%s) |", a->key, a->name, path);
    add_range(t, a->min, a->max);
    if (a->pick_min == a->min && a->pick_max == a->max)
        add(t, " |");
    else
        add_range(t, a->pick_min, a->pick_max);
    add_from(t, a->flex);
    add_from(t, a->throttle_from);
    add(t, " %s |\n", goes_to[a->route]);
}

/* Which data messages begin a section. */
static const struct {
    const char *first, *title;
} section[] = {
    { "RequestHeader", "Headers (`protocol/api/headers.h`)" },
    { "ConsumerProtocolSubscription",
      "Inside JoinGroup and SyncGroup (`protocol/blob/consumer_protocol.h`, `sticky.h`)" },
    { "ControlRecordTypeSchema", "Control records (`protocol/blob/control.h`)" },
    { "DefaultPrincipalData", "Inside Envelope (`protocol/blob/principal.h`)" },
    { "LegacyOffsetCommitKey", "`__consumer_offsets` (`protocol/blob/*group_log.h`)" },
    { "TransactionLogKey", "`__transaction_state` (`protocol/blob/txn_log.h`)" },
    { "ShareSnapshotKey", "`__share_group_state` (`protocol/blob/share_log.h`)" },
    { "QuorumStateData", "The quorum-state file (`protocol/blob/quorum_state.h`)" },
};
enum { SECTIONS = sizeof(section) / sizeof(*section) };

static bool is_log(const char *title)
{
    return !strncmp(title, "`__", 3);
}

/* A log's key in front of its version of old, its type of record now. */
static void add_data(struct text *t, const struct kafc_schema *s, bool log)
{
    const char *key = s->name + strlen(s->name) - 3;
    add(t, "| %s |", s->name);
    add_range(t, s->min, s->max);
    add_from(t, s->flex);
    if (log && !strcmp(key, "Key"))
        add(t, " %d |", s->min ? s->min : s->alias);
    else if (log)
        add(t, " |");
    add(t, "\n");
}

static void add_data_messages(struct text *t)
{
    size_t n, next = 0;
    bool log = false;
    const struct kafc_schema *const *data = kafc__data_schemas(&n);
    for (size_t i = 0; i < n; i++) {
        if (next < SECTIONS && !strcmp(section[next].first, data[i]->name)) {
            log = is_log(section[next].title);
            add(t, "\n%s\n\n", section[next++].title);
            add(t, "| name | versions | flexible |%s\n|---|---|--:|%s\n",
                log ? " record type |" : "", log ? "--:|" : "");
        }
        ck_assert_msg(next > 0, "%s is in no section", data[i]->name);
        add_data(t, data[i], log);
    }
    ck_assert_msg(next == SECTIONS, "no message begins with %s", section[next].first);
}

START_TEST(the_document_is_what_the_tables_say)
{
    static struct text t;
    size_t n;
    const struct kafc_api *const *apis = kafc__apis(&n);
    add_lines(&t, intro);
    for (size_t i = 0; i < n; i++)
        add_api(&t, apis[i]);
    add_lines(&t, about_headers);
    add_lines(&t, about_data);
    add_data_messages(&t);
    add_lines(&t, rest);
    document_is("docs/PROTOCOL.md", t.p, t.n);
}
END_TEST

SUITE_MAIN("protocol/document", 30, the_document_is_what_the_tables_say)
