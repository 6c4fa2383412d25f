/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The walkers over tables of metrics: public structs, marks, text. Any thread.
 */
#include "core/metrics.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "protocol/json_text.h"

static uint64_t number_of(const struct kafc_metric *m, const void *object)
{
    if (m->get)
        return m->get(object);
    const atomic_uint_least64_t *n = (const void *)((const char *)object + m->at);
    return atomic_load_explicit(n, memory_order_relaxed);
}

static bool is_histogram(const struct kafc_metric *m)
{
    return m->kind == KAFC_HISTOGRAM || m->kind == KAFC_SUMMARY;
}

static const struct kafc_histogram *histogram_of(const struct kafc_metric *m, const void *object)
{
    return (const void *)((const char *)object + m->at);
}

/* --- Public structs ---------------------------------------------------------------- */

static void summarise(const struct kafc_histogram_view *v, kafc_summary *s)
{
    *s = (kafc_summary){ .count = v->count, .sum = v->sum, .min = v->min, .max = v->max };
    s->p50 = kafc__histogram_permille(v, 500);
    s->p90 = kafc__histogram_permille(v, 900);
    s->p99 = kafc__histogram_permille(v, 990);
    s->p999 = kafc__histogram_permille(v, 999);
}

/* Is the row's member within what the caller knows of the struct? */
static bool known(const struct kafc_metric *m, const void *out)
{
    size_t size, need = is_histogram(m) ? sizeof(kafc_summary) : sizeof(uint64_t);
    memcpy(&size, out, sizeof(size));
    return !m->each && m->out + need <= size;
}

void kafc__metrics_get(const struct kafc_metrics *t, const void *object, void *out)
{
    struct kafc_histogram_view v;
    for (size_t i = 0; i < t->n; i++) {
        const struct kafc_metric *m = &t->row[i];
        void *to = (char *)out + m->out;
        if (!known(m, out))
            continue;
        if (!object) {
            memset(to, 0, is_histogram(m) ? sizeof(kafc_summary) : sizeof(uint64_t));
        } else if (is_histogram(m)) {
            kafc__histogram_view(histogram_of(m, object), &v);
            summarise(&v, to);
        } else {
            *(uint64_t *)to = number_of(m, object);
        }
    }
}

/* --- Marks ----------------------------------------------------------------------------- */

struct kafc_stats_mark {
    kafc_allocator mem;
    uint64_t serial; /* of the source */
    union {
        uint64_t number;
        struct kafc_histogram_view *view;
    } last[]; /* by row */
};

void kafc_stats_mark_free(kafc_stats_mark *mark)
{
    if (!mark)
        return;
    kafc_allocator mem = mark->mem;
    kafc__free(&mem, mark);
}

/* One piece: the views stand behind the rows. */
static kafc_stats_mark *mark_new(const struct kafc_metrics_source *s, const kafc_allocator *mem)
{
    const struct kafc_metrics *t = s->table;
    size_t views = 0;
    kafc_stats_mark *mark;
    for (size_t i = 0; i < t->n; i++)
        views += is_histogram(&t->row[i]);
    size_t head = sizeof(*mark) + t->n * sizeof(mark->last[0]);
    mark = kafc__zalloc(mem, head + views * sizeof(struct kafc_histogram_view));
    if (!mark)
        return NULL;
    mark->mem = *mem;
    mark->serial = s->serial;
    struct kafc_histogram_view *v = (void *)((char *)mark + head);
    for (size_t i = 0; i < t->n; i++)
        if (is_histogram(&t->row[i]))
            mark->last[i].view = v++;
    return mark;
}

static void move_on(const struct kafc_metric *m, const void *object, uint64_t *last, void *to)
{
    uint64_t now = number_of(m, object);
    *(uint64_t *)to = m->kind == KAFC_COUNTER ? now - *last : now;
    *last = now;
}

static void move_view_on(const struct kafc_metric *m, const void *object,
                         struct kafc_histogram_view *last, kafc_summary *to)
{
    struct kafc_histogram_view now, since;
    kafc__histogram_view(histogram_of(m, object), &now);
    since = now;
    if (last->count)
        kafc__histogram_since(&since, last);
    summarise(&since, to);
    *last = now;
}

kafc_err kafc__metrics_since(const struct kafc_metrics_source *s,
                             const kafc_allocator *mem, kafc_stats_mark **mark, void *out,
                             kafc_error *err)
{
    const struct kafc_metrics *t = s->table;
    if (!mark || !out)
        return kafc__error(err, KAFC_ERR_USAGE, "stats: no %s", mark ? "room for them" : "mark");
    if (*mark && (*mark)->serial != s->serial)
        return kafc__error(err, KAFC_ERR_USAGE, "stats: the mark is that of another object");
    if (!*mark && !(*mark = mark_new(s, mem)))
        return kafc__error(err, KAFC_ERR_NO_MEMORY, "stats: out of memory for a mark");
    for (size_t i = 0; i < t->n; i++) {
        const struct kafc_metric *m = &t->row[i];
        void *to = (char *)out + m->out;
        if (!known(m, out))
            continue;
        if (is_histogram(m))
            move_view_on(m, s->object, (*mark)->last[i].view, to);
        else
            move_on(m, s->object, &(*mark)->last[i].number, to);
    }
    return KAFC_OK;
}

/* --- Text ---------------------------------------------------------------------------------- */

/* How a unit is written, without a point that a locale may make a comma: so many digits stand behind it. And the powers
 * of two at which its histograms are cut, as counted. */
static const struct {
    unsigned digits, low, high;
} units[] = {
    [KAFC_UNIT_ONE] = { 0, 0, 20 },
    [KAFC_UNIT_BYTES] = { 0, 6, 26 },
    [KAFC_UNIT_US] = { 6, 6, 27 }, /* 64 µs to 134 s */
    [KAFC_UNIT_PERMILLE] = { 3, 8, 17 },
};

static void put_u64(struct kafc_json_out *x, uint64_t n)
{
    char s[24];
    (void)snprintf(s, sizeof(s), "%" PRIu64, n);
    kafc__json_text(x, s);
}

static void put_scaled(struct kafc_json_out *x, enum kafc_metric_unit unit, uint64_t n)
{
    char s[12] = ".";
    unsigned digits = units[unit].digits;
    uint64_t one = 1;
    for (unsigned i = 0; i < digits; i++)
        one *= 10;
    put_u64(x, n / one);
    if (n % one == 0)
        return;
    (void)snprintf(s + 1, sizeof(s) - 1, "%0*" PRIu64, (int)digits, n % one);
    while (s[digits] == '0')
        s[digits--] = '\0';
    kafc__json_text(x, s);
}

/* UTF-8 passes, but for what the format escapes; bytes that are none become U+FFFD. */
static void put_value(struct kafc_json_out *x, const char *s)
{
    for (size_t left = strlen(s); left;) {
        int n = kafc__utf8_len((const uint8_t *)s, left);
        if (n == 0)
            kafc__json_text(x, "\xef\xbf\xbd");
        else if (*s == '\n')
            kafc__json_text(x, "\\n");
        else if (*s == '"' || *s == '\\')
            kafc__json_char(x, '\\');
        for (int i = 0; i < n && *s != '\n'; i++)
            kafc__json_char(x, s[i]);
        s += n ? n : 1;
        left -= n ? (size_t)n : 1;
    }
}

static void put_label(struct kafc_json_out *x, const char *before, const char *name,
                      const char *value)
{
    kafc__json_text(x, before);
    kafc__json_text(x, name);
    kafc__json_text(x, "=\"");
    put_value(x, value);
    kafc__json_char(x, '"');
}

struct series {
    struct kafc_json_out *x;
    const struct kafc_metric *m;
    const struct kafc_metrics_source *s;
    const char *client;
};

/* kafc_name_suffix{client="…",writer="…",topic="…" and what follows */
static void put_name(const struct series *r, const char *suffix)
{
    char number[12];
    kafc__json_text(r->x, "kafc_");
    kafc__json_text(r->x, r->m->name);
    kafc__json_text(r->x, suffix);
    put_label(r->x, "{", "client", r->client);
    if (r->s->number) {
        (void)snprintf(number, sizeof(number), "%" PRIu32, r->s->number);
        put_label(r->x, ",", r->s->kind, number);
    }
    if (r->s->topic && !r->m->each)
        put_label(r->x, ",", "topic", r->s->topic);
    if (r->s->group)
        put_label(r->x, ",", "group", r->s->group);
    if (r->s->label)
        put_label(r->x, ",", r->s->label, r->s->value);
}

static void put_of_partition(void *ctx, const char *topic, int32_t partition, uint64_t n)
{
    const struct series *r = ctx;
    char number[12];
    (void)snprintf(number, sizeof(number), "%" PRId32, partition);
    put_name(r, "");
    put_label(r->x, ",", "topic", topic);
    put_label(r->x, ",", "partition", number);
    kafc__json_text(r->x, "} ");
    put_scaled(r->x, r->m->unit, n);
    kafc__json_char(r->x, '\n');
}

static void put_number(const struct series *r, const char *suffix, enum kafc_metric_unit unit,
                       uint64_t n)
{
    put_name(r, suffix);
    kafc__json_text(r->x, "} ");
    put_scaled(r->x, unit, n);
    kafc__json_char(r->x, '\n');
}

static void put_buckets(const struct series *r, const struct kafc_histogram_view *v)
{
    enum kafc_metric_unit unit = r->m->unit;
    for (unsigned bits = units[unit].low; bits <= units[unit].high; bits++) {
        put_name(r, "_bucket");
        kafc__json_text(r->x, ",le=\"");
        put_scaled(r->x, unit, (uint64_t)1 << bits);
        kafc__json_text(r->x, "\"} ");
        put_u64(r->x, kafc__histogram_below(v, bits));
        kafc__json_char(r->x, '\n');
    }
    put_name(r, "_bucket");
    kafc__json_text(r->x, ",le=\"+Inf\"} ");
    put_u64(r->x, v->count);
    kafc__json_char(r->x, '\n');
}

static void put_quantiles(const struct series *r, const struct kafc_histogram_view *v)
{
    static const struct {
        const char *text;
        uint32_t permille;
    } q[] = { { "0.5", 500 }, { "0.9", 900 }, { "0.99", 990 }, { "0.999", 999 } };
    for (size_t i = 0; v->count && i < sizeof(q) / sizeof(q[0]); i++) {
        put_name(r, "");
        put_label(r->x, ",", "quantile", q[i].text);
        kafc__json_text(r->x, "} ");
        put_scaled(r->x, r->m->unit, kafc__histogram_permille(v, q[i].permille));
        kafc__json_char(r->x, '\n');
    }
}

static void put_histogram(const struct series *r)
{
    struct kafc_histogram_view v;
    kafc__histogram_view(histogram_of(r->m, r->s->object), &v);
    if (r->m->kind == KAFC_SUMMARY)
        put_quantiles(r, &v);
    else
        put_buckets(r, &v);
    put_number(r, "_sum", r->m->unit, v.sum);
    put_number(r, "_count", KAFC_UNIT_ONE, v.count);
}

void kafc__metrics_head(struct kafc_json_out *x, const struct kafc_metric *m)
{
    static const char *const kinds[] = {
        [KAFC_COUNTER] = "counter", [KAFC_GAUGE] = "gauge", [KAFC_HISTOGRAM] = "histogram",
        [KAFC_SUMMARY] = "summary"
    };
    const char *const words[] = {
        "# HELP kafc_", m->name, " ", m->help, "\n# TYPE kafc_", m->name, " ", kinds[m->kind], "\n"
    };
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        kafc__json_text(x, words[i]);
}

void kafc__metrics_sample(struct kafc_json_out *x, const struct kafc_metric *m,
                          const struct kafc_metrics_source *s, const char *client)
{
    struct series r = { x, m, s, client };
    if (m->each)
        m->each(s->object, put_of_partition, &r);
    else if (is_histogram(m))
        put_histogram(&r);
    else
        put_number(&r, "", m->unit, number_of(m, s->object));
}
