/* SPDX-License-Identifier: BSD-2-Clause
 *
 * fuzz/seeds: one input for each message and version, taken from the vectors,
 * and for the connection's machine one conversation for each API. Held against
 * what is in the tree; KAFC_WRITE_SEEDS=1 (make seeds) writes it.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/rand.h"
#include "fuzz/pick.h"
#include "tests/protocol/message.h"
#include "tests/support/lines.h"
#include "tests/support/suite.h"

enum { SMALL = 200, MESSAGES = 256, VERSIONS = 32 };

struct bytes {
    unsigned char *p;
    size_t n;
};

static struct bytes best[MESSAGES][VERSIONS];

/* The richest that is still small, else the smallest. */
static bool better(size_t n, const struct bytes *than)
{
    if (!than->p || than->n > SMALL)
        return !than->p || n < than->n;
    return n > than->n && n <= SMALL;
}

static void take(const struct kafc_schema *s, int version, unsigned char *bytes, size_t n)
{
    for (size_t i = 0; i < pick_count(); i++)
        for (size_t v = 0; pick_message(i) == s && v < pick_versions(s); v++)
            if (pick_version(s, v) == version && better(n, &best[i][v])) {
                free(best[i][v].p);
                best[i][v] = (struct bytes){ bytes, n };
                return;
            }
    free(bytes);
}

static void read_vectors(void)
{
    static const char *const files[] = { "messages.tsv.gz", "coordinator.tsv.gz" };
    ck_assert_uint_le(pick_count(), MESSAGES);
    for (size_t i = 0; i < 2; i++) {
        struct lines l;
        lines_open(&l, files[i]);
        while (lines_next(&l)) {
            size_t n;
            unsigned char *bytes = lines_hex(l.column[4], &n);
            take(kafc__schema_named(l.column[0]), atoi(l.column[2]), bytes, n);
        }
        lines_close(&l);
    }
}

/* What has no vector: a random message; a log key's other number: the bytes of version 0. */
static void fill_gap(size_t i, size_t v)
{
    const struct kafc_schema *s = pick_message(i);
    struct kafc_rand rnd;
    struct kafc_arena a;
    void *msg = message_new(s);
    struct bytes *b = &best[i][v];
    kafc__rand_seed(&rnd, i);
    kafc__arena_init(&a, NULL, 0);
    ck_assert(kafc__msg_random(s, msg, pick_version(s, v), &rnd, &a));
    b->p = message_encode(s, msg, pick_version(s, v), &b->n);
    kafc__arena_fini(&a);
    free(msg);
}

static void forget_vectors(void)
{
    for (size_t i = 0; i < MESSAGES; i++)
        for (size_t v = 0; v < VERSIONS; v++) {
            free(best[i][v].p);
            best[i][v] = (struct bytes){ NULL, 0 };
        }
}

static void seed(const char *target, const char *name, int version, const void *p, size_t n)
{
    char path[200];
    unsigned char have[4096];
    snprintf(path, sizeof(path), "fuzz/seeds/%s/%s-%d", target, name, version);
    bool write = getenv("KAFC_WRITE_SEEDS") != NULL;
    FILE *f = fopen(path, write ? "wb" : "rb");
    ck_assert_msg(f, "%s is missing: make seeds", path);
    if (write)
        ck_assert_uint_eq(fwrite(p, 1, n, f), n);
    else
        ck_assert_msg(fread(have, 1, sizeof(have), f) == n && memcmp(have, p, n) == 0,
                      "%s is out of date: make seeds", path);
    fclose(f);
}

START_TEST(every_message_and_version_has_a_seed)
{
    read_vectors();
    for (size_t i = 0; i < pick_count(); i++) {
        const struct kafc_schema *s = pick_message(i);
        for (size_t v = 0; v < pick_versions(s); v++) {
            unsigned char in[4096];
            struct bytes *b = &best[i][v];
            if (!b->p)
                fill_gap(i, v);
            ck_assert_uint_lt(b->n, sizeof(in) - 2);
            in[0] = (unsigned char)i;
            in[1] = (unsigned char)v;
            memcpy(in + 2, b->p, b->n);
            seed("fuzz_decode", s->name, pick_version(s, v), in, b->n + 2);
        }
    }
    forget_vectors();
}
END_TEST

/* The steps of fuzz_link: send all; an answer, in pieces; a request of the API into slot 1. */
static void conversation(struct kafc_wr *w, const struct kafc_api *api, int16_t version,
                         const struct bytes *body)
{
    size_t napis;
    (void)kafc__apis(&napis);
    unsigned which = (unsigned)((size_t)api->key + napis - KAFC_API_METADATA) % (unsigned)napis;
    bool tags = kafc__response_header_version(api, version) == 1;
    kafc__wr_raw(w, "\4\0\x29\x16\0\0\3", 7); /* ApiVersions 4: 22 bytes, five at a time */
    kafc__wr_i16(w, api->key);
    kafc__wr_i16(w, 0);
    kafc__wr_i16(w, version);
    kafc__wr_raw(w, "\0\0\x12\0\0\0\4\0\0\0\0\0\0", 13);
    kafc__wr_i8(w, (int8_t)(3 | which >> 4 << 3));
    kafc__wr_i8(w, (int8_t)(1 | (which & 15) << 4));
    kafc__wr_raw(w, "\4\0\x19", 3); /* three at a time */
    kafc__wr_i8(w, (int8_t)(body->n + tags));
    kafc__wr_raw(w, "", tags);
    kafc__wr_raw(w, body->p, body->n);
}

START_TEST(every_api_has_a_conversation)
{
    size_t n, written = 0;
    const struct kafc_api *const *apis = kafc__apis(&n);
    read_vectors();
    for (size_t i = 0; i < n; i++) {
        int16_t version = apis[i]->pick_max;
        const struct bytes *b = &best[2 * i + 1][version - apis[i]->resp->min];
        uint8_t buf[512];
        struct kafc_wr w;
        if (b->n > SMALL)
            continue;
        kafc__wr_init(&w, buf, sizeof(buf), NULL);
        conversation(&w, apis[i], version, b);
        ck_assert_ptr_null(w.err);
        seed("fuzz_link", apis[i]->name, version, buf, kafc__wr_len(&w));
        written++;
    }
    ck_assert_uint_gt(written, 85);
    forget_vectors();
}
END_TEST

SUITE_MAIN("protocol/seeds", 60, every_message_and_version_has_a_seed, every_api_has_a_conversation)
