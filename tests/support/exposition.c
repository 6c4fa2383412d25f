/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The checker of the exposition format.
 */
#include "tests/support/exposition.h"

#include <check.h>
#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/json_text.h"

enum { METRICS = 100, SERIES = 4000, LINE = 1000 };

struct metric {
    char name[LINE], type[20];
};

struct parser {
    const char *line; /* begins here */
    struct metric metric[METRICS];
    int nmetrics;
    const char *series[SERIES]; /* name and labels, in the text */
    size_t len[SERIES];
    int nseries;
    /* of the histogram's or summary's series that is being read */
    char labels[LINE];
    double le, below; /* or quantile; and what was told of the one before */
};

/* Not ck_assert_msg(): that writes to a file what holds, too, and this holds for each pair of lines. */
#define EXPECT(x, cond, what) \
    do { \
        if (!(cond)) \
            ck_abort_msg("%s: %.*s", what, (int)strcspn((x)->line, "\n"), (x)->line); \
    } while (0)

static const char *name_end(const struct parser *x, const char *p)
{
    EXPECT(x, isalpha((unsigned char)*p) || *p == '_' || *p == ':', "a name begins");
    while (isalnum((unsigned char)*p) || *p == '_' || *p == ':')
        p++;
    return p;
}

static struct metric *last(struct parser *x)
{
    EXPECT(x, x->nmetrics > 0, "a metric has its HELP first");
    return &x->metric[x->nmetrics - 1];
}

static void read_comment(struct parser *x, const char *p)
{
    bool help = strncmp(p, "# HELP ", 7) == 0, type = strncmp(p, "# TYPE ", 7) == 0;
    EXPECT(x, help || type, "HELP or TYPE");
    p += 7;
    size_t n = (size_t)(name_end(x, p) - p);
    EXPECT(x, p[n] == ' ' && p[n + 1] != '\n', "text behind the name");
    if (help) {
        for (int i = 0; i < x->nmetrics; i++)
            EXPECT(x, strncmp(x->metric[i].name, p, n) || x->metric[i].name[n], "a metric twice");
        EXPECT(x, x->nmetrics < METRICS && n < LINE, "room");
        struct metric *m = &x->metric[x->nmetrics++];
        memcpy(m->name, p, n);
        *x->labels = '\0';
        return;
    }
    struct metric *m = last(x);
    EXPECT(x, strncmp(m->name, p, n) == 0 && !m->name[n], "TYPE behind its HELP");
    EXPECT(x, !*m->type, "TYPE once");
    size_t k = strcspn(p + n + 1, "\n");
    EXPECT(x, k < sizeof(m->type), "a type");
    memcpy(m->type, p + n + 1, k);
    EXPECT(x,
           !strcmp(m->type, "counter") || !strcmp(m->type, "gauge") ||
               !strcmp(m->type, "histogram") || !strcmp(m->type, "summary"),
           "a type");
    if (!strcmp(m->type, "counter"))
        EXPECT(x, n > 6 && !strcmp(m->name + n - 6, "_total"), "a counter ends in _total");
}

static const char *value_end(const struct parser *x, const char *p)
{
    EXPECT(x, *p == '"', "a value begins with a quote");
    for (p++; *p != '"';) {
        int n = kafc__utf8_len((const uint8_t *)p, strlen(p));
        EXPECT(x, n > 0 && *p != '\n', "a value of UTF-8 on one line");
        if (*p == '\\') {
            p++;
            EXPECT(x, *p == '\\' || *p == '"' || *p == 'n', "an escape");
        }
        p += n;
    }
    return p + 1;
}

/* Gives the end of the labels; what stands in le or quantile goes to *le, all others to rest. */
static const char *read_labels(struct parser *x, const char *p, double *le, char *rest)
{
    size_t n = 0;
    *le = -1;
    if (*p != '{')
        return p;
    do {
        const char *name = ++p, *end = value_end(x, name_end(x, p) + 1);
        EXPECT(x, name_end(x, p)[0] == '=', "a label has a value");
        const char *type = last(x)->type;
        if (strncmp(name, "le=\"", 4) == 0) {
            EXPECT(x, !strcmp(type, "histogram"), "le is of histograms");
            *le = strncmp(name + 4, "+Inf\"", 5) ? strtod(name + 4, NULL) : HUGE_VAL;
        } else if (strncmp(name, "quantile=\"", 10) == 0) {
            EXPECT(x, !strcmp(type, "summary"), "quantile is of summaries");
            *le = strtod(name + 10, NULL);
            EXPECT(x, *le >= 0 && *le <= 1, "a quantile from 0 to 1");
        } else {
            EXPECT(x, n + (size_t)(end - name) + 2 < LINE, "room");
            memcpy(rest + n, name, (size_t)(end - name));
            n += (size_t)(end - name);
            rest[n++] = ',';
        }
        p = end;
    } while (*p == ',');
    rest[n] = '\0';
    EXPECT(x, *p == '}', "labels end");
    return p + 1;
}

static void in_histogram(struct parser *x, const char *suffix, size_t n, double le,
                         const char *rest, double value)
{
    bool bucket = n == 7 && !strncmp(suffix, "_bucket", n);
    if (bucket && strcmp(rest, x->labels)) {
        memcpy(x->labels, rest, LINE);
        x->le = -1;
        x->below = 0;
    }
    EXPECT(x, !strcmp(rest, x->labels), "the labels of the buckets");
    if (bucket) {
        EXPECT(x, le > x->le, "buckets ascend");
        EXPECT(x, value >= x->below, "buckets are cumulative");
        x->le = le;
        x->below = value;
        return;
    }
    EXPECT(x, x->le >= HUGE_VAL, "the last bucket is +Inf");
    if (n == 6)
        EXPECT(x, !strncmp(suffix, "_count", n) && value == x->below, "_count as +Inf");
    else
        EXPECT(x, n == 4 && !strncmp(suffix, "_sum", n), "_bucket, _sum, _count");
}

/* Quantiles, then the sum, then the count. */
static void in_summary(struct parser *x, const char *suffix, size_t n, double quantile,
                       const char *rest, double value)
{
    if (strcmp(rest, x->labels)) {
        memcpy(x->labels, rest, LINE);
        x->le = -1;
        x->below = 0;
    }
    if (n) {
        EXPECT(x, quantile < 0 && x->le <= 2, "behind the quantiles");
        const char *want = x->le < 2 ? "_sum" : "_count";
        EXPECT(x, n == strlen(want) && strncmp(suffix, want, n) == 0, "_sum, _count");
        x->le = x->le < 2 ? 2 : 3;
        return;
    }
    EXPECT(x, quantile > x->le && x->le < 2, "quantiles ascend");
    EXPECT(x, value >= x->below, "and so do their values");
    x->le = quantile;
    x->below = value;
}

static void read_sample(struct parser *x, const char *p)
{
    const struct metric *m = last(x);
    size_t name = (size_t)(name_end(x, p) - p), base = strlen(m->name);
    char rest[LINE] = "";
    double le;
    EXPECT(x, name >= base && !strncmp(p, m->name, base) && *m->type, "a sample of the metric");
    const char *end = read_labels(x, p + name, &le, rest);
    for (int i = 0; i < x->nseries; i++)
        EXPECT(x, x->len[i] != (size_t)(end - p) || strncmp(x->series[i], p, x->len[i]),
               "a series twice");
    EXPECT(x, x->nseries < SERIES, "room");
    x->series[x->nseries] = p;
    x->len[x->nseries++] = (size_t)(end - p);
    EXPECT(x, *end == ' ', "a value behind the labels");
    char *stop;
    double value = strtod(end + 1, &stop);
    EXPECT(x, stop > end + 1 && *stop == '\n' && value >= 0, "a value");
    if (!strcmp(m->type, "histogram"))
        in_histogram(x, p + base, name - base, le, rest, value);
    else if (!strcmp(m->type, "summary"))
        in_summary(x, p + base, name - base, le, rest, value);
    else
        EXPECT(x, name == base && le < 0, "the name itself");
}

int exposition_check(const char *text)
{
    struct parser *x = calloc(1, sizeof(*x));
    ck_assert_ptr_nonnull(x);
    for (x->line = text; *x->line; x->line = strchr(x->line, '\n') + 1) {
        EXPECT(x, strchr(x->line, '\n'), "a line ends");
        if (*x->line == '#')
            read_comment(x, x->line);
        else
            read_sample(x, x->line);
    }
    int n = x->nseries;
    free(x);
    return n;
}

double exposition_value(const char *text, const char *series)
{
    size_t n = strlen(series);
    for (const char *p = text; p && *p; p = strchr(p, '\n'), p += p != NULL)
        if (!strncmp(p, series, n) && p[n] == ' ')
            return strtod(p + n, NULL);
    return -1;
}
