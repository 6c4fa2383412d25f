/* SPDX-License-Identifier: BSD-2-Clause
 *
 * One context of many threads, and memory that runs out: ours, and OpenSSL's.
 */
#include <pthread.h>
#include <stdlib.h>

#include "tests/support/alloc.h"
#include "tests/support/suite.h"
#include "tests/tls/peer.h"

#if KAFC_HAVE_OPENSSL

enum { THREADS = 4, TURNS = 30 };

struct shared {
    struct tls_world w;
    struct kafc_tls_context *x;
    SSL_CTX *server;
    atomic_int resumed;
};

/* Connects to the same peer, which most of the others do. */
static void *use(void *arg)
{
    struct shared *s = arg;
    char c;
    for (int i = 0; i < TURNS; i++) {
        struct tls_pair p;
        SSL_CTX_up_ref(s->server);
        if (!tls_pair_make(&p, &s->w, s->x, s->server, i % 5 ? "localhost" : "127.0.0.1"))
            abort();
        tls_pair_shake(&p);
        if (!p.up)
            abort();
        atomic_fetch_add(&s->resumed, SSL_session_reused(p.client->ssl));
        if (SSL_write(p.server, "x", 1) != 1 || tls_pair_read(&p, &c, 1) != 1 || c != 'x')
            abort();
        tls_pair_free(&p);
    }
    return NULL;
}

START_TEST(threads_share_a_context_and_its_sessions)
{
    struct shared s = { .x = NULL };
    pthread_t t[THREADS];
    tls_world_make(&s.w);
    s.x = tls_context(&s.w, KAFC_SECURITY(.ctx = NULL));
    s.server = test_server_ctx(&s.w.server, NULL);
    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&t[i], NULL, use, &s), 0);
    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_join(t[i], NULL), 0);
    ck_assert_int_gt(atomic_load(&s.resumed), 0);
    ck_assert_uint_eq(s.x->sessions.n, 2);
    SSL_CTX_free(s.server);
    kafc__tls_context_free(s.x);
    tls_world_free(&s.w);
}
END_TEST

/* A context with all kinds of options, and two connections of it; false: memory was short, and somebody said so. */
static bool scenario(const struct tls_world *w, const kafc_security *s, const kafc_allocator *mem)
{
    kafc_error err = { .code = KAFC_OK };
    struct kafc_tls_context *x = kafc__tls_context_new(mem, s, &err);
    bool ok = x != NULL;
    if (!ok)
        ck_assert_msg(err.code == KAFC_ERR_NO_MEMORY, "%s", err.message);
    for (int i = 0; i < 2 && ok; i++) {
        struct tls_pair p;
        char c;
        ok = tls_pair_make(&p, w, x, test_server_ctx(&w->server, &w->ca), "localhost");
        if (ok) {
            tls_pair_shake(&p);
            ck_assert_msg(p.up, "%s", p.err.message);
            ck_assert_int_eq(SSL_write(p.server, "x", 1), 1);
            ck_assert_int_eq(tls_pair_read(&p, &c, 1), 1);
        }
        tls_pair_free(&p);
    }
    kafc__tls_context_free(x);
    return ok;
}

START_TEST(each_allocation_of_ours_may_fail)
{
    struct tls_world w;
    struct test_folder f;
    tls_world_make(&w);
    test_folder_make(&f);
    char *cert = test_cert_pem(&w.client), *key = test_key_pem(&w.client, NULL);
    const kafc_security *s =
        KAFC_SECURITY(.ca_location = test_file(&f, "ca.pem", w.ca_pem, strlen(w.ca_pem)),
                      .certificate_pem = cert, .key_pem = key,
                      .ciphers = "TLS_AES_128_GCM_SHA256,HIGH", .server_name = "localhost");
    long n = 0;
    for (bool ok = false; !ok;) {
        struct test_alloc a;
        test_alloc_init(&a);
        a.fail_at = ++n;
        ok = scenario(&w, s, &a.mem) && atomic_load(&a.calls) < n;
        ck_assert_int_eq(atomic_load(&a.live), 0);
        ck_assert_int_lt(n, 200);
    }
    ck_assert_int_gt(n, 15);
    free(cert);
    free(key);
    test_folder_remove(&f);
    tls_world_free(&w);
}
END_TEST

SUITE_MAIN("tls/shared", 120, threads_share_a_context_and_its_sessions,
           each_allocation_of_ours_may_fail)

#else

SUITE_MAIN("tls/shared", 60, there_is_no_tls)

#endif
