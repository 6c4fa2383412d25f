/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The codec: nanoseconds for a field of messages with many partitions, in an
 * old and in a flexible version. Best of five runs.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/clock.h"
#include "protocol/api/01_fetch.h"
#include "protocol/api/03_metadata.h"
#include "protocol/api/08_offset_commit.h"
#include "protocol/schema.h"

enum { RUNS = 5 };

static const kafc_str NAME = { "a-topic-with-a-usual-name", 25 };

struct sample {
    const struct kafc_schema *s;
    const void *msg;
    int16_t version;
    long fields; /* on the wire, lists of scalars counted as one */
    int rounds;
};

static long count_fields(const struct kafc_schema *s, const void *obj, int version)
{
    long n = 0;
    for (int i = 0; i < s->nfields; i++) {
        const struct kafc_field *f = &s->field[i];
        if (!kafc__in(f->on, version) || kafc__in(f->tagged, version))
            continue;
        n++;
        if (f->kind == KAFC_ARR && f->elem == KAFC_STRUCT) {
            struct {
                const char *v;
                int32_t n;
            } a;
            memcpy(&a, (const char *)obj + f->off, sizeof(a));
            for (int32_t k = 0; k < a.n; k++)
                n += count_fields(f->sub, a.v + (size_t)k * f->sub->size, version);
        }
    }
    return n;
}

static double best(int64_t *us)
{
    int64_t min = us[0];
    for (int i = 1; i < RUNS; i++)
        min = us[i] < min ? us[i] : min;
    return (double)min * 1000;
}

static void measure(const char *name, const struct sample *c)
{
    int64_t size_us[RUNS], encode_us[RUNS], decode_us[RUNS];
    size_t n = 0;
    if (kafc__msg_size(c->s, c->msg, c->version, &n, NULL, NULL))
        exit(1);
    uint8_t *buf = malloc(n ? n : 1);
    void *back = calloc(1, c->s->size);
    struct kafc_arena a;
    kafc__arena_init(&a, NULL, 0);
    for (int run = 0; run < RUNS; run++) {
        int64_t t0 = kafc__clock_mono_us();
        for (int i = 0; i < c->rounds; i++)
            if (kafc__msg_size(c->s, c->msg, c->version, &n, NULL, NULL))
                exit(1);
        int64_t t1 = kafc__clock_mono_us();
        for (int i = 0; i < c->rounds; i++) {
            struct kafc_wr w;
            kafc__wr_init(&w, buf, n, NULL);
            if (kafc__msg_encode(&w, c->s, c->msg, c->version, NULL))
                exit(1);
        }
        int64_t t2 = kafc__clock_mono_us();
        for (int i = 0; i < c->rounds; i++) {
            struct kafc_rd r;
            kafc__arena_reset(&a);
            kafc__rd_init(&r, buf, n);
            if (kafc__msg_decode(&r, c->s, back, c->version, &a, NULL))
                exit(1);
        }
        int64_t t3 = kafc__clock_mono_us();
        size_us[run] = t1 - t0;
        encode_us[run] = t2 - t1;
        decode_us[run] = t3 - t2;
    }
    double per = (double)c->rounds * (double)c->fields;
    printf(
        "%-24s v%-2d %7zu bytes %6ld fields: size %5.1f  encode %5.1f  decode %5.1f ns a field\n",
        name, c->version, n, c->fields, best(size_us) / per, best(encode_us) / per,
        best(decode_us) / per);
    kafc__arena_fini(&a);
    free(back);
    free(buf);
}

/* `topics` topics of `partitions` partitions each, three replicas. */
static struct kafc_metadata_resp *metadata(struct kafc_arena *a, int topics, int partitions)
{
    static int32_t nodes[] = { 1, 2, 3 };
    struct kafc_metadata_resp *m = kafc__msg_array(&kafc_metadata_resp_schema, 1, a);
    m->topics.n = topics;
    m->topics.v = kafc__msg_array(&kafc_metadata_resp_topic_schema, topics, a);
    for (int i = 0; i < topics; i++) {
        struct kafc_metadata_resp_topic *t = &m->topics.v[i];
        t->name = NAME;
        t->partitions.n = partitions;
        t->partitions.v = kafc__msg_array(&kafc_metadata_resp_partition_schema, partitions, a);
        for (int k = 0; k < partitions; k++) {
            t->partitions.v[k].partition_index = k;
            t->partitions.v[k].leader_epoch = 7;
            t->partitions.v[k].replica_nodes.v = t->partitions.v[k].isr_nodes.v = nodes;
            t->partitions.v[k].replica_nodes.n = t->partitions.v[k].isr_nodes.n = 3;
        }
    }
    return m;
}

static struct kafc_offset_commit_req *offset_commit(struct kafc_arena *a, int partitions)
{
    struct kafc_offset_commit_req *m = kafc__msg_array(&kafc_offset_commit_req_schema, 1, a);
    struct kafc_offset_commit_req_topic *t =
        kafc__msg_array(&kafc_offset_commit_req_topic_schema, 1, a);
    m->group_id = NAME;
    m->topics.v = t;
    m->topics.n = 1;
    t->name = NAME;
    t->partitions.n = partitions;
    t->partitions.v = kafc__msg_array(&kafc_offset_commit_req_partition_schema, partitions, a);
    for (int k = 0; k < partitions; k++) {
        t->partitions.v[k].partition_index = k;
        t->partitions.v[k].committed_offset = 1000000 + k;
    }
    return m;
}

/* What is around the records of a fetch. */
static struct kafc_fetch_resp *fetch(struct kafc_arena *a, int partitions)
{
    struct kafc_fetch_resp *m = kafc__msg_array(&kafc_fetch_resp_schema, 1, a);
    struct kafc_fetch_resp_topic *t = kafc__msg_array(&kafc_fetch_resp_topic_schema, 1, a);
    m->responses.v = t;
    m->responses.n = 1;
    t->topic = NAME;
    t->partitions.n = partitions;
    t->partitions.v = kafc__msg_array(&kafc_fetch_resp_partition_schema, partitions, a);
    for (int k = 0; k < partitions; k++) {
        t->partitions.v[k].partition_index = k;
        t->partitions.v[k].high_watermark = t->partitions.v[k].last_stable_offset = 1000000 + k;
        t->partitions.v[k].records = (struct kafc_records){ .p = "", .len = 0 };
    }
    return m;
}

static void row(const char *name, const struct kafc_schema *s, const void *msg, int16_t version,
                int rounds)
{
    struct sample c = { s, msg, version, count_fields(s, msg, version), rounds };
    measure(name, &c);
}

int main(void)
{
    struct kafc_arena a;
    kafc__arena_init(&a, NULL, 0);
    const void *m = metadata(&a, 20, 500), *o = offset_commit(&a, 100), *f = fetch(&a, 100);
    row("OffsetCommit, 100 parts", &kafc_offset_commit_req_schema, o, 7, 4000);
    row("OffsetCommit, 100 parts", &kafc_offset_commit_req_schema, o, 9, 4000);
    row("Metadata, 10,000 parts", &kafc_metadata_resp_schema, m, 7, 40);
    row("Metadata, 10,000 parts", &kafc_metadata_resp_schema, m, 12, 40);
    row("Fetch, 100 parts", &kafc_fetch_resp_schema, f, 11, 4000);
    row("Fetch, 100 parts", &kafc_fetch_resp_schema, f, 12, 4000);
    kafc__arena_fini(&a);
    return 0;
}
