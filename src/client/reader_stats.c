/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The statistics of a reader and of its membership. Any thread.
 */
#include "client/reader.h"

void kafc__reader_stats_start(kafc_reader *r)
{
    const kafc_reader_options *o = &r->cfg.options;
    struct kafc_metrics_source s = { .kind = "reader", .topic = o->topic, .group = o->group };
    s.table = &kafc__consumer_metrics;
    s.object = r->consumer;
    r->source = s;
    kafc__client_source_add(r->client, &r->source);
    if (!r->cg)
        return;
    s.number = r->source.number; /* one reader, two objects */
    s.table = &kafc__group_metrics;
    s.object = kafc__cg_group(r->cg);
    r->member_source = s;
    kafc__client_source_add(r->client, &r->member_source);
}

void kafc__reader_stats_fini(kafc_reader *r)
{
    kafc__client_source_remove(r->client, &r->source);
    kafc__client_source_remove(r->client, &r->member_source);
}

static bool ours(const kafc_reader *r)
{
    return r && kafc__client_check(r->client, NULL) == KAFC_OK;
}

void kafc_reader_stats_get(const kafc_reader *r, kafc_reader_stats *out)
{
    if (out)
        kafc__metrics_get(&kafc__consumer_metrics, ours(r) ? r->consumer : NULL, out);
}

void kafc_member_stats_get(const kafc_reader *r, kafc_member_stats *out)
{
    if (out)
        kafc__metrics_get(&kafc__group_metrics,
                          ours(r) && r->cg ? kafc__cg_group(r->cg) : NULL, out);
}

static kafc_err since(const kafc_reader *r, const struct kafc_metrics_source *s,
                      kafc_stats_mark **mark, void *out, kafc_error *err)
{
    kafc_err code = kafc__client_check(r->client, err);
    return code ? code : kafc__metrics_since(s, &r->client->mem, mark, out, err);
}

kafc_err kafc_reader_stats_since(const kafc_reader *r, kafc_stats_mark **mark,
                                 kafc_reader_stats *out, kafc_error *err)
{
    if (!r)
        return kafc__error(err, KAFC_ERR_USAGE, "no reader");
    return since(r, &r->source, mark, out, err);
}

kafc_err kafc_member_stats_since(const kafc_reader *r, kafc_stats_mark **mark,
                                 kafc_member_stats *out, kafc_error *err)
{
    if (!r || !r->cg)
        return kafc__error(err, KAFC_ERR_USAGE, r ? "the reader has no group" : "no reader");
    return since(r, &r->member_source, mark, out, err);
}
