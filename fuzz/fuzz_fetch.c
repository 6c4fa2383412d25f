/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A reader without a group, and one broker that answers Fetch, ListOffsets and
 * OffsetForLeaderEpoch with whatever the input says: fields well formed or not,
 * bodies of any bytes, records in between. The input is a program. Offsets that
 * are delivered ascend until a seek or a notice, errors say what is wrong, and
 * the core comes to rest.
 * libFuzzer: -max_len=2048
 */
#include <stdlib.h>
#include <string.h>

#include "client/options.h"
#include "core/consumer.h"
#include "fuzz/fuzz.h"
#include "protocol/api/01_fetch.h"
#include "protocol/api/02_list_offsets.h"
#include "protocol/api/03_metadata.h"
#include "protocol/api/18_api_versions.h"
#include "protocol/api/23_offset_for_leader_epoch.h"
#include "protocol/record/write.h"
#include "protocol/registry.h"

enum { PLUGS = 16, PARTS = 2, ROOM = 8192 };

struct plug {
    uint32_t id; /* 0: free */
    uint8_t *in;
    size_t nin;
};

struct run {
    const uint8_t *p, *end;
    struct kafc_core *core;
    struct kafc_consumer *consumer;
    int64_t now, last[PARTS]; /* delivered last, or -1 */
    int16_t version;          /* of Fetch */
    struct plug plug[PLUGS];
};

static void must(int ok)
{
    if (!ok)
        abort();
}

static uint8_t next(struct run *r)
{
    return r->p < r->end ? *r->p++ : 0;
}

/* Small, negative, huge, or any. */
static int64_t number(struct run *r)
{
    static const int64_t some[] = { 0, -1, -2, INT32_MAX, INT64_MAX, INT64_MIN, INT32_MIN, 5 };
    uint8_t x = next(r);

    return x < 64 ? x : x < 128 ? some[x % 8] : (int64_t)x << (x % 56);
}

static const char *bytes(struct run *r, int32_t *n)
{
    const uint8_t *p = r->p;

    *n = next(r) * 4;
    if (*n > r->end - r->p)
        *n = (int32_t)(r->end - r->p);
    r->p += *n;
    return (const char *)p + (p < r->p);
}

/* ---- the broker ---- */

static void fill_versions(const struct run *r, struct kafc_api_versions_resp *v,
                          struct kafc_arena *a)
{
    const struct {
        int16_t key, max;
    } apis[] = { { KAFC_API_FETCH, r->version },
                 { KAFC_API_LIST_OFFSETS, 7 },
                 { KAFC_API_METADATA, 12 },
                 { KAFC_API_API_VERSIONS, 3 },
                 { KAFC_API_OFFSET_FOR_LEADER_EPOCH, 4 } };

    v->api_keys.n = 5;
    v->api_keys.v = kafc__msg_array(&kafc_api_versions_resp_api_schema, 5, a);
    for (int i = 0; i < 5; i++) {
        v->api_keys.v[i].api_key = apis[i].key;
        v->api_keys.v[i].max_version = apis[i].max;
    }
}

static void fill_metadata(struct run *r, struct kafc_metadata_resp *m, struct kafc_arena *a)
{
    m->brokers.v = kafc__msg_array(&kafc_metadata_resp_broker_schema, 1, a);
    m->brokers.n = 1;
    m->brokers.v->host = (kafc_str){ "h", 1 };
    m->brokers.v->port = 1;
    m->topics.v = kafc__msg_array(&kafc_metadata_resp_topic_schema, 1, a);
    m->topics.n = 1;
    m->topics.v->name = (kafc_str){ "t", 1 };
    m->topics.v->topic_id.b[0] = r->version >= 13 ? 1 + (next(r) > 250) : 0;
    m->topics.v->partitions.v = kafc__msg_array(&kafc_metadata_resp_partition_schema, PARTS, a);
    m->topics.v->partitions.n = PARTS;
    for (int32_t i = 0; i < PARTS; i++) {
        m->topics.v->partitions.v[i].partition_index = i;
        m->topics.v->partitions.v[i].leader_epoch = next(r) % 4;
    }
}

/* A batch of two records as it should be, but for one byte perhaps. */
static void put_batch(struct run *r, struct kafc_fetch_resp_partition *p, struct kafc_arena *a)
{
    static const uint8_t records[] = { 0x0c, 0, 0, 0, 1, 0, 0, 0x0c, 0, 0, 2, 1, 0, 0 };
    uint8_t *b = kafc__arena_alloc(a, KAFC_BATCH_HEADER + sizeof records);
    uint8_t what = next(r), at = next(r);
    struct kafc_batch_header h = { .base_offset = what % 16,
                                   .leader_epoch = what / 16 % 4,
                                   .last_offset_delta = 1,
                                   .producer_id = what & 64 ? 1 : -1,
                                   .attributes = what & 64 ? KAFC_BATCH_TRANSACTIONAL : 0,
                                   .count = 2 };

    must(b != NULL);
    memcpy(b + KAFC_BATCH_HEADER, records, sizeof records);
    kafc__batch_header_put(b, &h, 0, sizeof records);
    if (what & 128)
        b[at % (KAFC_BATCH_HEADER + sizeof records)] = next(r);
    p->records.p = b;
    p->records.len = KAFC_BATCH_HEADER + (int32_t)sizeof records;
}

static void fill_partition(struct run *r, struct kafc_fetch_resp_partition *p, int32_t id,
                           struct kafc_arena *a)
{
    uint8_t what = next(r);

    p->partition_index = what & 1 ? (int32_t)number(r) : id;
    p->error_code = what & 2 ? (int16_t)number(r) : 0;
    p->high_watermark = p->last_stable_offset = 1000;
    if (what & 4)
        p->high_watermark = number(r);
    if (what & 8)
        p->last_stable_offset = number(r);
    if (what & 16 && r->version >= 12) {
        p->diverging_epoch.epoch = (int32_t)number(r);
        p->diverging_epoch.end_offset = number(r);
        p->current_leader.leader_id = (int32_t)number(r);
        p->current_leader.leader_epoch = (int32_t)number(r);
    }
    if (what & 32 && r->version >= 11)
        p->preferred_read_replica = (int32_t)number(r);
    if (what & 64) {
        p->aborted_transactions.n = next(r) % 3;
        p->aborted_transactions.v = kafc__msg_array(&kafc_fetch_resp_aborted_schema, 3, a);
        for (int i = 0; i < 3; i++)
            p->aborted_transactions.v[i].producer_id = p->aborted_transactions.v[i].first_offset =
                number(r);
    }
    if (what & 128)
        put_batch(r, p, a);
    else
        p->records.p = bytes(r, &p->records.len);
}

static void fill_fetch(struct run *r, struct kafc_fetch_resp *f, struct kafc_arena *a)
{
    uint8_t what = next(r);

    f->session_id = what & 1 ? (int32_t)number(r) : 0;
    f->error_code = what & 2 ? (int16_t)number(r) : 0;
    f->responses.v = kafc__msg_array(&kafc_fetch_resp_topic_schema, 1, a);
    f->responses.n = 1;
    f->responses.v->topic = (kafc_str){ "t", 1 };
    f->responses.v->topic_id.b[0] = 1;
    f->responses.v->partitions.v = kafc__msg_array(&kafc_fetch_resp_partition_schema, PARTS, a);
    f->responses.v->partitions.n = what & 4 ? 1 : PARTS;
    for (int32_t i = 0; i < f->responses.v->partitions.n; i++)
        fill_partition(r, &f->responses.v->partitions.v[i], i, a);
}

static void fill_offsets(struct run *r, struct kafc_list_offsets_resp *l, struct kafc_arena *a)
{
    l->topics.v = kafc__msg_array(&kafc_list_offsets_resp_topic_schema, 1, a);
    l->topics.n = 1;
    l->topics.v->name = (kafc_str){ "t", 1 };
    l->topics.v->partitions.v = kafc__msg_array(&kafc_list_offsets_resp_partition_schema, PARTS, a);
    l->topics.v->partitions.n = PARTS;
    for (int32_t i = 0; i < PARTS; i++) {
        l->topics.v->partitions.v[i].partition_index = i;
        l->topics.v->partitions.v[i].offset = number(r);
        l->topics.v->partitions.v[i].error_code = next(r) > 200 ? (int16_t)number(r) : 0;
    }
}

static void fill_epochs(struct run *r, struct kafc_offset_for_leader_epoch_resp *e,
                        struct kafc_arena *a)
{
    e->topics.v = kafc__msg_array(&kafc_offset_for_leader_epoch_resp_topic_schema, 1, a);
    e->topics.n = 1;
    e->topics.v->topic = (kafc_str){ "t", 1 };
    e->topics.v->partitions.v = kafc__msg_array(&kafc_offset_for_leader_epoch_resp_partition_schema,
                                                PARTS, a);
    e->topics.v->partitions.n = PARTS;
    for (int32_t i = 0; i < PARTS; i++) {
        e->topics.v->partitions.v[i].partition = i;
        e->topics.v->partitions.v[i].leader_epoch = (int32_t)number(r);
        e->topics.v->partitions.v[i].end_offset = number(r);
        e->topics.v->partitions.v[i].error_code = next(r) > 200 ? (int16_t)number(r) : 0;
    }
}

static void feed(struct run *r, struct plug *g, const uint8_t *p, size_t n)
{
    while (n) {
        void *room;
        size_t k;

        kafc__core_recv_room(r->core, g->id, &room, &k);
        if (!k)
            return; /* gone: a CLOSE follows */
        k = k < n ? k : n;
        memcpy(room, p, k);
        kafc__core_received(r->core, g->id, k, r->now);
        p += k;
        n -= k;
    }
}

static void answer(struct run *r, struct plug *g, int16_t key, int16_t version, int32_t id)
{
    const struct kafc_api *api = kafc__api(key);
    union {
        struct kafc_api_versions_resp versions;
        struct kafc_metadata_resp metadata;
        struct kafc_fetch_resp fetch;
        struct kafc_list_offsets_resp offsets;
        struct kafc_offset_for_leader_epoch_resp epochs;
    } resp;
    uint8_t buf[ROOM];
    struct kafc_arena a;
    struct kafc_wr w;
    kafc_error err;
    int32_t n;

    kafc__arena_init(&a, NULL, 0);
    kafc__msg_defaults(api->resp, &resp);
    if (key == KAFC_API_API_VERSIONS)
        fill_versions(r, &resp.versions, &a);
    else if (key == KAFC_API_METADATA)
        fill_metadata(r, &resp.metadata, &a);
    else if (key == KAFC_API_FETCH)
        fill_fetch(r, &resp.fetch, &a);
    else if (key == KAFC_API_LIST_OFFSETS)
        fill_offsets(r, &resp.offsets, &a);
    else
        fill_epochs(r, &resp.epochs, &a);
    kafc__wr_init(&w, buf + 4, sizeof buf - 4, NULL);
    kafc__response_header_put(&w, api, version, id);
    if (key == KAFC_API_FETCH && next(r) > 240) { /* any bytes */
        const char *p = bytes(r, &n);

        memcpy(w.p, p, (size_t)n);
        w.p += n;
    } else if (kafc__msg_encode(&w, api->resp, &resp, version, &err)) {
        kafc__arena_fini(&a);
        return; /* no answer */
    }
    kafc__store32(buf, (uint32_t)kafc__wr_len(&w));
    feed(r, g, buf, 4 + kafc__wr_len(&w));
    kafc__arena_fini(&a);
}

static void serve(struct run *r, struct plug *g)
{
    while (g->id && g->nin >= 12 && g->nin - 4 >= kafc__load32(g->in)) {
        size_t n = 4 + (size_t)kafc__load32(g->in);
        int16_t key = (int16_t)kafc__load16(g->in + 4), version = (int16_t)kafc__load16(g->in + 6);
        int32_t id = (int32_t)kafc__load32(g->in + 8);

        memmove(g->in, g->in + n, g->nin - n);
        g->nin -= n;
        answer(r, g, key, version, id);
    }
}

static struct plug *plug_of(struct run *r, uint32_t id)
{
    for (int i = 0; i < PLUGS; i++)
        if (r->plug[i].id == id)
            return &r->plug[i];
    return NULL;
}

static void send(struct run *r, struct plug *g)
{
    struct iovec iov[3];
    size_t taken = 0;
    int n = kafc__core_send_iov(r->core, g->id, iov, 3, r->now);

    for (int i = 0; i < n; i++) {
        g->in = realloc(g->in, g->nin + iov[i].iov_len + 1);
        must(g->in != NULL);
        memcpy(g->in + g->nin, iov[i].iov_base, iov[i].iov_len);
        g->nin += iov[i].iov_len;
        taken += iov[i].iov_len;
    }
    if (n)
        kafc__core_sent(r->core, g->id, taken, r->now);
}

static void act(struct run *r, const struct kafc_action *a)
{
    struct plug *g = plug_of(r, a->kind == KAFC_ACTION_OPEN ? 0 : a->link);

    if (a->kind == KAFC_ACTION_OPEN && !g) {
        kafc__core_closed(r->core, a->link, KAFC_ERR_CONNECT, "no room", r->now);
    } else if (a->kind == KAFC_ACTION_OPEN) {
        g->id = a->link;
        kafc__core_opened(r->core, g->id, r->now);
    } else if (a->kind == KAFC_ACTION_CLOSE) {
        free(g->in);
        *g = (struct plug){ 0 };
    } else {
        send(r, g);
    }
}

/* Until there is nothing more to do at this moment. */
static void settle(struct run *r)
{
    struct kafc_action a;

    for (int rounds = 0;; rounds++) {
        must(rounds < 10000);
        kafc__core_tick(r->core, r->now, r->now / 1000);
        for (kafc__core_next(r->core, &a); a.kind; kafc__core_next(r->core, &a))
            act(r, &a);
        if (!kafc__core_sleep(r->core))
            continue;
        kafc__core_awake(r->core);
        if (kafc__core_deadline(r->core) > r->now)
            return;
    }
}

/* ---- the application ---- */

static void read_some(struct run *r)
{
    struct kafc_taker *t = kafc__consumer_taker(r->consumer);
    kafc_message m;
    kafc_error err = { .message = "" };

    for (int i = 0; i < 50; i++) {
        kafc_err code = kafc__consumer_next(t, &m, &err);

        if (code == KAFC_ERR_WOULD_BLOCK || code == KAFC_ERR_END_OF_RANGE)
            return;
        must(code == KAFC_OK || err.message[0]);
        if (code == KAFC_OK) {
            must(m.partition >= 0 && m.partition < PARTS && m.offset > r->last[m.partition]);
            r->last[m.partition] = m.offset;
        } else if (code == KAFC_ERR_SKIPPED && m.partition >= 0) {
            r->last[m.partition] = -1;
        }
    }
}

static void step(struct run *r)
{
    static const kafc_position to[] = { { KAFC_POSITION_FIRST, 0 },
                                        { KAFC_POSITION_LAST, 0 },
                                        { KAFC_POSITION_OFFSET, 3 },
                                        { KAFC_POSITION_TAIL, 2 },
                                        { KAFC_POSITION_AGO, 1000 } };
    uint8_t op = next(r), arg = next(r);

    switch (op % 8) {
    case 0: r->now += (int64_t)1 << (arg % 26); break;
    case 1:
        must(kafc__consumer_seek(r->consumer, "t", arg % PARTS, to[arg / 2 % 5], NULL) == KAFC_OK);
        r->last[arg % PARTS] = -1;
        break;
    case 2:
    case 3: read_some(r); break;
    case 4:
        if (r->plug[arg % PLUGS].id) {
            uint32_t id = r->plug[arg % PLUGS].id;

            free(r->plug[arg % PLUGS].in);
            r->plug[arg % PLUGS] = (struct plug){ 0 };
            kafc__core_closed(r->core, id, KAFC_ERR_DISCONNECTED, "for a reason", r->now);
        }
        break;
    default: serve(r, &r->plug[arg % PLUGS]); break;
    }
}

static void ready(void *ctx)
{
    (void)ctx;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int16_t versions[] = { 4, 6, 7, 11, 12, 13, 16, 18 };
    struct run r = { .p = data, .end = data + size, .now = 1, .last = { -1, -1 } };
    struct kafc_core_config cfg = { .brokers = "h:1",
                                    .client_id = "f",
                                    .connect_timeout_us = 50000,
                                    .request_timeout_us = 100000,
                                    .retry_backoff_us = 1000,
                                    .retry_backoff_max_us = 100000,
                                    .reconnect_backoff_us = 1000,
                                    .reconnect_backoff_max_us = 100000,
                                    .metadata_max_age_us = 3000000,
                                    .connections_max_idle_us = 60000000,
                                    .receive_max = 1 << 16 };
    struct kafc_consumer_config rc = { .on_ready = ready };
    kafc_assignment a[PARTS] = { { .topic = "t" }, { .topic = "t", .partition = 1 } };
    kafc_error err = { .message = "" };
    uint8_t how = next(&r);

    r.version = versions[how % 8];
    must(kafc__options_resolve(
             &kafc__reader_options,
             KAFC_READER(.reset = (kafc_reset)(how / 8 % 5),
                         .isolation = how & 64 ? KAFC_READ_UNCOMMITTED : KAFC_READ_COMMITTED,
                         .check_crcs = KAFC_OFF, .buffer_bytes = 100000,
                         .notify_end = how & 128 ? KAFC_ON : KAFC_OFF),
             &rc.options, &err) == KAFC_OK);
    r.core = kafc__core_new(&cfg, 0, 0, &err);
    must(r.core != NULL);
    r.consumer = kafc__consumer_new(r.core, &rc);
    must(r.consumer != NULL);
    must(kafc__consumer_assign(r.consumer, a, PARTS, &err) == KAFC_OK);
    settle(&r);
    while (r.p < r.end) {
        step(&r);
        settle(&r);
    }
    read_some(&r);
    kafc__consumer_free(r.consumer);
    kafc__core_free(r.core);
    for (int i = 0; i < PLUGS; i++)
        free(r.plug[i].in);
    return 0;
}
