/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The codec: nanoseconds for a field, for random messages of each API and for
 * a Metadata response of a thousand partitions. Best of five runs.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/rand.h"
#include "protocol/api/03_metadata.h"
#include "protocol/registry.h"

enum { RUNS = 5 };

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

static void metadata(struct kafc_arena *a, int16_t version)
{
    static int32_t nodes[] = { 1, 2, 3 };
    struct kafc_metadata_resp m;
    kafc__msg_defaults(&kafc_metadata_resp_schema, &m);
    m.topics.n = 20;
    m.topics.v = kafc__msg_array(&kafc_metadata_resp_topic_schema, 20, a);
    for (int i = 0; m.topics.v && i < 20; i++) {
        struct kafc_metadata_resp_topic *t = &m.topics.v[i];
        t->name = (kafc_str){ "a-topic-with-a-usual-name", 25 };
        t->partitions.n = 50;
        t->partitions.v = kafc__msg_array(&kafc_metadata_resp_partition_schema, 50, a);
        for (int k = 0; t->partitions.v && k < 50; k++) {
            t->partitions.v[k].partition_index = k;
            t->partitions.v[k].replica_nodes.v = t->partitions.v[k].isr_nodes.v = nodes;
            t->partitions.v[k].replica_nodes.n = t->partitions.v[k].isr_nodes.n = 3;
        }
    }
    struct sample c = { &kafc_metadata_resp_schema, &m, version,
                        count_fields(&kafc_metadata_resp_schema, &m, version), 400 };
    measure("Metadata, 1000 parts", &c);
}

int main(void)
{
    struct kafc_arena a;
    struct kafc_rand rnd;
    kafc__arena_init(&a, NULL, 0);
    kafc__rand_seed(&rnd, 5);
    metadata(&a, 5);
    metadata(&a, 12);
    size_t n;
    const struct kafc_api *const *apis = kafc__apis(&n);
    for (size_t i = 0; i < 2 * n; i++) {
        const struct kafc_api *api = apis[i / 2];
        const struct kafc_schema *s = i & 1 ? api->resp : api->req;
        void *msg = calloc(1, s->size);
        struct sample c = { s, msg, api->max, 0, 20000 };
        for (int try = 0; try < 20 && c.fields < 2 * s->nfields; try++) {
            if (!kafc__msg_random(s, msg, api->max, &rnd, &a))
                return 1;
            c.fields = count_fields(s, msg, api->max);
        }
        measure(s->name, &c);
        free(msg);
    }
    kafc__arena_fini(&a);
    return 0;
}
