/* SPDX-License-Identifier: BSD-2-Clause
 *
 * protocol: every message in every version, made at random. Written, read
 * back, cut at every byte and with every bit turned over. KAFC_CODEC_RUNS sets
 * how many of each (bits: a twentieth of that), KAFC_CODEC_SEED where to start.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/rand.h"
#include "fuzz/pick.h"
#include "tests/protocol/layout.h"
#include "tests/protocol/message.h"
#include "tests/support/suite.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { ROUND_TRIPS = 400 }; /* each takes ten times as long */
#else
enum { ROUND_TRIPS = 2000 };
#endif
enum { ALL_BITS = 200, SAMPLE = 400 };

/* A random message, its bytes and where they belong. */
struct sample {
    const struct kafc_schema *s;
    int16_t version;
    struct kafc_rand rnd;
    struct kafc_arena a;    /* of the message */
    struct kafc_arena read; /* of what is read */
    void *msg, *back;
    unsigned char *bytes;
    size_t n;
    struct layout l;
};

static long setting(const char *name, long dflt)
{
    const char *text = getenv(name);
    return text ? atol(text) : dflt;
}

static kafc_err decode(struct sample *m, const void *bytes, size_t n, kafc_error *e)
{
    struct kafc_rd r;
    kafc__arena_reset(&m->read);
    kafc__rd_init(&r, bytes, n);
    return kafc__msg_decode(&r, m->s, m->back, m->version, &m->read, e);
}

static void make(struct sample *m)
{
    kafc__arena_reset(&m->a);
    MUST(kafc__msg_random(m->s, m->msg, m->version, &m->rnd, &m->a), "%s v%d", m->s->name,
         m->version);
    m->bytes = message_encode(m->s, m->msg, m->version, &m->n);
    layout_make(&m->l, m->s, m->msg, m->version);
}

static void unmake(struct sample *m)
{
    layout_free(&m->l);
    free(m->bytes);
}

/* Calls check with `runs` samples of every message in every version. */
static void for_all(long runs, void (*check)(struct sample *))
{
    struct sample m = { .s = NULL };
    long pairs = 0;
    kafc__rand_seed(&m.rnd, (uint64_t)setting("KAFC_CODEC_SEED", 1));
    kafc__arena_init(&m.a, NULL, 0);
    kafc__arena_init(&m.read, NULL, 0);
    for (size_t i = 0; i < pick_count(); i++) {
        m.s = pick_message(i);
        m.msg = message_new(m.s);
        m.back = message_new(m.s);
        for (size_t v = 0; v < pick_versions(m.s); v++, pairs++) {
            m.version = pick_version(m.s, v);
            for (long k = 0; k < runs; k++) {
                make(&m);
                check(&m);
                unmake(&m);
            }
        }
        free(m.msg);
        free(m.back);
    }
    ck_assert_int_ge(pairs, 831);
    kafc__arena_fini(&m.a);
    kafc__arena_fini(&m.read);
}

static void check_round_trip(struct sample *m)
{
    kafc_error e = { .code = KAFC_OK };
    bool flex = m->s->flex >= 0 && m->version >= m->s->flex;
    MUST(m->l.size == m->n, "%s v%d: %zu bytes written, %zu by the table", m->s->name, m->version,
         m->n, m->l.size);
    MUST(m->n >= kafc__schema_min_size(m->s, m->version, flex), "%s v%d", m->s->name, m->version);
    MUST(decode(m, m->bytes, m->n, &e) == KAFC_OK, "%s", e.message);
    MUST(kafc__msg_equal(m->s, m->msg, m->back), "%s v%d", m->s->name, m->version);
    size_t n;
    unsigned char *again = message_encode(m->s, m->back, m->version, &n);
    MUST(n == m->n && memcmp(again, m->bytes, n) == 0, "%s v%d", m->s->name, m->version);
    free(again);
}

START_TEST(random_messages_come_back_equal)
{
    for_all(setting("KAFC_CODEC_RUNS", ROUND_TRIPS), check_round_trip);
}
END_TEST

/* Cut at any byte: refused, and the field that holds the first missing byte is named, and where it begins, or where
 * its length, which says too much, ends. */
static void check_cuts(struct sample *m)
{
    for (size_t cut = 0; cut<m->n; cut += m->n> 4096 ? 1 + m->n / 4096 : 1) {
        size_t at = 0;
        const struct span *want = layout_cut(&m->l, cut, &at);
        char text[300];
        kafc_error e = { .code = KAFC_OK };
        MUST(want, "cut at %zu", cut);
        snprintf(text, sizeof(text), "%s v%d, %s at byte %zu: ", m->s->name, m->version, want->path,
                 at);
        MUST(decode(m, m->bytes, cut, &e) == KAFC_ERR_PROTOCOL, "%s v%d cut at %zu of %zu",
             m->s->name, m->version, cut, m->n);
        MUST(strncmp(e.message, text, strlen(text)) == 0, "cut at %zu of %zu:\n have %s\n want %s",
             cut, m->n, e.message, text);
    }
}

START_TEST(every_truncation_names_the_field)
{
    for_all(setting("KAFC_CODEC_RUNS", 20), check_cuts);
}
END_TEST

/* "FetchRequest v4, Topics[0].Topic at byte 31: ...": a field of that version, a byte not before the damage. */
static void check_error(const struct sample *m, const kafc_error *e, size_t bit)
{
    char head[120], path[200] = "";
    int n = snprintf(head, sizeof(head), "%s v%d", m->s->name, m->version);
    MUST(strncmp(e->message, head, (size_t)n) == 0, "%s", e->message);
    const char *rest = e->message + n, *at = strstr(rest, " at byte ");
    MUST(at, "%s", e->message);
    if (*rest == ',')
        snprintf(path, sizeof(path), "%.*s", (int)(at - rest - 2), rest + 2);
    MUST(*path ? layout_path_exists(m->s, m->version, path) : strstr(at, "behind the end") != NULL,
         "%s", e->message);
    size_t byte = strtoul(at + 9, NULL, 10);
    MUST(byte >= layout_at(&m->l, bit / 8)->start && byte <= m->n, "bit %zu: %s", bit, e->message);
}

/* What was read is a message like any other: it is written, and read to the same. */
static void check_survivor(struct sample *m)
{
    size_t n;
    struct kafc_rd r;
    struct kafc_arena a;
    void *again = message_new(m->s);
    unsigned char *bytes = message_encode(m->s, m->back, m->version, &n);
    kafc__arena_init(&a, NULL, 0);
    kafc__rd_init(&r, bytes, n);
    MUST(kafc__msg_decode(&r, m->s, again, m->version, &a, NULL) == KAFC_OK, "%s v%d", m->s->name,
         m->version);
    MUST(kafc__msg_equal(m->s, m->back, again), "%s v%d", m->s->name, m->version);
    kafc__arena_fini(&a);
    free(bytes);
    free(again);
}

static void check_bits(struct sample *m)
{
    bool all = m->n < ALL_BITS;
    size_t turns = all ? 8 * m->n : SAMPLE;
    for (size_t i = 0; i < turns; i++) {
        size_t bit = all ? i : kafc__rand_below(&m->rnd, (uint32_t)(8 * m->n));
        kafc_error e = { .code = KAFC_OK };
        m->bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
        if (decode(m, m->bytes, m->n, &e) == KAFC_OK)
            check_survivor(m);
        else
            check_error(m, &e, bit);
        m->bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
    }
}

START_TEST(every_bit_turned_over_is_survived)
{
    long runs = setting("KAFC_CODEC_RUNS", 20) / 20;
    for_all(runs > 0 ? runs : 1, check_bits);
}
END_TEST

static bool says(const struct sample *m, const kafc_error *e, const char *path, int len, size_t at)
{
    char text[300];
    int n = snprintf(text, sizeof(text), "%s v%d, %.*s at byte %zu: the buffer is too small",
                     m->s->name, m->version, len, path, at);
    return n > 0 && strcmp(e->message, text) == 0;
}

/* A buffer of any smaller size: refused, never overrun, and the field that did not fit is named: a list of numbers as a
 * whole or the number, a section of tagged fields or the field whose tag did not fit. */
static void check_rooms(struct sample *m)
{
    size_t step = 1 + m->n / 512;
    for (size_t room = 0; room < m->n; room += step) {
        const char *path = layout_at(&m->l, room)->path;
        struct kafc_wr w;
        kafc_error e = { .code = KAFC_OK };
        unsigned char *buf = malloc(room + 1);
        MUST(buf, "no memory");
        buf[room] = 0xa5;
        kafc__wr_init(&w, buf, room, NULL);
        kafc_err err = kafc__msg_encode(&w, m->s, m->msg, m->version, &e);
        size_t at = kafc__wr_len(&w);
        MUST(err == KAFC_ERR_ENCODE && at <= room && buf[room] == 0xa5,
             "%s v%d in %zu of %zu bytes", m->s->name, m->version, room, m->n);
        MUST(memcmp(buf, m->bytes, at) == 0, "%s", e.message);
        const char *index = strrchr(path, '[');
        int len = (int)strlen(path), whole = index ? (int)(index - path) : len;
        MUST(strstr(path, "tags") || says(m, &e, path, len, at) || says(m, &e, path, whole, at),
             "%s, not %s", e.message, path);
        free(buf);
    }
}

START_TEST(every_buffer_too_small_names_the_field)
{
    for_all(setting("KAFC_CODEC_RUNS", 4), check_rooms);
}
END_TEST

/* A message of the newest version in an older one: it goes, and comes back as what could go; or a field is named that
 * cannot. */
static void check_older(struct sample *m)
{
    static const char *const reasons[] = { "set, but the version does not carry it",
                                           "null, which the version does not allow",
                                           "unknown tagged fields in a version without" };
    for (size_t v = 0; v < pick_versions(m->s); v++) {
        int16_t version = pick_version(m->s, v);
        kafc_error e = { .code = KAFC_OK };
        size_t n;
        struct kafc_wr w;
        kafc_err err = kafc__msg_size(m->s, m->msg, version, &n, NULL, &e);
        size_t room = err ? m->n + 4096 : n; /* compact lengths may be longer in older versions */
        unsigned char *buf = malloc(room + 1);
        MUST(buf, "no memory");
        kafc__wr_init(&w, buf, room, NULL);
        kafc_error e2 = { .code = KAFC_OK };
        MUST(kafc__msg_encode(&w, m->s, m->msg, version, &e2) == err, "%s against %s", e.message,
             e2.message);
        if (err == KAFC_OK) {
            struct kafc_rd r;
            size_t again;
            kafc__arena_reset(&m->read);
            kafc__rd_init(&r, buf, n);
            MUST(kafc__msg_decode(&r, m->s, m->back, version, &m->read, &e) == KAFC_OK, "%s",
                 e.message);
            MUST(kafc__msg_size(m->s, m->back, version, &again, NULL, &e) == KAFC_OK && again == n,
                 "%s v%d", m->s->name, version);
        } else {
            char path[200];
            const char *at = strchr(e.message, ','), *why = strstr(e.message, ": ");
            MUST(err == KAFC_ERR_ENCODE && at && why && why > at, "%s", e.message);
            snprintf(path, sizeof(path), "%.*s", (int)(why - at - 2), at + 2);
            MUST(layout_path_exists(m->s, m->version, path), "%s", e.message);
            MUST(!strncmp(why + 2, reasons[0], strlen(reasons[0])) ||
                     !strncmp(why + 2, reasons[1], strlen(reasons[1])) ||
                     !strncmp(why + 2, reasons[2], strlen(reasons[2])),
                 "%s", e.message);
        }
        free(buf);
    }
}

START_TEST(older_versions_take_it_or_name_the_field)
{
    for_all(setting("KAFC_CODEC_RUNS", 4), check_older);
}
END_TEST

SUITE_MAIN("protocol/proof", 3600, random_messages_come_back_equal,
           every_truncation_names_the_field, every_bit_turned_over_is_survived,
           every_buffer_too_small_names_the_field, older_versions_take_it_or_name_the_field)
