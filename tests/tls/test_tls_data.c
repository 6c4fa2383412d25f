/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Bytes through the filter: large transfers both ways in pieces of any size,
 * how they are cut into records, new keys, the last word, and streams that are
 * cut off, damaged or forged.
 */
#include <stdlib.h>

#include "base/rand.h"
#include "tests/support/suite.h"
#include "tests/tls/peer.h"

#if KAFC_HAVE_OPENSSL

static const char *const protocols[] = { "TLSv1.2", "TLSv1.3" };

struct both {
    struct tls_world w;
    struct kafc_tls_context *x;
    struct tls_pair p;
};

static void both_up(struct both *b, const char *protocol)
{
    tls_world_make(&b->w);
    b->x = tls_context(&b->w, KAFC_SECURITY(.protocols = protocol));
    tls_pair_up(&b->p, &b->w, b->x, NULL, "localhost");
}

static void both_free(struct both *b)
{
    tls_pair_free(&b->p);
    kafc__tls_context_free(b->x);
    tls_world_free(&b->w);
}

enum { TOTAL = 1 << 20 };

static uint8_t *noise(size_t n, uint64_t seed)
{
    struct kafc_rand r;
    uint8_t *p = malloc(n);
    kafc__rand_seed(&r, seed);
    for (size_t i = 0; i < n; i++)
        p[i] = (uint8_t)kafc__rand_below(&r, 256);
    return p;
}

/* iovecs over p, of lengths around `usual`, empty ones too. */
static int scatter(struct kafc_rand *r, uint8_t *p, size_t n, struct iovec *v, int max,
                   uint32_t usual)
{
    int k = 0;
    for (size_t at = 0; at < n && k < max; k++) {
        size_t len = kafc__rand_below(r, 8) ? kafc__rand_below(r, usual) : kafc__rand_below(r, 3);
        len = len < n - at ? len : n - at;
        v[k] = (struct iovec){ p + at, len };
        at += len;
    }
    return k;
}

/* Writes all of it at both ends at once, and reads it. */
static void exchange(struct tls_pair *p, uint64_t seed, uint32_t usual)
{
    uint8_t *up = noise(TOTAL, seed), *down = noise(TOTAL, ~seed), *at_server = malloc(TOTAL),
            *at_client = malloc(TOTAL);
    size_t sent_up = 0, sent_down = 0, got_up = 0, got_down = 0;
    struct kafc_rand r;
    struct iovec v[64];
    kafc__rand_seed(&r, seed);
    while (got_up < TOTAL || got_down < TOTAL) {
        int n = scatter(&r, up + sent_up, TOTAL - sent_up, v, 64, usual);
        int64_t took = kafc__tls_write(p->client, v, n, NULL);
        ck_assert_int_ge(took, 0);
        sent_up += (size_t)took;
        size_t k = 1 + kafc__rand_below(&r, 40000);
        k = k < TOTAL - sent_down ? k : TOTAL - sent_down;
        if (k && BIO_pending(SSL_get_wbio(p->server)) < 200000)
            sent_down += SSL_write(p->server, down + sent_down, (int)k) > 0 ? k : 0;
        p->piece = kafc__rand_below(&r, 3) ? 1 + kafc__rand_below(&r, 30000) : 0;
        (void)tls_pair_move(p);
        int m = SSL_read(p->server, at_server + got_up, (int)(TOTAL - got_up) + (got_up == TOTAL));
        got_up += m > 0 ? (size_t)m : 0;
        int64_t got = kafc__tls_read(p->client, at_client + got_down, TOTAL - got_down, NULL);
        ck_assert_int_ge(got, 0);
        got_down += (size_t)got;
    }
    ck_assert_mem_eq(up, at_server, TOTAL);
    ck_assert_mem_eq(down, at_client, TOTAL);
    free(up);
    free(down);
    free(at_server);
    free(at_client);
}

START_TEST(all_bytes_arrive_both_ways)
{
    static const uint32_t usual[] = { 20, 3000, 100000 };
    for (int i = 0; i < 6; i++) {
        struct both b;
        both_up(&b, protocols[i & 1]);
        exchange(&b.p, (uint64_t)i + 1, usual[i / 2]);
        ck_assert(!kafc__tls_pending(b.p.client));
        both_free(&b);
    }
}
END_TEST

START_TEST(keys_are_renewed_on_the_way)
{
    struct both b;
    both_up(&b, "TLSv1.3");
    for (int i = 0; i < 4; i++) {
        ck_assert(SSL_key_update(b.p.server,
                                 i & 1 ? SSL_KEY_UPDATE_REQUESTED : SSL_KEY_UPDATE_NOT_REQUESTED));
        exchange(&b.p, (uint64_t)i + 10, 5000);
    }
    ck_assert(SSL_key_update(b.p.client->ssl, SSL_KEY_UPDATE_REQUESTED));
    exchange(&b.p, 20, 5000);
    both_free(&b);
}
END_TEST

START_TEST(renegotiation_is_refused_and_harms_nothing)
{
    struct both b;
    both_up(&b, "TLSv1.2");
    ck_assert(SSL_renegotiate(b.p.server));
    (void)SSL_do_handshake(b.p.server); /* HelloRequest */
    char c;
    ck_assert_int_eq(tls_pair_read(&b.p, &c, 1), 0);
    int rc = SSL_read(b.p.server, &c, 1);
    ck_assert_int_le(rc, 0);
    ck_assert_int_eq(SSL_get_error(b.p.server, rc),
                     SSL_ERROR_SSL); /* that is how OpenSSL takes the warning */
    ck_assert_int_eq(ERR_GET_REASON(ERR_peek_error()), SSL_R_NO_RENEGOTIATION);
    both_free(&b);
}
END_TEST

/* The lengths of records that wait to be sent. */
static int records(struct kafc_tls *t, size_t *len, int max)
{
    const void *out;
    const uint8_t *p;
    size_t n;
    int k = 0;
    kafc__tls_output(t, &out, &n);
    for (p = out; n >= 5 && k < max; k++) {
        len[k] = ((size_t)p[3] << 8 | p[4]) - 17; /* type of TLS 1.3, tag */
        ck_assert_uint_ge(n, len[k] + 22);
        p += len[k] + 22;
        n -= len[k] + 22;
    }
    ck_assert_uint_eq(n, 0);
    kafc__tls_sent(t, (size_t)(p - (const uint8_t *)out));
    return k;
}

START_TEST(small_pieces_share_a_record_and_large_ones_are_not_copied)
{
    static const struct {
        size_t piece[6], record[6];
    } cases[] = { { { 10, 20, 30 }, { 60 } },
                  { { 16384 }, { 16384 } },
                  { { 16385 }, { 16384, 1 } },
                  { { 10000, 10000 }, { 16384, 3616 } },
                  { { 100, 40000 }, { 100, 16384, 16384, 7232 } },
                  { { 20000, 16384 }, { 16384, 3616, 16384 } },
                  { { 40000, 100, 5 }, { 16384, 16384, 7337 } } };
    struct both b;
    uint8_t *bytes = noise(40000, 1);
    size_t len[8];
    both_up(&b, "TLSv1.3");
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct iovec v[6];
        size_t all = 0;
        int n = 0;
        for (; n < 6 && cases[i].piece[n]; all += cases[i].piece[n++])
            v[n] = (struct iovec){ bytes, cases[i].piece[n] };
        ck_assert_int_eq(kafc__tls_write(b.p.client, v, n, NULL), (int64_t)all);
        int k = records(b.p.client, len, 8);
        for (int j = 0; j < k; j++)
            ck_assert_uint_eq(len[j], cases[i].record[j]);
        ck_assert_uint_eq(cases[i].record[k], 0);
    }
    free(bytes);
    both_free(&b);
}
END_TEST

START_TEST(output_is_bounded_and_goes_on_when_it_was_sent)
{
    struct both b;
    uint8_t *bytes = noise(1 << 20, 2);
    struct iovec v = { bytes, 1 << 20 };
    const void *out;
    size_t n;
    both_up(&b, "TLSv1.3");
    int64_t took = kafc__tls_write(b.p.client, &v, 1, NULL);
    ck_assert(took >= 3 * 16384 && took < 65536);
    ck_assert_int_eq(kafc__tls_write(b.p.client, &v, 1, NULL), 0);
    kafc__tls_output(b.p.client, &out, &n);
    ck_assert_uint_le(n, 65536);
    kafc__tls_sent(b.p.client, n - 1);
    ck_assert_int_eq(kafc__tls_write(b.p.client, &v, 1, NULL), 0);
    kafc__tls_sent(b.p.client, 1);
    ck_assert_int_gt(kafc__tls_write(b.p.client, &v, 1, NULL), 0);
    struct iovec none[2] = { { NULL, 0 }, { bytes, 0 } };
    ck_assert_int_eq(kafc__tls_write(b.p.client, none, 2, NULL), 0);
    ck_assert_int_eq(kafc__tls_write(b.p.client, none, 0, NULL), 0);
    free(bytes);
    both_free(&b);
}
END_TEST

START_TEST(room_is_there_again_when_all_was_read)
{
    struct both b;
    char buf[100];
    void *room;
    size_t n;
    both_up(&b, "TLSv1.3");
    ck_assert_int_eq(tls_pair_read(&b.p, buf, 1), 0); /* tickets */
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(SSL_write(b.p.server, "0123456789", 10), 10);
    ck_assert(tls_pair_move(&b.p));
    ck_assert(kafc__tls_pending(b.p.client));
    kafc__tls_room(b.p.client, &room, &n);
    ck_assert_uint_eq(n, 0);
    ck_assert_int_eq(kafc__tls_read(b.p.client, buf, 25, NULL), 25);
    ck_assert(kafc__tls_pending(b.p.client));
    ck_assert_int_eq(kafc__tls_read(b.p.client, buf, 5, NULL), 5);
    ck_assert(!kafc__tls_pending(b.p.client));
    kafc__tls_room(b.p.client, &room, &n);
    ck_assert_uint_gt(n, 0);
    both_free(&b);
}
END_TEST

START_TEST(the_last_word)
{
    for (int i = 0; i < 2; i++) {
        struct both b;
        char buf[100];
        struct iovec v = { buf, 1 };
        both_up(&b, protocols[i]);
        ck_assert_int_eq(SSL_write(b.p.server, "bye", 3), 3);
        (void)SSL_shutdown(b.p.server);
        ck_assert_int_eq(tls_pair_read(&b.p, buf, sizeof(buf)), 3);
        ck_assert(
            kafc__tls_pending(b.p.client)); /* there is no more to come, and that is to be read */
        ck_assert_int_eq(kafc__tls_read(b.p.client, buf, 1, NULL), KAFC_TLS_EOF);
        ck_assert_int_eq(kafc__tls_read(b.p.client, buf, 1, NULL), KAFC_TLS_EOF);
        ck_assert_int_eq(kafc__tls_write(b.p.client, &v, 1, NULL), 0);
        kafc__tls_close(b.p.client);
        (void)tls_pair_move(&b.p);
        int rc = SSL_read(b.p.server, buf, 1);
        ck_assert_int_eq(SSL_get_error(b.p.server, rc), SSL_ERROR_ZERO_RETURN);
        both_free(&b);
    }
}
END_TEST

START_TEST(closing_before_it_is_up_says_nothing)
{
    struct tls_world w;
    struct tls_pair p;
    const void *out;
    size_t n;
    tls_world_make(&w);
    struct kafc_tls_context *x = tls_context(&w, KAFC_SECURITY(.ctx = NULL));
    ck_assert(tls_pair_make(&p, &w, x, NULL, "localhost"));
    kafc__tls_close(p.client);
    kafc__tls_output(p.client, &out, &n);
    ck_assert_uint_eq(n, 0);
    tls_pair_free(&p);
    kafc__tls_context_free(x);
    tls_world_free(&w);
}
END_TEST

/* A record from the server, with its byte at `flip` changed, or cut to so many bytes where cut is set. */
static int64_t damaged(struct tls_pair *p, size_t flip, size_t cut, kafc_error *err)
{
    char text[64] = "damage";
    void *room;
    size_t n;
    ck_assert_int_eq(tls_pair_read(p, text, sizeof(text)), 0);
    ck_assert_int_eq(SSL_write(p->server, text, sizeof(text)), sizeof(text));
    kafc__tls_room(p->client, &room, &n);
    int got = BIO_read(SSL_get_wbio(p->server), room, (int)n);
    ck_assert_int_gt(got, 64);
    ck_assert_uint_lt(flip, (size_t)got);
    ((uint8_t *)room)[flip] ^= 0x40;
    kafc__tls_received(p->client, cut ? cut : (size_t)got);
    return kafc__tls_read(p->client, text, sizeof(text), err);
}

START_TEST(what_was_changed_on_the_way_ends_the_connection)
{
    for (size_t flip = 0; flip < 80; flip++) {
        struct both b;
        kafc_error err, again;
        char c;
        both_up(&b, protocols[flip & 1]);
        int64_t rc = damaged(&b.p, flip, 0, &err);
        if (rc == 0 &&
            (flip == 3 || flip == 4)) { /* a longer record: more of it would have to come */
            both_free(&b);
            continue;
        }
        ck_assert_msg(rc == KAFC_TLS_ERROR, "byte %zu: %d", flip, (int)rc);
        ck_assert_int_eq(err.code, KAFC_ERR_DISCONNECTED);
        tls_says(err.message, "no TLS of this connection");
        ck_assert_int_eq(kafc__tls_read(b.p.client, &c, 1, &again), KAFC_TLS_ERROR);
        ck_assert_str_eq(err.message, again.message);
        struct iovec v = { &c, 1 };
        ck_assert_int_eq(kafc__tls_write(b.p.client, &v, 1, &again), KAFC_TLS_ERROR);
        kafc__tls_close(b.p.client);
        both_free(&b);
    }
}
END_TEST

START_TEST(half_a_record_waits_for_the_other_half)
{
    for (size_t cut = 1; cut < 70; cut += 4) {
        struct both b;
        both_up(&b, protocols[cut / 4 & 1]);
        b.p.piece = cut;
        char text[64] = "cut", buf[64];
        ck_assert_int_eq(tls_pair_read(&b.p, text, sizeof(text)), 0);
        ck_assert_int_eq(SSL_write(b.p.server, text, sizeof(text)), sizeof(text));
        ck_assert(tls_pair_move(&b.p));
        ck_assert_int_eq(kafc__tls_read(b.p.client, buf, sizeof(buf), NULL), 0);
        ck_assert(!kafc__tls_pending(b.p.client));
        ck_assert_int_eq(tls_pair_read(&b.p, buf, sizeof(buf)), 64);
        ck_assert_mem_eq(text, buf, 64);
        both_free(&b);
    }
}
END_TEST

/* A server that asks for new keys without end, and takes no answer. */
START_TEST(a_flood_of_key_updates_is_given_up)
{
    struct both b;
    char c;
    int64_t rc = 0;
    both_up(&b, "TLSv1.3");
    for (int i = 0; i < 20000 && rc >= 0; i++) {
        void *room;
        size_t n;
        ck_assert(SSL_key_update(b.p.server, SSL_KEY_UPDATE_REQUESTED));
        ck_assert_int_eq(SSL_write(b.p.server, "x", 1), 1);
        do {
            kafc__tls_room(b.p.client, &room, &n);
            int got = n ? BIO_read(SSL_get_wbio(b.p.server), room, (int)n) : 0;
            if (got > 0)
                kafc__tls_received(b.p.client, (size_t)got);
            rc = kafc__tls_read(b.p.client, &c, 1, &b.p.err);
        } while (rc > 0);
    }
    ck_assert_int_eq(rc, KAFC_TLS_ERROR);
    tls_says(b.p.err.message, "new keys");
    both_free(&b);
}
END_TEST

SUITE_MAIN("tls/data", 120, all_bytes_arrive_both_ways, keys_are_renewed_on_the_way,
           renegotiation_is_refused_and_harms_nothing,
           small_pieces_share_a_record_and_large_ones_are_not_copied,
           output_is_bounded_and_goes_on_when_it_was_sent, room_is_there_again_when_all_was_read,
           the_last_word, closing_before_it_is_up_says_nothing,
           what_was_changed_on_the_way_ends_the_connection, half_a_record_waits_for_the_other_half,
           a_flood_of_key_updates_is_given_up)

#else

SUITE_MAIN("tls/data", 60, there_is_no_tls)

#endif
