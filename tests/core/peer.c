/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The scripted broker of the core's tests.
 */
#include "protocol/registry.h"
#include "tests/core/peer.h"

#include <check.h>
#include <stdlib.h>

#include "protocol/api/18_api_versions.h"

void peer_init(struct peer *p)
{
    *p = (struct peer){ 0 };
    kafc__arena_init(&p->arena, NULL, 0);
}

void peer_fini(struct peer *p)
{
    kafc__arena_fini(&p->arena);
    free(p->in);
    free(p->out);
}

void peer_reset(struct peer *p)
{
    p->nin = p->nout = p->taken = 0;
}

static void append(uint8_t **buf, size_t *n, size_t *cap, const void *bytes, size_t len)
{
    if (*n + len > *cap) {
        *cap = (*n + len) * 2;
        *buf = realloc(*buf, *cap);
        ck_assert_ptr_nonnull(*buf);
    }
    if (len)
        memcpy(*buf + *n, bytes, len);
    *n += len;
}

void peer_take(struct peer *p, const void *bytes, size_t n)
{
    append(&p->in, &p->nin, &p->cap_in, bytes, n);
}

void peer_raw(struct peer *p, const void *bytes, size_t n)
{
    append(&p->out, &p->nout, &p->cap_out, bytes, n);
}

bool peer_next(struct peer *p, struct peer_request *q)
{
    size_t left = p->nin - p->taken;
    if (left < 4)
        return false;
    size_t size = kafc__load32(p->in + p->taken);
    ck_assert_uint_lt(size, 1u << 30);
    if (left - 4 < size)
        return false;
    struct kafc_rd r;
    /* A copy: the buffer may move while the caller still looks at the request. */
    kafc__rd_init(&r, kafc__arena_dup(&p->arena, p->in + p->taken + 4, size), size);
    ck_assert_uint_ge(size, 2);
    q->api = kafc__api((int16_t)kafc__load16(r.p));
    ck_assert_ptr_nonnull(q->api);
    ck_assert(kafc__request_header_get(&r, q->api, &q->h));
    q->body = r.p;
    q->len = kafc__rd_left(&r);
    p->taken += 4 + size;
    return true;
}

void peer_decode(struct peer *p, const struct peer_request *q, void *msg)
{
    struct kafc_rd r;
    kafc_error err = { 0 };
    kafc__rd_init(&r, q->body, q->len);
    kafc_err e = kafc__msg_decode(&r, q->api->req, msg, q->h.version, &p->arena, &err);
    ck_assert_msg(!e, "%s", err.message);
}

void peer_answer_as(struct peer *p, const struct peer_request *q, int16_t version, const void *resp)
{
    size_t size, head = kafc__response_header_size(q->api, version);
    kafc_error err = { 0 };
    kafc_err e = kafc__msg_size(q->api->resp, resp, version, &size, NULL, &err);
    ck_assert_msg(!e, "%s", err.message);
    uint8_t *buf = malloc(4 + head + size);
    ck_assert_ptr_nonnull(buf);
    struct kafc_wr w;
    kafc__wr_init(&w, buf, 4 + head + size, NULL);
    kafc__wr_i32(&w, (int32_t)(head + size));
    kafc__response_header_put(&w, q->api, version, q->h.correlation);
    ck_assert_int_eq(kafc__msg_encode(&w, q->api->resp, resp, version, &err), KAFC_OK);
    peer_raw(p, buf, kafc__wr_len(&w));
    free(buf);
}

void peer_answer(struct peer *p, const struct peer_request *q, const void *resp)
{
    peer_answer_as(p, q, q->h.version, resp);
}

void peer_versions(struct peer *p, const struct peer_request *q, int8_t metadata_max)
{
    size_t n;
    const struct kafc_api *const *apis = kafc__apis(&n);
    struct kafc_api_versions_resp resp;
    kafc__msg_defaults(q->api->resp, &resp);
    resp.api_keys.v = kafc__msg_array(&kafc_api_versions_resp_api_schema, (int32_t)n, &p->arena);
    resp.api_keys.n = (int32_t)n;
    for (size_t i = 0; i < n; i++) {
        resp.api_keys.v[i].api_key = apis[i]->key;
        resp.api_keys.v[i].min_version = apis[i]->min;
        resp.api_keys.v[i].max_version = apis[i]->pick_max;
        if (apis[i]->key == KAFC_API_METADATA && metadata_max < apis[i]->pick_max)
            resp.api_keys.v[i].max_version = metadata_max;
    }
    ck_assert_int_eq(q->h.api, KAFC_API_API_VERSIONS);
    peer_answer(p, q, &resp);
}

void peer_pull(struct peer *p, struct kafc_link *l, size_t chunk, int64_t now)
{
    struct iovec iov[7];
    int n;
    while ((n = kafc__link_send_iov(l, iov, 7, now)) > 0) {
        size_t left = chunk;
        for (int i = 0; i < n && left; i++) {
            size_t take = iov[i].iov_len < left ? iov[i].iov_len : left;
            peer_take(p, iov[i].iov_base, take);
            left -= take;
        }
        kafc__link_sent(l, chunk - left, now);
    }
}

kafc_err peer_push(struct peer *p, struct kafc_link *l, size_t chunk, int64_t now, kafc_error *err)
{
    size_t at = 0;
    while (at < p->nout) {
        void *room;
        size_t n;
        kafc_err e = kafc__link_recv_room(l, &room, &n, err);
        if (e)
            return e;
        ck_assert_uint_gt(n, 0);
        n = n < chunk ? n : chunk;
        n = n < p->nout - at ? n : p->nout - at;
        memcpy(room, p->out + at, n);
        at += n;
        e = kafc__link_received(l, n, now, err);
        if (e)
            return e;
    }
    p->nout = 0;
    return KAFC_OK;
}

static struct kafc_seg *new_seg(uint32_t n, unsigned char fill)
{
    struct kafc_seg *s = calloc(1, sizeof(*s) + n);
    ck_assert_ptr_nonnull(s);
    s->cap = s->len = n;
    memset(s->data, fill, n);
    return s;
}

void peer_produce_make(struct peer_produce *x, int16_t acks)
{
    static const uint32_t len[5] = { 3000, 0, 50000, 1, 7000 };
    static const unsigned char fill[5] = { 'a', 0, 'b', 'c', 'd' };
    for (int i = 0; i < 5; i++)
        x->seg[i] = new_seg(len[i], fill[i]);
    x->seg[0]->next = x->seg[1];
    x->seg[1]->next = x->seg[2];
    x->seg[3]->next = x->seg[4];
    kafc__msg_defaults(&kafc_produce_req_schema, &x->msg);
    kafc__msg_defaults(&kafc_produce_req_topic_schema, &x->topic);
    for (int i = 0; i < 2; i++) {
        kafc__msg_defaults(&kafc_produce_req_partition_schema, &x->part[i]);
        x->part[i].index = i;
    }
    x->part[0].records = (struct kafc_records){ .chain = x->seg[0], .len = 53000 };
    x->part[1].records = (struct kafc_records){ .chain = x->seg[3], .len = 7001 };
    x->topic.name = (kafc_str){ "t", 1 };
    x->topic.partition_data.v = x->part;
    x->topic.partition_data.n = 2;
    x->msg.acks = acks;
    x->msg.timeout_ms = 1000;
    x->msg.topic_data.v = &x->topic;
    x->msg.topic_data.n = 1;
}

void peer_produce_free(struct peer_produce *x)
{
    for (int i = 0; i < 5; i++)
        free(x->seg[i]);
}
