/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Metrics as data: a row says how one is called, where an object counts it and
 * where the public struct shows it; the walkers here fill such structs and
 * write Prometheus' text. Who has something new to count adds a row, or a table.
 * Any thread, while the objects count.
 */
#ifndef KAFC_CORE_METRICS_H
#define KAFC_CORE_METRICS_H

#include "base/histogram.h"
#include "base/list.h"
#include <kafc/stats.h>

/* A summary is a histogram of which the text tells percentiles in place of buckets. */
enum kafc_metric_kind { KAFC_COUNTER, KAFC_GAUGE, KAFC_HISTOGRAM, KAFC_SUMMARY };
enum kafc_metric_unit { KAFC_UNIT_ONE, KAFC_UNIT_BYTES, KAFC_UNIT_US, KAFC_UNIT_PERMILLE };

typedef void (*kafc_metric_put)(void *ctx, const char *topic, int32_t partition, uint64_t n);

struct kafc_metric {
    const char *name; /* in the text, behind "kafc_": with Prometheus' suffix for kind and unit */
    enum kafc_metric_kind kind;
    enum kafc_metric_unit unit;
    size_t at;  /* in the object: atomic_uint_least64_t or struct kafc_histogram */
    size_t out; /* in the public struct: uint64_t or kafc_summary */
    uint64_t (*get)(const void *object); /* instead of `at`, for what has to be worked out */
    /* Instead of both, for what has a number for each partition, in the text alone. */
    void (*each)(const void *object, kafc_metric_put put, void *ctx);
    const char *help;
};

struct kafc_metrics_source;
struct kafc_metrics {
    const struct kafc_metric *row;
    size_t n;
    /* Of the parts of an object of client_metrics: sets object, label and value of the i-th; false: not so many. */
    bool (*part)(const void *whole, int32_t i, struct kafc_metrics_source *out);
};
extern const struct kafc_metrics kafc__client_metrics;   /* of a struct kafc_core_stats */
extern const struct kafc_metrics kafc__api_metrics;      /* of its parts, struct kafc_api_traffic, … */
extern const struct kafc_metrics kafc__node_metrics;     /* … struct kafc_node_traffic */
extern const struct kafc_metrics kafc__producer_metrics; /* of a struct kafc_producer */
extern const struct kafc_metrics kafc__consumer_metrics; /* of a struct kafc_consumer */
extern const struct kafc_metrics kafc__group_metrics;    /* of a struct kafc_group */

/* An object whose metrics are in the text of its client. */
struct kafc_metrics_source {
    struct kafc_list node; /* of the client */
    const struct kafc_metrics *table;
    const void *object;
    const char *kind;  /* the name of its label: "writer" */
    uint32_t number;   /* of its kind, from 1 on; 0: the client itself, or not known yet */
    const char *topic, *group; /* or NULL */
    const char *label, *value; /* one label more, or NULL */
    uint64_t serial;   /* no other object of the process has it, before or after; 0: not known yet */
};

/* Fills a public struct, of which the caller has told the size. object NULL: with zeros. */
void kafc__metrics_get(const struct kafc_metrics *t, const void *object, void *out);
/* The same since the last call with the mark, which is made if it is NULL. */
kafc_err kafc__metrics_since(const struct kafc_metrics_source *s,
                             const kafc_allocator *mem, kafc_stats_mark **mark, void *out,
                             kafc_error *err);

/* HELP and TYPE of a metric; then a line, or those of a histogram, for each object. */
struct kafc_json_out;
void kafc__metrics_head(struct kafc_json_out *x, const struct kafc_metric *m);
void kafc__metrics_sample(struct kafc_json_out *x, const struct kafc_metric *m,
                          const struct kafc_metrics_source *s, const char *client);

#endif
