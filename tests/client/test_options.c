/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The option table: defaults, ranges, names, real zeros; and docs/OPTIONS.md,
 * which is made from it (KAFC_WRITE_DOCS=1 writes the file).
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/options.h"
#include "tests/support/document.h"
#include "tests/support/suite.h"
#include "tests/support/tmp.h"
#include <kafc/conn.h>

union any {
    size_t size;
    kafc_client_options client;
    kafc_writer_options writer;
    kafc_reader_options reader;
    kafc_conn_options conn;
    kafc_security security;
};

static void init(union any *u, const struct kafc_option_set *set)
{
    memset(u, 0, sizeof *u);
    u->size = set->size;
}

static int64_t get(const struct kafc_option *row, const union any *u)
{
    int32_t v32;
    int64_t v64;
    if (row->width == 8) {
        memcpy(&v64, (const char *)u + row->offset, 8);
        return v64;
    }
    memcpy(&v32, (const char *)u + row->offset, 4);
    return v32;
}

static void put(const struct kafc_option *row, union any *u, int64_t v)
{
    int32_t v32 = (int32_t)v;
    if (row->width == 8)
        memcpy((char *)u + row->offset, &v, 8);
    else
        memcpy((char *)u + row->offset, &v32, 4);
}

static bool numeric(const struct kafc_option *row)
{
    return row->kind == KAFC_OPTION_INT32 || row->kind == KAFC_OPTION_INT64 ||
           row->kind == KAFC_OPTION_ENUM;
}

/* Calls fn with each numeric row. */
static void each_number(void (*fn)(const struct kafc_option_set *set, const struct kafc_option *row))
{
    for (int o = 0; o < KAFC_OPTION_SETS; o++) {
        const struct kafc_option_set *set = kafc__option_sets[o];
        for (size_t i = 0; i < set->n; i++)
            if (numeric(&set->row[i]))
                fn(set, &set->row[i]);
    }
}

static size_t zeros;

static void say_zero(const struct kafc_option_set *set, const struct kafc_option *row)
{
    union any in, out;
    kafc_error e;
    init(&in, set);
    put(row, &in, KAFC_ZERO);
    kafc_err rc = kafc__options_resolve(set, &in, &out, &e);
    if (row->min <= 0 && row->max >= 0) {
        ck_assert_msg(rc == KAFC_OK, "%s: %s", row->field, e.message);
        ck_assert_msg(get(row, &out) == 0, "%s is %" PRId64, row->field, get(row, &out));
        zeros++;
    } else {
        ck_assert_msg(rc == KAFC_ERR_USAGE, "%s takes a zero outside its range", row->field);
        ck_assert_ptr_nonnull(strstr(e.message, row->field));
    }
}

START_TEST(V1_every_legal_zero_can_be_said)
{
    zeros = 0;
    each_number(say_zero);
    ck_assert_uint_ge(zeros, 10); /* linger, acks, partition, level, waits, back-offs, … */
}
END_TEST

START_TEST(V1_zero_is_the_default)
{
    for (int o = 0; o < KAFC_OPTION_SETS; o++) {
        const struct kafc_option_set *set = kafc__option_sets[o];
        union any in, out;
        init(&in, set);
        ck_assert_int_eq(kafc__options_resolve(set, &in, &out, NULL), KAFC_OK);
        for (size_t i = 0; i < set->n; i++) {
            const struct kafc_option *row = &set->row[i];
            if (numeric(row))
                ck_assert_msg(get(row, &out) == row->dflt, "%s is %" PRId64, row->field,
                              get(row, &out));
        }
    }
    kafc_writer_options w;
    ck_assert_int_eq(kafc__options_resolve(&kafc__writer_options, NULL, &w, NULL), KAFC_OK);
    ck_assert_int_eq(w.linger_ms, 5);
    ck_assert_int_eq(w.acks, KAFC_ACKS_ALL);
    ck_assert_str_eq(w.partitioner, "murmur2");
    kafc_reader_options r;
    ck_assert_int_eq(
        kafc__options_resolve(&kafc__reader_options, KAFC_READER(.partition = KAFC_ZERO), &r, NULL),
        KAFC_OK);
    ck_assert_int_eq(r.partition, 0);
    ck_assert_int_eq(kafc__options_resolve(&kafc__reader_options, KAFC_READER(.topic = "t"), &r, NULL),
                     KAFC_OK);
    ck_assert_int_eq(r.partition, -1);
    ck_assert_int_eq(r.start.kind, KAFC_POSITION_FIRST);
}
END_TEST

static void try_both_ends(const struct kafc_option_set *set, const struct kafc_option *row)
{
    /* more does not fit into every member */
    const int64_t above = row->max < INT32_MAX ? row->max + 1 : 0;
    const int64_t v[4] = { row->min, row->max, row->min - 1, above };
    for (int k = 0; k < 4; k++) {
        union any in, out;
        init(&in, set);
        if (v[k] == 0)
            continue;
        put(row, &in, v[k]);
        kafc_err rc = kafc__options_resolve(set, &in, &out, NULL);
        ck_assert_msg(rc == (k < 2 ? KAFC_OK : KAFC_ERR_USAGE), "%s = %" PRId64 " gives %d",
                      row->field, v[k], rc);
    }
}

START_TEST(both_ends_of_each_range_hold)
{
    each_number(try_both_ends);
}
END_TEST

START_TEST(names_that_other_clients_have_say_why_they_are_not_here)
{
    static const struct {
        const char *name, *word;
    } known[] = {
        { "ssl.engine.location", "ssl_ctx" },         { "sasl.kerberos.service.name", "mechanisms" },
        { "security.providers", "OpenSSL" },          { "group.protocol", "KIP-848" },
        { "enable.auto.commit", "kafc_reader_read" }, { "key.deserializer", "bytes" },
        { "max.poll.records", "fetch_batch" }
    };
    kafc_properties *p = kafc_properties_new();
    kafc_error err;
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        ck_assert_int_eq(kafc_properties_set(p, known[i].name, "x", &err), KAFC_ERR_USAGE);
        ck_assert_msg(strstr(err.message, known[i].name) && strstr(err.message, known[i].word),
                      "%s", err.message);
    }
    kafc_properties_free(p);
}
END_TEST

START_TEST(a_set_field_wins_over_the_property)
{
    kafc_properties *p = kafc_properties_new();
    kafc_writer_options w;
    ck_assert_int_eq(kafc_properties_set(p, "linger.ms", "50", NULL), KAFC_OK);
    ck_assert_int_eq(kafc_properties_set(p, "acks", "1", NULL), KAFC_OK);
    ck_assert_int_eq(kafc_properties_set(p, "compression.codec", "zstd", NULL), KAFC_OK);
    ck_assert_int_eq(
        kafc__options_resolve(&kafc__writer_options, KAFC_WRITER(.properties = p), &w, NULL), KAFC_OK);
    ck_assert_int_eq(w.linger_ms, 50);
    ck_assert_int_eq(w.acks, KAFC_ACKS_LEADER);
    ck_assert_int_eq(w.compression, KAFC_ZSTD);
    ck_assert_int_eq(w.idempotence, KAFC_DEFAULT); /* nobody asked for it */
    ck_assert_int_eq(kafc__options_resolve(&kafc__writer_options,
                                           KAFC_WRITER(.properties = p, .linger_ms = KAFC_ZERO,
                                                       .acks = KAFC_ACKS_NONE),
                                           &w, NULL),
                     KAFC_OK);
    ck_assert_int_eq(w.linger_ms, 0);
    ck_assert_int_eq((int)w.acks, 0);
    ck_assert_int_eq(kafc_properties_set(p, "linger.ms", "0", NULL), KAFC_OK);
    ck_assert_int_eq(
        kafc__options_resolve(&kafc__writer_options, KAFC_WRITER(.properties = p), &w, NULL), KAFC_OK);
    ck_assert_int_eq(w.linger_ms, 0);
    kafc_properties_free(p);
}
END_TEST

START_TEST(one_set_serves_all_objects)
{
    kafc_properties *p = kafc_properties_new();
    kafc_client_options c;
    kafc_writer_options w;
    kafc_reader_options r;
    ck_assert_int_eq(kafc_properties_set(p, "metadata.broker.list", "a:1", NULL), KAFC_OK);
    ck_assert_int_eq(kafc_properties_set(p, "request.timeout.ms", "1234", NULL), KAFC_OK);
    ck_assert_int_eq(kafc_properties_set(p, "auto.offset.reset", "latest", NULL), KAFC_OK);
    ck_assert_int_eq(kafc_properties_set(p, "check.crcs", "false", NULL), KAFC_OK);
    ck_assert_int_eq(
        kafc__options_resolve(&kafc__client_options, KAFC_CLIENT(.properties = p), &c, NULL), KAFC_OK);
    ck_assert_int_eq(
        kafc__options_resolve(&kafc__writer_options, KAFC_WRITER(.properties = p), &w, NULL), KAFC_OK);
    ck_assert_int_eq(
        kafc__options_resolve(&kafc__reader_options, KAFC_READER(.properties = p), &r, NULL), KAFC_OK);
    ck_assert_str_eq(c.brokers, "a:1");
    ck_assert_int_eq(c.request_timeout_ms, 1234);
    ck_assert_int_eq(w.request_timeout_ms, 1234);
    ck_assert_int_eq(r.start.kind, KAFC_POSITION_LAST);
    ck_assert_int_eq(r.reset, KAFC_RESET_LAST);
    ck_assert_int_eq(r.check_crcs, KAFC_OFF);
    char *kept = kafc__options_keep(&kafc__client_options, &c, NULL);
    kafc_properties_free(p);
    ck_assert_str_eq(c.brokers, "a:1");
    ck_assert_str_eq(c.client_id, "kafc");
    ck_assert_ptr_null(c.rack);
    free(kept);
}
END_TEST

START_TEST(a_duration_as_java_writes_it)
{
    static const struct {
        const char *text;
        int64_t ms; /* -1: refused */
    } cases[] = { { "by_duration:PT1H", 3600000 },
                  { "by_duration:P1D", 86400000 },
                  { "by_duration:P1DT2H3M4.0567S", 93784056 },
                  { "by_duration:pt1m", 60000 },
                  { "by_duration:PT0S", 0 },
                  { "by_duration:PT1,5S", 1500 },
                  { "by_duration:PT2.S", 2000 },
                  { "by_duration:P106751991167D", 9223372036828800000 },
                  { "by_duration:P106751991168D", -1 },
                  { "by_duration:PT99999999999999999999S", -1 },
                  { "by_duration:", -1 },
                  { "by_duration:P", -1 },
                  { "by_duration:PT", -1 },
                  { "by_duration:P1DT", -1 },
                  { "by_duration:P1H", -1 },
                  { "by_duration:PT1D", -1 },
                  { "by_duration:PT1M1H", -1 },
                  { "by_duration:PT1H1H", -1 },
                  { "by_duration:PT1.5H", -1 },
                  { "by_duration:PT1.0123456789S", -1 },
                  { "by_duration:-PT1H", -1 },
                  { "by_duration:PT-1H", -1 },
                  { "by_duration:PT1", -1 },
                  { "by_duration:1h", -1 },
                  { "by_duration", -1 } };
    kafc_properties *p = kafc_properties_new();
    kafc_reader_options r;
    kafc_error err;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        kafc_err rc = kafc_properties_set(p, "auto.offset.reset", cases[i].text, &err);
        ck_assert_msg(rc == (cases[i].ms < 0 ? KAFC_ERR_USAGE : KAFC_OK), "%s", cases[i].text);
        if (rc != KAFC_OK) {
            ck_assert_ptr_nonnull(strstr(err.message, "by_duration:PnDTnHnMnS"));
            continue;
        }
        ck_assert_int_eq(
            kafc__options_resolve(&kafc__reader_options, KAFC_READER(.properties = p), &r, NULL),
            KAFC_OK);
        ck_assert_int_eq(r.start.kind, KAFC_POSITION_AGO);
        ck_assert_int_eq(r.start.value, cases[i].ms);
        ck_assert_int_eq(r.reset, KAFC_RESET_START);
    }
    kafc_properties_free(p);
}
END_TEST

START_TEST(wrong_names_and_values_are_refused_when_set)
{
    static const char *const wrong[][3] = {
        { "linger.mss", "5", "linger.ms" },
        { "bootstrap.server", "a", "bootstrap.servers" },
        { "linger.ms", "-1", "from 0" },
        { "linger.ms", "5x", "whole number" },
        { "linger.ms", "", "whole number" },
        { "acks", "2", "all" },
        { "linger.ms", "99999999999999999999", "" },
        { "enable.idempotence", "yes", "true, false" },
        { "compression.type", "brotli", "zstd" },
        { "client.id", "", "empty" },
        { "a", "", "OPTIONS.md" },
        { "metric.reporter", "", "OPTIONS.md" },
        { "partitioner", "murmur3", "murmur2" },
        { "", "", "OPTIONS.md" },
        { "ssl.endpoint.identification.algorithm", "htps", "one of https, none, \"\"" },
        { "sasl.mechansm", "PLAIN", "the nearest is 'sasl.mechanism'" },
        { "sasl.pasword", "s3cret", "the nearest is 'sasl.password'" },
        { "ssl.trustore.location", "ca.pem", "the nearest is 'ssl.truststore.location'" },
        { "sasl.oauthbearer.client.secret", "s3cret", "functions for credentials" },
    };
    kafc_properties *p = kafc_properties_new();
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        kafc_error e;
        ck_assert_int_eq(kafc_properties_set(p, wrong[i][0], wrong[i][1], &e), KAFC_ERR_USAGE);
        ck_assert_msg(strstr(e.message, wrong[i][2]) && !strstr(e.message, "s3cret"), "%s", e.message);
    }
    ck_assert_int_eq(kafc_properties_set(p, NULL, "", NULL), KAFC_ERR_USAGE);
    kafc_properties_free(p);
}
END_TEST

/* Files of Java's consumer and of librdkafka's are full of what asks for nothing else than what is done anyway. */
START_TEST(foreign_properties_are_taken_or_refused_with_a_reason)
{
    static const struct {
        const char *name, *same, *other, *why;
    } rows[] = {
        { "enable.auto.commit", "false", "true", "kafc_reader_read()" },
        { "enable.auto.offset.store", "false", "true", "kafc_reader_read()" },
        { "group.protocol", "classic", "consumer", "KIP-848" },
        { "group.protocol.type", "consumer", "connect", "consumers" },
        { "exclude.internal.topics", "true", "false", "regular expression" },
        { "client.dns.lookup", "use_all_dns_ips", "resolve_canonical_bootstrap_servers_only", "all addresses" },
        { "enable.metrics.push", "false", "true", "kafc_stats_text()" },
        { "statistics.interval.ms", "0", "1000", "kafc_stats_text()" },
        { "interceptor.classes", "", "a.B", "kafc_reader_fetch()" },
        { "socket.keepalive.enable", "true", "false", "always" },
        { "socket.nagle.disable", "true", "false", "always" },
        { "api.version.request", "true", "false", "always" },
        { "offset.store.method", "broker", "file", "brokers" },
        { "ssl.truststore.type", "pkcs12", "JKS", "keytool" },
        { "ssl.protocol", "TLSv1.3", "TLSv1.2", "ssl.enabled.protocols" },
        { "ssl.provider", NULL, "x", "ssl_ctx" },
        { "sasl.login.class", NULL, "x", "mechanisms" },
        { "key.deserializer", NULL, "a.B", "bytes" },
        { "max.poll.records", NULL, "500", "kafc_reader_fetch_batch()" },
        { "default.api.timeout.ms", NULL, "60000", "timeout_ms" },
        { "queued.min.messages", NULL, "100000", "queued.max.bytes" },
        { "queued.max.messages.kbytes", NULL, "65536", "queued.max.bytes" },
        { "fetch.error.backoff.ms", NULL, "500", "retry.backoff.ms" },
    };
    kafc_properties *p = kafc_properties_new();
    kafc_error e;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].same)
            ck_assert_msg(kafc_properties_set(p, rows[i].name, rows[i].same, &e) == KAFC_OK, "%s: %s", rows[i].name,
                          e.message);
        ck_assert_int_eq(kafc_properties_set(p, rows[i].name, rows[i].other, &e), KAFC_ERR_USAGE);
        ck_assert_msg(strstr(e.message, rows[i].why) && !strstr(e.message, "nearest"), "%s", e.message);
    }
    static const char *const resets[] = { "smallest", "beginning", "largest", "end", "error" };
    for (size_t i = 0; i < sizeof resets / sizeof resets[0]; i++)
        ck_assert_int_eq(kafc_properties_set(p, "auto.offset.reset", resets[i], &e), KAFC_OK);
    kafc_properties_free(p);
}
END_TEST

START_TEST(what_is_logged_is_said_as_in_librdkafka)
{
    static const kafc_log_level level[] = { KAFC_LOG_ERROR, KAFC_LOG_ERROR, KAFC_LOG_ERROR, KAFC_LOG_ERROR,
                                            KAFC_LOG_WARN,  KAFC_LOG_INFO,  KAFC_LOG_INFO,  KAFC_LOG_DEBUG };
    static const char *const good[] = { "broker", "cgrp, protocol", "all", "", "interceptor,plugin,telemetry,mock" };
    static const struct {
        const char *list, *why;
    } bad[] = { { "brokr", "knows no 'brokr'; the nearest is 'broker'" },
                { "all,groups", "knows no 'groups'" },
                { "cgrp,,metadatas", "the nearest is 'metadata'" } };
    kafc_properties *p = kafc_properties_new();
    kafc_client_options c;
    kafc_error e;
    for (char text[2] = "0"; *text < '8'; ++*text) {
        ck_assert_int_eq(kafc_properties_set(p, "log_level", text, &e), KAFC_OK);
        ck_assert_int_eq(kafc__options_resolve(&kafc__client_options, KAFC_CLIENT(.properties = p), &c, &e), KAFC_OK);
        ck_assert_int_eq(c.log_level, level[*text - '0']);
    }
    ck_assert_int_eq(kafc_properties_set(p, "log_level", "8", &e), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_properties_set(p, "log_level", "debug", &e), KAFC_ERR_USAGE);
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        ck_assert_msg(kafc_properties_set(p, "debug", good[i], &e) == KAFC_OK, "%s", e.message);
        ck_assert_int_eq(kafc__options_resolve(&kafc__client_options, KAFC_CLIENT(.properties = p), &c, &e), KAFC_OK);
        ck_assert_str_eq(c.debug, good[i]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ck_assert_int_eq(kafc_properties_set(p, "debug", bad[i].list, &e), KAFC_ERR_USAGE);
        ck_assert_msg(strstr(e.message, bad[i].why) != NULL, "%s", e.message);
        ck_assert_int_eq(kafc__options_resolve(&kafc__client_options, KAFC_CLIENT(.debug = bad[i].list), &c, &e),
                         KAFC_ERR_USAGE);
        ck_assert_msg(strstr(e.message, bad[i].why) != NULL, "%s", e.message);
    }
    kafc_properties_free(p);
}
END_TEST

enum { PATH = 128 };

static void write_file(char path[PATH], const char *text)
{
    (void)snprintf(path, PATH, "%s/kafc-XXXXXX", test_tmp()); /* lint: todo because mkstemp(3) wants them */
    int fd = mkstemp(path);
    FILE *f = fdopen(fd, "w");
    ck_assert_ptr_nonnull(f);
    (void)fputs(text, f);
    (void)fclose(f);
}

START_TEST(properties_come_from_files)
{
    char path[PATH];
    kafc_properties *p = kafc_properties_new();
    kafc_client_options c;
    kafc_error e;
    write_file(path, "# comment\n! another\n\n  bootstrap.servers = a:1,b:2 \r\nclient.id=x=y");
    ck_assert_int_eq(kafc_properties_load(p, path, &e), KAFC_OK);
    ck_assert_int_eq(
        kafc__options_resolve(&kafc__client_options, KAFC_CLIENT(.properties = p), &c, NULL), KAFC_OK);
    ck_assert_str_eq(c.brokers, "a:1,b:2");
    ck_assert_str_eq(c.client_id, "x=y");
    (void)unlink(path);
    ck_assert_int_eq(kafc_properties_load(p, path, &e), KAFC_ERR_SYSTEM);
    ck_assert_ptr_nonnull(strstr(e.message, path));
    char bad[PATH], where[PATH + 8];
    write_file(bad, "acks=1\nlinger.ms=soon\n");
    (void)snprintf(where, sizeof where, "%s:2: ", bad);
    ck_assert_int_eq(kafc_properties_load(p, bad, &e), KAFC_ERR_USAGE);
    ck_assert_ptr_nonnull(strstr(e.message, where));
    (void)unlink(bad);
    kafc_properties_free(p);
}
END_TEST

static const char *read_as(const char *text)
{
    static char id[256];
    char path[PATH];
    kafc_properties *p = kafc_properties_new();
    kafc_client_options c;
    kafc_error e;
    write_file(path, text);
    ck_assert_msg(kafc_properties_load(p, path, &e) == KAFC_OK, "%s", e.message);
    ck_assert_int_eq(kafc__options_resolve(&kafc__client_options, KAFC_CLIENT(.properties = p), &c, NULL), KAFC_OK);
    (void)snprintf(id, sizeof(id), "%s", c.client_id ? c.client_id : "none");
    (void)unlink(path);
    kafc_properties_free(p);
    return id;
}

START_TEST(files_are_read_as_java_reads_them)
{
    ck_assert_str_eq(read_as("\xef\xbb\xbf" "client.id=x"), "x"); /* a byte order mark */
    ck_assert_str_eq(read_as("client.id=one \\\n   two\\\r\n\tthree\nacks=1"), "one twothree");
    ck_assert_str_eq(read_as("client.id=\\\n  \\\nx\n"), "x");
    ck_assert_str_eq(read_as("client.id=a\\"), "a");
    ck_assert_str_eq(read_as("# no \\\nclient.id=a"), "a");
    ck_assert_str_eq(read_as("client.id=a\\\\\nacks=1"), "a\\");
    ck_assert_str_eq(read_as("client.id=a\\\\\\\nb"), "a\\b");
    ck_assert_str_eq(read_as("client.id=\\\"a\\t\\n\\r\\f\\q\\\\\\:b"), "\"a\t\n\r\fq\\:b");
    ck_assert_str_eq(read_as("client.id=\\u0041\\u00e4\\u20AC\\u12"), "A\u00e4\u20acu12");
}
END_TEST

/* A line of a key that has lost what it belongs to. */
START_TEST(what_is_in_a_file_is_not_told)
{
    char path[PATH];
    static char text[70000];
    kafc_properties *p = kafc_properties_new();
    kafc_error e;
    write_file(path, "acks=1\nclient.id=\\\nx\ns3cret\n");
    ck_assert_int_eq(kafc_properties_load(p, path, &e), KAFC_ERR_USAGE);
    ck_assert_ptr_nonnull(strstr(e.message, ":4: the line is no name=value"));
    (void)unlink(path);
    memset(text, 'x', sizeof(text) - 1);
    memcpy(text, "client.id=", 10);
    write_file(path, text);
    ck_assert_int_eq(kafc_properties_load(p, path, &e), KAFC_ERR_USAGE);
    ck_assert_ptr_nonnull(strstr(e.message, "more than 65534 bytes"));
    (void)unlink(path);
    kafc_properties_free(p);
}
END_TEST

START_TEST(structs_of_other_sizes)
{
    struct {
        kafc_client_options o;
        int future;
    } newer = { .o = { .size = sizeof newer } };
    kafc_client_options out;
    kafc_error e;
    ck_assert_int_eq(kafc__options_resolve(&kafc__client_options, &newer, &out, &e), KAFC_OK);
    newer.future = 1;
    ck_assert_int_eq(kafc__options_resolve(&kafc__client_options, &newer, &out, &e), KAFC_ERR_USAGE);
    ck_assert_ptr_nonnull(strstr(e.message, "too old"));
    kafc_client_options older = { .size = offsetof(kafc_client_options, client_id),
                                  .brokers = "a",
                                  .client_id = "x" };
    ck_assert_int_eq(kafc__options_resolve(&kafc__client_options, &older, &out, &e), KAFC_OK);
    ck_assert_str_eq(out.brokers, "a");
    ck_assert_str_eq(out.client_id, "kafc"); /* what lies behind an older struct is not looked at */
    kafc_client_options unset = { .brokers = "a" };
    ck_assert_int_eq(kafc__options_resolve(&kafc__client_options, &unset, &out, &e), KAFC_ERR_USAGE);
    unset.size = SIZE_MAX;
    ck_assert_int_eq(kafc__options_resolve(&kafc__client_options, &unset, &out, &e), KAFC_ERR_USAGE);
}
END_TEST

START_TEST(every_member_has_a_row)
{
    for (int o = 0; o < KAFC_OPTION_SETS; o++) {
        const struct kafc_option_set *set = kafc__option_sets[o];
        unsigned char seen[sizeof(union any)] = { 0 };
        size_t head = offsetof(kafc_client_options, brokers), gaps = 0;
        for (const struct kafc_option *row = set->row; row < set->row + set->n; row++) {
            for (size_t b = 0; b < row->width; b++) {
                ck_assert_msg(!seen[row->offset + b], "%s is there twice", row->field);
                seen[row->offset + b] = 1;
            }
        }
        for (size_t b = head; b < set->size; b += 4) {
            if (!seen[b])
                gaps++; /* padding before a pointer */
        }
        ck_assert_uint_le(gaps, 4);
    }
}
END_TEST

/* --- docs/OPTIONS.md ------------------------------------------------------------------ */

struct text {
    char *p;
    size_t n;
};

__attribute__((format(printf, 2, 3))) static void add(struct text *t, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int k = vsnprintf(t->p + t->n, 65536 - t->n, fmt, ap);
    va_end(ap);
    ck_assert_int_gt(k, 0);
    t->n += (size_t)k;
    ck_assert_uint_lt(t->n, 65536);
}

static void add_default(struct text *t, const struct kafc_option *row)
{
    const char *name = NULL;
    for (const struct kafc_choice *c = row->choices; c && c->name && !name; c++)
        name = c->value == row->dflt ? c->name : NULL;
    if (row->kind == KAFC_OPTION_STRING)
        add(t, " %s |", row->text ? row->text : "");
    else if (name)
        add(t, " %s |", name);
    else if (row->kind == KAFC_OPTION_POSITION || row->choices || row->dflt < row->min)
        add(t, " |");
    else
        add(t, " %" PRId64 " |", row->dflt);
}

static void add_range(struct text *t, const struct kafc_option *row)
{
    if (row->choices) {
        add(t, " ");
        for (const struct kafc_choice *c = row->choices; c->name; c++)
            add(t, "%s%s", c == row->choices ? "" : ", ", kafc__choice_text(c));
        add(t, " |");
    } else if (numeric(row) && row->max == INT64_MAX) {
        add(t, " from %" PRId64 " |", row->min);
    } else if (numeric(row)) {
        add(t, " %" PRId64 " to %" PRId64 " |", row->min, row->max);
    } else if (row->names) {
        const char *name;
        for (size_t i = 0; (name = row->names(i)) != NULL; i++)
            add(t, "%s%s", i ? ", " : " ", name);
        add(t, " |");
    } else {
        add(t, " |");
    }
}

static void generate(struct text *t)
{
    add(t,
        "# Options\n\nMade from `src/client/options_table.c` by `make docs`; do not edit.\n\n"
        "Every option is a field of its object's options struct, and most are properties for\n"
        "`kafc_properties_set()` and `-X name=value` as well. In a struct zero is the default, and `KAFC_ZERO` a real\n"
        "zero where the range holds one. Times are in milliseconds, sizes in bytes.\n");
    for (int o = 0; o < KAFC_OPTION_SETS; o++) {
        const struct kafc_option_set *set = kafc__option_sets[o];
        add(t,
            "\n## kafc_%s\n\n| property | also | field | default | range | |\n|---|---|---|---|---|---|\n",
            set->object);
        for (const struct kafc_option *row = set->row; row < set->row + set->n; row++) {
            if (row->kind == KAFC_OPTION_OPAQUE)
                continue;
            add(t, "| %s%s%s | %s | `%s` |", row->name ? "`" : "", row->name ? row->name : "",
                row->name ? "`" : "", row->aliases ? row->aliases : "", row->field);
            add_default(t, row);
            add_range(t, row);
            add(t, " %s |\n", row->doc);
        }
    }
}

START_TEST(the_document_is_the_table)
{
    static char want[65536];
    struct text t = { want, 0 };
    generate(&t);
    document_is("docs/OPTIONS.md", want, t.n);
}
END_TEST

SUITE_MAIN("client/options", 30, V1_every_legal_zero_can_be_said, V1_zero_is_the_default,
           both_ends_of_each_range_hold, names_that_other_clients_have_say_why_they_are_not_here,
           a_set_field_wins_over_the_property,
           one_set_serves_all_objects, a_duration_as_java_writes_it,
           foreign_properties_are_taken_or_refused_with_a_reason, wrong_names_and_values_are_refused_when_set,
           what_is_logged_is_said_as_in_librdkafka, properties_come_from_files, files_are_read_as_java_reads_them,
           what_is_in_a_file_is_not_told, structs_of_other_sizes,
           every_member_has_a_row, the_document_is_the_table)
