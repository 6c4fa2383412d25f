/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc_admin_describe_topics: page after page of DescribeTopicPartitions, and
 * Metadata of brokers that do not know it.
 */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "client/admin.h"
#include "protocol/api/75_describe_topic_partitions.h"

enum {
    PAGE = 2000,          /* partitions, Kafka's own limit */
    WEIGHT_MAX = 1 << 26, /* of all pages, in numbers: no cluster has so many partitions */
    WEIGHT = 16           /* of a partition, besides its brokers */
};

struct description {
    struct kafc_admin *k;
    const char *const *names;
    int32_t n; /* or KAFC_ALL_TOPICS */
    int64_t weight;
    struct kafc_describe_topic_partitions_req req;
    kafc_answer **page;
    int32_t npages, room;
};

typedef struct kafc_describe_topic_partitions_resp page_resp;
typedef struct kafc_describe_topic_partitions_resp_topic page_topic;
typedef struct kafc_describe_topic_partitions_resp_partition page_partition;

static kafc_err no_memory(struct description *d)
{
    return kafc__admin_no_memory("the topics", d->k->err);
}

/* --- Into the result ------------------------------------------------------------------- */

/* Everything that it points to is copied. */
static void own_partition(struct kafc_arena *a, kafc_partition *p)
{
    p->replicas = kafc__piece_ids(a, p->replicas, p->nreplicas, &p->nreplicas);
    p->isr = kafc__piece_ids(a, p->isr, p->nisr, &p->nisr);
    p->offline = kafc__piece_ids(a, p->offline, p->noffline, &p->noffline);
    p->eligible = kafc__piece_ids(a, p->eligible, p->neligible, &p->neligible);
    p->last_eligible = kafc__piece_ids(a, p->last_eligible, p->nlast_eligible, &p->nlast_eligible);
}

static void from_page(kafc_partition *to, const page_partition *p)
{
    *to = (kafc_partition){
        .id = p->partition_index,
        .err = (kafc_err)p->error_code,
        .leader = p->leader_id,
        .leader_epoch = p->leader_epoch,
        .replicas = p->replica_nodes.v,
        .nreplicas = p->replica_nodes.n,
        .isr = p->isr_nodes.v,
        .nisr = p->isr_nodes.n,
        .offline = p->offline_replicas.v,
        .noffline = p->offline_replicas.n,
        .eligible = p->eligible_leader_replicas.v,
        .neligible = p->eligible_leader_replicas.n,
        .last_eligible = p->last_known_elr.v,
        .nlast_eligible = p->last_known_elr.n,
    };
}

static int by_partition(const void *a, const void *b)
{
    int32_t x = ((const kafc_partition *)a)->id, y = ((const kafc_partition *)b)->id;
    return (x > y) - (x < y);
}

/* A topic whose partitions may lie on several pages: those from *t up to *end. */
static void put_topic(struct kafc_arena *a, kafc_topic *to, const page_topic *const *t,
                      const page_topic *const *end)
{
    int32_t n = 0;
    to->name = kafc__piece_text(a, t[0]->name, "");
    to->id = t[0]->topic_id;
    to->err = (kafc_err)t[0]->error_code;
    to->internal = t[0]->is_internal;
    to->operations = t[0]->topic_authorized_operations == INT32_MIN
                         ? 0
                         : (uint32_t)t[0]->topic_authorized_operations;
    for (const page_topic *const *at = t; at < end; at++)
        n += (*at)->partitions.n;
    kafc_partition *v = kafc__arena_array(a, (size_t)n, sizeof(*v));
    if (!v)
        return;
    for (n = 0; t < end; t++)
        for (int32_t i = 0; i < (*t)->partitions.n; i++, n++) {
            from_page(&v[n], &(*t)->partitions.v[i]);
            own_partition(a, &v[n]);
        }
    if (n > 1)
        qsort(v, (size_t)n, sizeof(*v), by_partition);
    to->partitions = v;
    to->npartitions = n;
}

static int by_name(const void *a, const void *b)
{
    return kafc__str_order((*(const page_topic *const *)a)->name, (*(const page_topic *const *)b)->name);
}

/* All topics of all pages, by name. NULL: out of memory. */
static const page_topic **gather(struct description *d, int32_t *n)
{
    const page_topic **v;
    size_t room = 0;
    *n = 0;
    for (int32_t i = 0; i < d->npages; i++)
        room += (size_t)((const page_resp *)d->page[i]->resp)->topics.n;
    v = kafc__arena_array(&d->k->arena, room, sizeof(*v));
    for (int32_t i = 0; v && i < d->npages; i++) {
        const page_resp *r = d->page[i]->resp;
        for (int32_t k = 0; k < r->topics.n; k++)
            v[(*n)++] = &r->topics.v[k];
    }
    if (v && *n > 1)
        qsort(v, (size_t)*n, sizeof(*v), by_name);
    return v;
}

static kafc_topic_descriptions *of_pages(struct description *d)
{
    int32_t n;
    const page_topic **from = gather(d, &n);
    kafc_topic_descriptions *out = from ? kafc__piece_new(&d->k->c->mem, sizeof(*out)) : NULL;
    if (!out)
        return NULL;
    struct kafc_arena *a = kafc__piece_arena(out);
    kafc_topic *v = kafc__arena_array(a, (size_t)n, sizeof(*v));
    out->topics = v;
    for (int32_t i = 0, end; v && i < n; i = end) {
        for (end = i + 1; end < n && kafc__str_order(from[i]->name, from[end]->name) == 0;)
            end++;
        put_topic(a, &v[out->ntopics++], from + i, from + end);
    }
    return kafc__piece_done(out);
}

static kafc_topic_descriptions *of_metadata(kafc_client *c, const kafc_metadata *m)
{
    kafc_topic_descriptions *out = kafc__piece_new(&c->mem, sizeof(*out));
    if (!out)
        return NULL;
    struct kafc_arena *a = kafc__piece_arena(out);
    kafc_topic *v = kafc__arena_array(a, (size_t)m->ntopics, sizeof(*v));
    out->topics = v;
    out->ntopics = v ? m->ntopics : 0;
    for (int32_t i = 0; i < out->ntopics; i++) {
        kafc_partition *p = kafc__arena_array(a, (size_t)m->topics[i].npartitions, sizeof(*p));
        v[i] = m->topics[i];
        v[i].name = kafc__piece_text(a, kafc__str(v[i].name), "");
        v[i].partitions = p;
        for (int32_t k = 0; p && k < v[i].npartitions; k++) {
            p[k] = m->topics[i].partitions[k];
            own_partition(a, &p[k]);
        }
    }
    return kafc__piece_done(out);
}

/* --- Pages -------------------------------------------------------------------------------- */

static bool item(const void *resp, int32_t i, struct kafc_admin_item *out)
{
    const page_resp *r = resp;
    if (i >= r->topics.n)
        return false;
    kafc__admin_name(out, "topic", r->topics.v[i].name);
    out->code = r->topics.v[i].error_code;
    return true;
}

static const struct kafc_admin_kind describing = {
    .api = &kafc_describe_topic_partitions_api,
    .what = "described",
    .unknown_stands = true,
    .item = item,
};

static bool keep_page(struct description *d, kafc_answer *a)
{
    if (d->npages == d->room) {
        int32_t room = d->room ? 2 * d->room : 4;
        kafc_answer **v = kafc__arena_array(&d->k->arena, (size_t)room, sizeof(*v));
        if (!v)
            return false;
        if (d->npages > 0)
            memcpy(v, d->page, (size_t)d->npages * sizeof(*v));
        d->page = v;
        d->room = room;
    }
    d->page[d->npages++] = a;
    return true;
}

static int64_t weigh(const page_resp *r)
{
    int64_t n = r->topics.n;
    for (int32_t i = 0; i < r->topics.n; i++)
        for (int32_t k = 0; k < r->topics.v[i].partitions.n; k++) {
            const page_partition *p = &r->topics.v[i].partitions.v[k];
            n += WEIGHT + p->replica_nodes.n + p->isr_nodes.n + p->offline_replicas.n;
        }
    return n;
}

/* Where the next page begins; it must go on, and come to an end. */
static kafc_err turn(struct description *d, const page_resp *r)
{
    const struct kafc_describe_topic_partitions_resp_cursor *next = r->next_cursor;
    struct kafc_describe_topic_partitions_req_cursor *at = d->req.cursor;
    int order = at ? kafc__str_order(next->topic_name, at->topic_name) : 1;
    d->weight += weigh(r);
    if (order < 0 || (order == 0 && next->partition_index <= at->partition_index) ||
        d->weight > WEIGHT_MAX)
        return kafc__error(d->k->err, KAFC_ERR_PROTOCOL, "DescribeTopicPartitions leads %s",
                           d->weight > WEIGHT_MAX ? "to no end" : "back");
    if (!at)
        at = kafc__arena_alloc(&d->k->arena, sizeof(*at));
    if (!at)
        return no_memory(d);
    kafc__msg_defaults(&kafc_describe_topic_partitions_req_cursor_schema, at);
    at->topic_name = next->topic_name; /* of a page that is kept */
    at->partition_index = next->partition_index;
    d->req.cursor = at;
    return KAFC_OK;
}

static int by_wanted(const void *a, const void *b)
{
    const struct kafc_describe_topic_partitions_req_topic *x = a, *y = b;
    return kafc__str_order(x->name, y->name);
}

/* Each topic once. */
static bool prepare(struct description *d)
{
    int32_t n = d->n > 0 ? d->n : 0;
    kafc__msg_defaults(&kafc_describe_topic_partitions_req_schema, &d->req);
    d->req.response_partition_limit = PAGE;
    struct kafc_describe_topic_partitions_req_topic *v =
        kafc__msg_array(&kafc_describe_topic_partitions_req_topic_schema, n, &d->k->arena);
    d->req.topics.v = v;
    for (int32_t i = 0; v && i < n; i++)
        v[i].name = kafc__str(d->names[i]);
    d->req.topics.n = v ? kafc__sort_once(v, n, sizeof(*v), by_wanted) : 0;
    return v != NULL;
}

/* First errors of topics are theirs, and stop nothing. */
static kafc_err read_pages(struct description *d)
{
    for (;;) {
        kafc_answer *a;
        kafc_err rc = kafc__admin_ask(d->k->c, &describing, &d->req, KAFC_BY_ROUTE, d->k->deadline, &a,
                                      d->k->err);
        if (rc < 0 || !a) {
            kafc_answer_free(a);
            return rc;
        }
        if (!keep_page(d, a)) {
            kafc_answer_free(a);
            return no_memory(d);
        }
        const page_resp *r = a->resp;
        rc = r->next_cursor ? turn(d, r) : KAFC_OK;
        if (rc != KAFC_OK || !r->next_cursor)
            return rc;
    }
}

static kafc_err by_pages(struct description *d, kafc_topic_descriptions **out)
{
    kafc_err rc = prepare(d) ? read_pages(d) : no_memory(d);
    if (rc == KAFC_OK) {
        *out = of_pages(d);
        rc = *out ? KAFC_OK : no_memory(d);
    }
    for (int32_t i = 0; i < d->npages; i++)
        kafc_answer_free(d->page[i]);
    return rc;
}

/* --- All of it ------------------------------------------------------------------------------ */

static kafc_err by_metadata(struct description *d, kafc_topic_descriptions **out)
{
    struct kafc_asker by = kafc__asker_of(d->k->c);
    kafc_metadata *m;
    kafc_err rc = kafc__query_metadata(&by, d->names, d->n, KAFC_META_OPERATIONS, d->k->deadline, &m,
                                       d->k->err);
    if (rc != KAFC_OK)
        return rc;
    *out = of_metadata(d->k->c, m);
    kafc_metadata_free(m);
    return *out ? KAFC_OK : no_memory(d);
}

static kafc_err left_out(const struct description *d, const kafc_topic_descriptions *t,
                         kafc_error *err)
{
    for (int32_t i = 0; i < d->n; i++)
        if (!kafc__topic_find(t->topics, t->ntopics, d->names[i]))
            return kafc__error(err, KAFC_ERR_PROTOCOL, "topics were described, but not '%.249s'",
                               d->names[i]);
    return KAFC_OK;
}

static kafc_err check(const char *const *names, int32_t n, kafc_error *err)
{
    if (n < KAFC_ALL_TOPICS || (n > 0 && !names))
        return kafc__error(err, KAFC_ERR_USAGE, "%d topics, and no names", (int)n);
    for (int32_t i = 0; i < n; i++)
        if (!names[i] || !*names[i] || strlen(names[i]) > INT16_MAX)
            return kafc__error(err, KAFC_ERR_USAGE, "the name of topic %d is %s", (int)i,
                               names[i] && *names[i] ? "too long" : "empty");
    return KAFC_OK;
}

static kafc_err describe(struct kafc_admin *k, const char *const *names, int32_t n,
                         kafc_topic_descriptions **out)
{
    struct description d = { .k = k, .names = names, .n = n };
    kafc_err rc = check(names, n, k->err);
    if (rc != KAFC_OK)
        return rc;
    rc = n == 0 ? KAFC_ERR_UNSUPPORTED : by_pages(&d, out);
    if (rc == KAFC_ERR_UNSUPPORTED)
        rc = by_metadata(&d, out);
    if (rc == KAFC_OK)
        rc = left_out(&d, *out, k->err);
    for (int32_t i = 0; rc == KAFC_OK && i < (*out)->ntopics; i++)
        if ((*out)->topics[i].err != KAFC_OK)
            rc = kafc__error(k->err, (*out)->topics[i].err, "topic '%.249s' cannot be described: %s",
                             (*out)->topics[i].name, kafc_err_text((*out)->topics[i].err));
    return rc;
}

kafc_err kafc_admin_describe_topics(kafc_client *c, const char *const *names, int32_t n,
                                    int timeout_ms, kafc_topic_descriptions **out, kafc_error *err)
{
    struct kafc_admin k;
    if (!out)
        return kafc__error(err, KAFC_ERR_USAGE, "there is no place for the topics");
    *out = NULL;
    kafc_err rc = kafc__admin_begin(&k, c, timeout_ms, err);
    return rc == KAFC_OK ? kafc__admin_end(&k, describe(&k, names, n, out)) : rc;
}

void kafc_topic_descriptions_free(kafc_topic_descriptions *d)
{
    kafc__piece_free(d);
}
