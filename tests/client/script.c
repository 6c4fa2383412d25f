/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The scripted brokers' thread: poll(2) over listeners and connections.
 */
#include "tests/client/script.h"

#include <check.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "io/sock.h"
#include "io/wake.h"
#include "protocol/api/03_metadata.h"
#include "protocol/api/18_api_versions.h"
#include "protocol/registry.h"

enum { CONNECTIONS = 60, FIRST = SCRIPT_BROKERS + 1 };

struct inside {
    pthread_t thread;
    struct kafc_wake stop;
    struct pollfd fds[FIRST + CONNECTIONS]; /* stop, listeners by number, connections */
    int32_t broker[FIRST + CONNECTIONS];
    struct peer peer[FIRST + CONNECTIONS];
    nfds_t n;
};

static void versions(const struct script *s, int32_t broker, struct kafc_api_versions_resp *r,
                     struct kafc_arena *a)
{
    size_t n;
    const struct kafc_api *const *apis = kafc__apis(&n);
    r->api_keys.v = kafc__msg_array(&kafc_api_versions_resp_api_schema, (int32_t)n, a);
    r->api_keys.n = (int32_t)n;
    for (size_t i = 0; i < n; i++) {
        struct kafc_api_versions_resp_api *k = &r->api_keys.v[i];
        k->api_key = apis[i]->key;
        k->min_version = apis[i]->min;
        k->max_version = apis[i]->max;
        if (k->api_key != s->narrow.api || !s->narrow.max ||
            (s->narrow.broker && s->narrow.broker != broker))
            continue;
        k->min_version = s->narrow.min;
        k->max_version = s->narrow.max;
    }
}

static void topic(const struct script *s, struct kafc_metadata_resp *r, struct kafc_arena *a)
{
    struct kafc_metadata_resp_topic *t = kafc__msg_array(&kafc_metadata_resp_topic_schema, 1, a);
    r->topics.v = t;
    r->topics.n = 1;
    t->name = (kafc_str){ s->topic, (int32_t)strlen(s->topic) };
    memset(&t->topic_id, 7, sizeof t->topic_id);
    t->partitions.v = kafc__msg_array(&kafc_metadata_resp_partition_schema, s->partitions, a);
    for (; t->partitions.n < s->partitions; t->partitions.n++) {
        t->partitions.v[t->partitions.n].partition_index = t->partitions.n;
        t->partitions.v[t->partitions.n].leader_id = 1;
        t->partitions.v[t->partitions.n].leader_epoch = 5;
    }
}

static void metadata(const struct script *s, struct kafc_metadata_resp *r, struct kafc_arena *a)
{
    r->controller_id = s->controller;
    r->brokers.v = kafc__msg_array(&kafc_metadata_resp_broker_schema, SCRIPT_BROKERS, a);
    for (int32_t i = 1; i <= SCRIPT_BROKERS; i++) {
        if (!s->listed[i])
            continue;
        struct kafc_metadata_resp_broker *b = &r->brokers.v[r->brokers.n++];
        b->node_id = i;
        b->host = (kafc_str){ "127.0.0.1", 9 };
        b->port = s->port[i];
    }
    if (s->topic)
        topic(s, r, a);
}

static bool serve_request(struct script *s, int32_t broker, struct peer *p,
                          const struct peer_request *q)
{
    bool ok = true;
    void *req = kafc__arena_alloc(&p->arena, q->api->req->size);
    void *resp = kafc__arena_alloc(&p->arena, q->api->resp->size);
    peer_decode(p, q, req);
    kafc__msg_defaults(q->api->resp, resp);
    atomic_fetch_add(&s->asked[broker][q->api->key], 1);
    atomic_fetch_add(&s->asked[0][q->api->key], 1);
    if (q->api->key == KAFC_API_API_VERSIONS)
        versions(s, broker, resp, &p->arena);
    else if (q->api->key == KAFC_API_METADATA)
        metadata(s, resp, &p->arena);
    else
        ok = s->serve(s, broker, q, req, resp, &p->arena);
    if (ok)
        peer_answer(p, q, resp);
    return ok;
}

static void hang_up(struct inside *in, nfds_t i)
{
    kafc__sock_close(in->fds[i].fd);
    peer_fini(&in->peer[i]);
    in->n--;
    in->fds[i] = in->fds[in->n];
    in->broker[i] = in->broker[in->n];
    in->peer[i] = in->peer[in->n];
}

static void serve_one(struct script *s, struct inside *in, nfds_t i)
{
    char buf[65536];
    struct peer *p = &in->peer[i];
    int64_t got = kafc__sock_recv(in->fds[i].fd, buf, sizeof buf);
    bool ok = got >= 0;
    if (got > 0) {
        struct peer_request q;
        peer_take(p, buf, (size_t)got);
        while (ok && peer_next(p, &q))
            ok = serve_request(s, in->broker[i], p, &q);
        struct iovec v = { p->out, p->nout };
        if (p->nout) /* less than a socket's buffer; unless the client has gone meanwhile */
            ok &= kafc__sock_send(in->fds[i].fd, &v, 1) == (int64_t)p->nout;
        p->nout = 0;
    }
    if (!ok)
        hang_up(in, i);
}

static void *serve(void *arg)
{
    struct script *s = arg;
    struct inside *in = s->inside;
    for (;;) {
        (void)poll(in->fds, in->n, -1);
        if (in->fds[0].revents)
            return NULL;
        for (nfds_t i = in->n; i-- > FIRST;) {
            if (in->fds[i].revents)
                serve_one(s, in, i);
        }
        for (int32_t b = 1; b <= SCRIPT_BROKERS; b++) {
            int err, fd;
            if (!in->fds[b].revents || in->n == FIRST + CONNECTIONS ||
                (fd = kafc__sock_accept(in->fds[b].fd, &err)) < 0)
                continue;
            in->broker[in->n] = b;
            peer_init(&in->peer[in->n]);
            in->fds[in->n++] = (struct pollfd){ .fd = fd, .events = POLLIN };
        }
    }
}

void script_start(struct script *s)
{
    struct inside *in = calloc(1, sizeof *in);
    ck_assert_ptr_nonnull(in);
    s->bootstrap[0] = '\0';
    for (int b = 1; b <= SCRIPT_BROKERS; b++) {
        struct kafc_addr a;
        int err;
        size_t n = strlen(s->bootstrap);
        ck_assert(kafc__addr_numeric(&a, "127.0.0.1", 0));
        in->fds[b] = (struct pollfd){ .fd = kafc__sock_listen(&a, &err), .events = POLLIN };
        ck_assert_int_ge(in->fds[b].fd, 0);
        ck_assert(kafc__sock_local(in->fds[b].fd, &a));
        s->port[b] = kafc__addr_port(&a);
        (void)snprintf(s->bootstrap + n, sizeof s->bootstrap - n, "%s127.0.0.1:%d", n ? "," : "",
                       s->port[b]);
    }
    ck_assert(kafc__wake_init(&in->stop));
    in->fds[0] = (struct pollfd){ .fd = in->stop.fd, .events = POLLIN };
    in->n = FIRST;
    s->inside = in;
    ck_assert_int_eq(pthread_create(&in->thread, NULL, serve, s), 0);
}

void script_stop(struct script *s)
{
    struct inside *in = s->inside;
    kafc__wake_signal(&in->stop);
    pthread_join(in->thread, NULL);
    while (in->n > FIRST)
        hang_up(in, in->n - 1);
    for (int b = 1; b <= SCRIPT_BROKERS; b++)
        kafc__sock_close(in->fds[b].fd);
    kafc__wake_fini(&in->stop);
    free(in);
}
