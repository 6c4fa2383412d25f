/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What a test does to topics and logs: looks into them, fills, shortens,
 * marks; freezes what a broker says of them.
 */
#include "base/hash.h"
#include "base/mem.h"
#include "mock/configs.h"
#include "mock/records.h"
#include "mock/state.h"

enum { HEADERS_MAX = 1 << 16 };

/* ---- topics ---- */

static kafc_str text(const char *s)
{
    return (kafc_str){ s, s ? (int32_t)strlen(s) : 0 };
}

kafc_err kafc__cluster_create_topic(struct kafc_cluster *c, const char *topic, int32_t partitions,
                                    int32_t replication)
{
    return kafc__mock_make_topic(c, text(topic), partitions, replication, NULL);
}

kafc_err kafc__cluster_grow_topic(struct kafc_cluster *c, const char *topic, int32_t partitions)
{
    struct kafc_mtopic *t = kafc__mock_topic(c, text(topic));

    return t ? kafc__mock_grow_topic(c, t, partitions) : KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION;
}

kafc_err kafc__cluster_delete_topic(struct kafc_cluster *c, const char *topic)
{
    struct kafc_mtopic *t = kafc__mock_topic(c, text(topic));

    if (!t)
        return KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION;
    kafc__mock_bury_topic(c, t);
    return KAFC_OK;
}

kafc_err kafc__cluster_set_config(struct kafc_cluster *c, const char *topic, const char *name,
                                  const char *value)
{
    kafc_err code;

    if (!kafc__mock_topic(c, text(topic)))
        return KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION;
    if (!name)
        return KAFC_ERR_USAGE;
    code = kafc__mconfig_check(KAFC_MCONFIG_TOPIC, text(name), text(value));
    return code ? code : kafc__mconfig_set(c, KAFC_MCONFIG_TOPIC, text(topic), text(name), text(value));
}

kafc_err kafc__cluster_set_leader(struct kafc_cluster *c, const char *topic, int32_t partition,
                                  int32_t broker)
{
    struct kafc_mpart *p = kafc__mock_part(c, topic, partition);
    int32_t *replica;
    bool known = broker == -1;

    if (!p)
        return KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION;
    if (broker != -1 && !kafc__mock_broker(c, broker))
        return KAFC_ERR_USAGE;
    for (int32_t i = 0; i < p->nreplicas; i++)
        known |= p->replica[i] == broker;
    if (!known) {
        replica = kafc__realloc_array(&c->mem, p->replica, (size_t)p->nreplicas + 1,
                                      sizeof *replica);
        if (!replica)
            return KAFC_ERR_NO_MEMORY;
        p->replica = replica;
        p->replica[p->nreplicas++] = broker;
    }
    kafc__mock_move_leader(p, broker);
    kafc__mock_wake_parked(c);
    return KAFC_OK;
}

int32_t kafc__cluster_leader(const struct kafc_cluster *c, const char *topic, int32_t partition,
                             int32_t *epoch)
{
    const struct kafc_mpart *p = kafc__mock_part(c, topic, partition);

    if (epoch)
        *epoch = p ? p->epoch : -1;
    return p ? p->leader : -1;
}

kafc_err kafc__cluster_freeze(struct kafc_cluster *c, int32_t broker, bool frozen)
{
    struct kafc_mbroker *b = kafc__mock_broker(c, broker);
    struct kafc_mtopic *t;

    if (!b)
        return KAFC_ERR_USAGE;
    b->frozen = frozen;
    b->frozen_listed = 0;
    for (int32_t i = 0; i < c->nbrokers; i++)
        b->frozen_listed |= (uint64_t)c->broker[i].listed << i;
    for (t = KAFC_LIST_FIRST(&c->topics, struct kafc_mtopic, node); t && frozen;
         t = KAFC_LIST_NEXT(&c->topics, t, struct kafc_mtopic, node))
        for (int32_t i = 0; i < t->npartitions; i++) {
            struct kafc_mpart *p = &t->part[i];

            if (!p->frozen)
                p->frozen = kafc__zalloc_array(&c->mem, (size_t)c->nbrokers, sizeof *p->frozen);
            if (!p->frozen)
                return KAFC_ERR_NO_MEMORY;
            p->frozen[broker - 1].leader = p->leader;
            p->frozen[broker - 1].epoch = p->epoch;
        }
    return KAFC_OK;
}

/* ---- looking ---- */

kafc_err kafc__cluster_log(const struct kafc_cluster *c, const char *topic, int32_t partition,
                           kafc_mock_log *out)
{
    const struct kafc_mpart *p = kafc__mock_part(c, topic, partition);

    memset(out, 0, sizeof *out);
    if (!p)
        return KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION;
    out->log_start = p->log.start;
    out->high_watermark = p->log.end;
    out->last_stable = kafc__mlog_stable(&p->log);
    out->batches = (int64_t)(p->log.n - p->log.first);
    for (size_t i = p->log.first; i < p->log.n; i++)
        out->records += p->log.entry[i].count;
    return KAFC_OK;
}

static kafc_message *copy_record(const struct kafc_mpart *p, const struct kafc_mentry *e,
                                 const struct kafc_mbatch *b, struct kafc_mrecord *rec,
                                 const kafc_allocator *mem)
{
    kafc_message m = { .key = rec->key, .value = rec->value };
    kafc_header *h = NULL;
    kafc_message *copy = NULL;
    int32_t n = rec->nheaders;

    if (n > HEADERS_MAX)
        return NULL;
    h = kafc__zalloc_array(mem, (size_t)n + 1, sizeof *h);
    if (h) {
        for (int32_t i = 0; i < n && kafc__mrecord_header(rec, &h[i].name, &h[i].value); i++)
            ;
        m.headers = n ? h : NULL;
        m.nheaders = n;
        m.topic = p->topic->name;
        m.partition = p->index;
        m.leader_epoch = e->epoch;
        m.offset = e->base + rec->delta;
        m.timestamp = rec->timestamp;
        m.timestamp_type = b->attributes & KAFC_MBATCH_LOG_APPEND ? KAFC_TIME_LOG_APPEND
                                                                  : KAFC_TIME_CREATE;
        copy = kafc_message_dup(&m);
    }
    kafc__free(mem, h);
    return copy;
}

kafc_message *kafc__cluster_record(struct kafc_cluster *c, const char *topic, int32_t partition,
                                   int64_t offset)
{
    const struct kafc_mpart *p = kafc__mock_part(c, topic, partition);
    kafc_message *found = NULL;

    if (!p)
        return NULL;
    if (offset < p->log.start)
        offset = p->log.start;
    for (size_t i = kafc__mlog_find(&p->log, offset); !found && i < p->log.n; i++) {
        const struct kafc_mentry *e = &p->log.entry[i];
        struct kafc_mrecords it;
        struct kafc_mrecord rec;
        struct kafc_mbatch b;
        const char *why;

        if (kafc__mbatch_read(kafc__mlog_bytes(&p->log, e), e->len, &b, &why))
            return NULL;
        if (b.attributes & KAFC_MBATCH_CONTROL)
            continue;
        if (kafc__mrecords_init(&it, &b, &c->mem) == KAFC_OK)
            while (!found && kafc__mrecords_next(&it, &rec))
                if (e->base + rec.delta >= offset)
                    found = copy_record(p, e, &b, &rec, &c->mem);
        kafc__mrecords_fini(&it);
    }
    return found;
}

/* ---- filling ---- */

static void put_bytes(struct kafc_wr *w, kafc_bytes b)
{
    kafc__wr_varint(w, b.p ? b.len : -1);
    if (b.p)
        kafc__wr_raw(w, b.p, (size_t)b.len);
}

static size_t bytes_size(kafc_bytes b)
{
    return kafc__varint_size(b.p ? b.len : -1) + (b.p ? (size_t)b.len : 0);
}

static int64_t timestamp_of(const kafc_message *m, int64_t now_ms)
{
    return m->timestamp == 0 ? now_ms : m->timestamp == KAFC_ZERO ? 0 : m->timestamp;
}

static size_t record_size(const kafc_message *m, int32_t i, int64_t delta)
{
    size_t n = 1 + kafc__varlong_size(delta) + kafc__varint_size(i) + bytes_size(m->key) +
               bytes_size(m->value) + kafc__varint_size(m->nheaders);

    for (int32_t h = 0; h < m->nheaders; h++)
        n += bytes_size((kafc_bytes){ m->headers[h].name.p ? m->headers[h].name.p : "",
                                      m->headers[h].name.len }) +
             bytes_size(m->headers[h].value);
    return n;
}

static void put_record(struct kafc_wr *w, const kafc_message *m, int32_t i, int64_t delta)
{
    kafc__wr_varint(w, (int32_t)record_size(m, i, delta));
    kafc__wr_i8(w, 0);
    kafc__wr_varlong(w, delta);
    kafc__wr_varint(w, i);
    put_bytes(w, m->key);
    put_bytes(w, m->value);
    kafc__wr_varint(w, m->nheaders);
    for (int32_t h = 0; h < m->nheaders; h++) {
        put_bytes(w, (kafc_bytes){ m->headers[h].name.p ? m->headers[h].name.p : "",
                                   m->headers[h].name.len });
        put_bytes(w, m->headers[h].value);
    }
}

/* The header of a batch whose records stand behind it; sums it. */
static void put_header(uint8_t *p, size_t len, int attributes, int32_t n, int64_t first_ts,
                       int64_t max_ts, int64_t producer, int16_t epoch)
{
    struct kafc_wr w;

    kafc__wr_init(&w, p, KAFC_MBATCH_HEADER, NULL);
    kafc__wr_i64(&w, 0);
    kafc__wr_i32(&w, (int32_t)(len - 12));
    kafc__wr_i32(&w, -1);
    kafc__wr_i8(&w, 2);
    kafc__wr_i32(&w, 0);
    kafc__wr_i16(&w, (int16_t)attributes);
    kafc__wr_i32(&w, n - 1);
    kafc__wr_i64(&w, first_ts);
    kafc__wr_i64(&w, max_ts);
    kafc__wr_i64(&w, producer);
    kafc__wr_i16(&w, epoch);
    kafc__wr_i32(&w, -1);
    kafc__wr_i32(&w, n);
    kafc__store32(p + 17, kafc__crc32c(0, p + 21, len - 21));
}

static kafc_err append_batch(struct kafc_cluster *c, struct kafc_mpart *part, const void *p,
                             size_t n)
{
    struct kafc_mbatch b;
    const char *why;
    int64_t offset;

    if (kafc__mbatch_read(p, n, &b, &why))
        return KAFC_ERR_CORRUPT;
    return kafc__mlog_append(
        &part->log, &b, part->epoch,
        part->topic->append_time && !(b.attributes & KAFC_MBATCH_CONTROL) ? c->wall_ms : -1,
        &offset);
}

kafc_err kafc__cluster_append_batch(struct kafc_cluster *c, const char *topic, int32_t partition,
                                    const void *p, size_t n)
{
    struct kafc_mpart *part = kafc__mock_part(c, topic, partition);
    kafc_err code;

    if (!part)
        return KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION;
    code = append_batch(c, part, p, n);
    kafc__mock_wake_parked(c);
    return code;
}

kafc_err kafc__cluster_append(struct kafc_cluster *c, const char *topic, int32_t partition,
                              const kafc_message *msg, int32_t n, int64_t producer_id)
{
    struct kafc_mpart *part = kafc__mock_part(c, topic, partition);
    int64_t first = n > 0 ? timestamp_of(msg, c->wall_ms) : 0, max = first;
    int16_t epoch = part && producer_id >= 0 ? kafc__mlog_producer_epoch(&part->log, producer_id)
                                             : -1;
    size_t len = KAFC_MBATCH_HEADER;
    struct kafc_wr w;
    uint8_t *p;
    kafc_err code;

    if (!part)
        return KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION;
    if (n < 1 || producer_id < -1)
        return KAFC_ERR_USAGE;
    for (int32_t i = 0; i < n; i++) {
        int64_t t = timestamp_of(&msg[i], c->wall_ms);
        size_t size = record_size(&msg[i], i, t - first);

        if (t > max)
            max = t;
        len += size + kafc__varint_size((int32_t)size);
    }
    if (len > KAFC_MOCK_FRAME_MAX)
        return KAFC_ERR_USAGE;
    p = kafc__alloc(&c->mem, len);
    if (!p)
        return KAFC_ERR_NO_MEMORY;
    kafc__wr_init(&w, p + KAFC_MBATCH_HEADER, len - KAFC_MBATCH_HEADER, NULL);
    for (int32_t i = 0; i < n; i++)
        put_record(&w, &msg[i], i, timestamp_of(&msg[i], c->wall_ms) - first);
    put_header(p, len, producer_id >= 0 ? KAFC_MBATCH_TXN : 0, n, first, max, producer_id,
               producer_id >= 0 && epoch < 0 ? 0 : epoch);
    code = kafc__cluster_append_batch(c, topic, partition, p, len);
    kafc__free(&c->mem, p);
    return code;
}

kafc_err kafc__mock_mark(struct kafc_cluster *c, struct kafc_mpart *part, int64_t producer,
                         int16_t epoch, bool commit)
{
    const uint8_t key[4] = { 0, 0, 0, commit }, value[6] = { 0 };
    kafc_message m = { .key = { key, sizeof key }, .value = { value, sizeof value } };
    uint8_t p[KAFC_MBATCH_HEADER + 32];
    struct kafc_wr w;

    kafc__wr_init(&w, p + KAFC_MBATCH_HEADER, sizeof p - KAFC_MBATCH_HEADER, NULL);
    put_record(&w, &m, 0, 0);
    put_header(p, KAFC_MBATCH_HEADER + kafc__wr_len(&w), KAFC_MBATCH_TXN | KAFC_MBATCH_CONTROL, 1,
               c->wall_ms, c->wall_ms, producer, epoch);
    return append_batch(c, part, p, KAFC_MBATCH_HEADER + kafc__wr_len(&w));
}

kafc_err kafc__cluster_append_marker(struct kafc_cluster *c, const char *topic, int32_t partition,
                                     int64_t producer_id, bool commit)
{
    struct kafc_mpart *part = kafc__mock_part(c, topic, partition);
    int16_t epoch;
    kafc_err code;

    if (!part)
        return KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION;
    if (producer_id < 0)
        return KAFC_ERR_USAGE;
    epoch = kafc__mlog_producer_epoch(&part->log, producer_id);
    code = kafc__mock_mark(c, part, producer_id, epoch < 0 ? 0 : epoch, commit);
    kafc__mock_wake_parked(c);
    return code;
}

/* ---- shortening, marking ---- */

kafc_err kafc__cluster_delete_records(struct kafc_cluster *c, const char *topic, int32_t partition,
                                      int64_t before)
{
    struct kafc_mpart *p = kafc__mock_part(c, topic, partition);

    if (!p)
        return KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION;
    if (before < -1 || before > p->log.end)
        return KAFC_ERR_USAGE;
    kafc__mlog_delete(&p->log, before == -1 ? p->log.end : before);
    kafc__mock_wake_parked(c);
    return KAFC_OK;
}

kafc_err kafc__cluster_truncate(struct kafc_cluster *c, const char *topic, int32_t partition,
                                int64_t end)
{
    struct kafc_mpart *p = kafc__mock_part(c, topic, partition);
    kafc_err code;

    if (!p)
        return KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION;
    if (end < 0)
        return KAFC_ERR_USAGE;
    code = kafc__mlog_truncate(&p->log, end);
    p->epoch++;
    kafc__mock_wake_parked(c);
    return code;
}

kafc_err kafc__cluster_set_last_stable(struct kafc_cluster *c, const char *topic, int32_t partition,
                                       int64_t offset)
{
    struct kafc_mpart *p = kafc__mock_part(c, topic, partition);

    if (!p)
        return KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION;
    if (offset < -1)
        return KAFC_ERR_USAGE;
    p->log.forced_stable = offset;
    kafc__mock_wake_parked(c);
    return KAFC_OK;
}

kafc_err kafc__cluster_forget_producers(struct kafc_cluster *c, const char *topic,
                                        int32_t partition, bool old)
{
    struct kafc_mpart *p = kafc__mock_part(c, topic, partition);

    if (!p)
        return KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION;
    kafc__mlog_forget(&p->log);
    p->log.old_unknown = old;
    return KAFC_OK;
}
