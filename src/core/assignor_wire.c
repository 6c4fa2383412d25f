/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the members of a classic group and its leader send each other through
 * JoinGroup and SyncGroup, there and back. Pure; one thread at a time.
 */
#include <stdlib.h>

#include "base/log.h"
#include "base/str.h"
#include "core/assignor_internal.h"
#include "protocol/blob/sticky.h"
#include "protocol/schema.h"
#include "protocol/wire.h"

enum { VERSION = 3 }; /* of both, as Java writes them */

/* front: bytes before the message, which hold the version; 0: user data, which has none. */
static kafc_err encode(const struct kafc_schema *s, const void *msg, int16_t version, size_t front,
                       struct kafc_arena *arena, kafc_bytes *out, kafc_error *err)
{
    size_t size;
    struct kafc_wr w;
    kafc_err rc = kafc__msg_size(s, msg, version, &size, NULL, err);

    if (rc)
        return rc;
    if (size > INT32_MAX - front)
        return kafc__error(err, KAFC_ERR_ENCODE,
                           "%zu bytes are too many for the metadata of a group", size);
    void *buf = kafc__arena_alloc(arena, front + size);
    if (!buf)
        return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for the metadata of a group");
    kafc__wr_init(&w, buf, front + size, arena);
    if (front)
        kafc__wr_i16(&w, version);
    rc = kafc__msg_encode(&w, s, msg, version, err);
    *out = (kafc_bytes){ buf, (int32_t)(front + size) };
    return rc;
}

static kafc_err no_memory(kafc_error *err)
{
    return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for the subscription");
}

static int by_name(const void *a, const void *b)
{
    return kafc__java_compare(*(const kafc_str *)a, *(const kafc_str *)b);
}

static int by_topic(const void *a, const void *b)
{
    const struct kafc_consumer_subscription_topic *x = a, *y = b;
    return kafc__java_compare(x->topic, y->topic);
}

static int by_number(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

/* A sorted copy. */
static struct kafc_consumer_subscription_topic *sorted(
    const struct kafc_consumer_subscription_topic *from, int32_t n, struct kafc_arena *arena)
{
    struct kafc_consumer_subscription_topic *v = kafc__msg_array(
        &kafc_consumer_subscription_topic_schema, n, arena);

    for (int32_t i = 0; v && i < n; i++) {
        size_t bytes = (size_t)(from[i].partitions.n) * sizeof(int32_t);
        v[i].topic = from[i].topic;
        v[i].partitions.n = from[i].partitions.n;
        v[i].partitions.v = kafc__arena_alloc(arena, bytes);
        if (!v[i].partitions.v)
            return NULL;
        if (bytes)
            memcpy(v[i].partitions.v, from[i].partitions.v, bytes);
        qsort(v[i].partitions.v, (size_t)v[i].partitions.n, sizeof(int32_t), by_number);
    }
    if (v)
        qsort(v, (size_t)n, sizeof(*v), by_topic);
    return v;
}

/* Null before the first assignment, as in Java. */
static kafc_err owned_data(const struct kafc_assign_self *self, struct kafc_arena *arena,
                           kafc_bytes *out, kafc_error *err)
{
    struct kafc_sticky_user_data data;

    if (!self->nowned && self->generation < 0)
        return KAFC_OK;
    kafc__msg_defaults(&kafc_sticky_user_data_schema, &data);
    data.generation = self->generation;
    data.previous_assignment.n = self->nowned;
    data.previous_assignment.v = kafc__msg_array(&kafc_sticky_user_data_topic_schema, self->nowned,
                                                 arena);
    if (!data.previous_assignment.v)
        return no_memory(err);
    for (int32_t i = 0; i < self->nowned; i++) {
        struct kafc_sticky_user_data_topic *t = &data.previous_assignment.v[i];
        t->topic = self->owned[i].topic;
        t->partitions.v = self->owned[i].partitions.v;
        t->partitions.n = self->owned[i].partitions.n;
    }
    return encode(&kafc_sticky_user_data_schema, &data, 1, 0, arena, out, err);
}

static kafc_err user_data(const struct kafc_assignor *a, const struct kafc_assign_self *self,
                          struct kafc_arena *arena, kafc_bytes *out, kafc_error *err)
{
    struct kafc_cooperative_sticky_user_data generation;

    *out = (kafc_bytes){ NULL, 0 };
    switch (a->data) {
    case KAFC_ASSIGN_DATA_NONE: break;
    case KAFC_ASSIGN_DATA_OWNED: return owned_data(self, arena, out, err);
    case KAFC_ASSIGN_DATA_GENERATION:
        kafc__msg_defaults(&kafc_cooperative_sticky_user_data_schema, &generation);
        generation.generation = self->generation;
        return encode(&kafc_cooperative_sticky_user_data_schema, &generation, 0, 0, arena, out,
                      err);
    case KAFC_ASSIGN_DATA_RACK: *out = (kafc_bytes){ self->rack.p, self->rack.len }; break;
    case KAFC_ASSIGN_DATA_CUSTOM: *out = a->user_data; break;
    }
    return KAFC_OK;
}

kafc_err kafc__assign_subscribe(const struct kafc_assignor *a, const struct kafc_assign_self *self,
                                struct kafc_arena *arena, kafc_bytes *out, kafc_error *err)
{
    struct kafc_consumer_subscription s;
    size_t bytes = (size_t)self->ntopics * sizeof(kafc_str);

    kafc__msg_defaults(&kafc_consumer_subscription_schema, &s);
    kafc_err rc = user_data(a, self, arena, &s.user_data, err);
    if (rc)
        return rc;
    s.topics.v = kafc__arena_alloc(arena, bytes);
    if (!s.topics.v)
        return no_memory(err);
    if (bytes)
        memcpy(s.topics.v, self->topics, bytes);
    s.topics.n = self->ntopics;
    qsort(s.topics.v, (size_t)s.topics.n, sizeof(kafc_str), by_name);
    /* Who joins by an eager assignor has given everything up. */
    s.owned_partitions.n = a->protocol == KAFC_ASSIGN_COOPERATIVE ? self->nowned : 0;
    s.owned_partitions.v = sorted(self->owned, s.owned_partitions.n, arena);
    if (!s.owned_partitions.v)
        return no_memory(err);
    s.generation_id = self->generation;
    s.rack_id = self->rack;
    return encode(&kafc_consumer_subscription_schema, &s, VERSION, 2, arena, out, err);
}

/* A version in front, and whatever a later one may have behind. */
static kafc_err decode(const struct kafc_schema *s, void *msg, kafc_bytes bytes,
                       struct kafc_arena *arena, kafc_error *err)
{
    struct kafc_rd rd;

    kafc__rd_init(&rd, bytes.p, (size_t)bytes.len);
    int16_t version = kafc__rd_i16(&rd);
    if (rd.err || version < 0)
        return kafc__error(err, KAFC_ERR_PROTOCOL, "%d bytes with version %d", (int)bytes.len,
                           (int)version);
    return kafc__msg_decode_front(&rd, s, msg, version > VERSION ? VERSION : version, arena, err);
}

kafc_err kafc__assign_member_read(struct kafc_assign_member *m, kafc_str id, kafc_str instance_id,
                                  kafc_bytes metadata, struct kafc_arena *arena, kafc_error *err)
{
    kafc_error why;
    kafc_err rc = decode(&kafc_consumer_subscription_schema, &m->sub, metadata, arena, &why);

    m->id = id;
    m->instance_id = instance_id;
    if (!rc)
        return KAFC_OK;
    return kafc__error(err, rc, "the subscription of member '%.*s' cannot be read: %s",
                       KAFC_STR_HEAD(id, 200), why.message);
}

static struct kafc_consumer_assignment_topic *topic_of(struct kafc_consumer_assignment *m,
                                                       int32_t *place, int32_t topic, kafc_str name)
{
    if (place[topic] < 0) {
        place[topic] = m->assigned_partitions.n++;
        m->assigned_partitions.v[place[topic]].topic = name;
    }
    return &m->assigned_partitions.v[place[topic]];
}

/* Counts first, so that each topic's partitions have room. place: by topic, -1 before and after. */
static bool group(const struct kafc_assign_in *in, const struct kafc_assigned *got, int32_t *place,
                  struct kafc_arena *arena, struct kafc_consumer_assignment *m)
{
    int32_t most = got->n < in->ntopics ? got->n : in->ntopics;
    int32_t *room = kafc__arena_array(arena, (size_t)got->n, sizeof(*room));

    m->assigned_partitions.v = kafc__msg_array(&kafc_consumer_assignment_topic_schema, most, arena);
    if (!room || !m->assigned_partitions.v)
        return false;
    for (int32_t i = 0; i < got->n; i++)
        topic_of(m, place, got->v[i].topic, in->topics[got->v[i].topic].name)->partitions.n++;
    for (int32_t i = 0; i < m->assigned_partitions.n; i++) {
        struct kafc_consumer_assignment_topic *t = &m->assigned_partitions.v[i];
        t->partitions.v = room;
        room += t->partitions.n;
        t->partitions.n = 0;
    }
    for (int32_t i = 0; i < got->n; i++) {
        struct kafc_consumer_assignment_topic *t =
            &m->assigned_partitions.v[place[got->v[i].topic]];
        t->partitions.v[t->partitions.n++] = got->v[i].partition;
    }
    for (int32_t i = 0; i < got->n; i++)
        place[got->v[i].topic] = -1;
    return true;
}

kafc_err kafc__assignments_write(const struct kafc_assign_in *in, const struct kafc_assigned *got,
                                 struct kafc_arena *arena, kafc_bytes **out, kafc_error *err)
{
    int32_t *place = kafc__arena_array(arena, (size_t)in->ntopics, sizeof(*place));
    kafc_err rc = KAFC_OK;

    *out = kafc__arena_array(arena, (size_t)in->nmembers, sizeof(**out));
    for (int32_t i = 0; place && i < in->ntopics; i++)
        place[i] = -1;
    for (int32_t i = 0; !rc && place && *out && i < in->nmembers; i++) {
        struct kafc_consumer_assignment m;
        kafc__msg_defaults(&kafc_consumer_assignment_schema, &m);
        if (!group(in, &got[i], place, arena, &m))
            break;
        rc = encode(&kafc_consumer_assignment_schema, &m, VERSION, 2, arena, &(*out)[i], err);
    }
    if (!rc && arena->failed)
        return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for the assignments");
    return rc;
}

kafc_err kafc__assignment_read(struct kafc_consumer_assignment *out, kafc_bytes bytes,
                               struct kafc_arena *arena, kafc_error *err)
{
    kafc_error why;

    kafc__msg_defaults(&kafc_consumer_assignment_schema, out);
    if (bytes.len <= 0)
        return KAFC_OK;
    kafc_err rc = decode(&kafc_consumer_assignment_schema, out, bytes, arena, &why);
    return rc ? kafc__error(err, rc, "the assignment cannot be read: %s", why.message) : KAFC_OK;
}
