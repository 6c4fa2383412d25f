/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What a member wants to read: topics by name, and by regular expressions that
 * are held against the names of all topics; and what is told of those names
 * that cannot be read (rule R12). The driver's thread.
 */
#include "core/group_internal.h"
#include "protocol/api/03_metadata.h"
#include "protocol/apis.h"

#include <ctype.h>
#include <stdlib.h>

enum { NAME_MAX_BYTES = 249, SURE = 2 };

/* --- Expressions -------------------------------------------------------------------------- */

/* With what every name begins that the expression matches: most names need no more than a look at that. */
static kafc_str front_of(const char *text, char *buf)
{
    int32_t n = 0;
    const char *p = text + 1;
    if (strchr(text, '|'))
        return (kafc_str){ buf, 0 };
    for (; n < NAME_MAX_BYTES; p++) {
        bool escaped = *p == '\\' && ispunct((unsigned char)p[1]);
        if (!escaped && !isalnum((unsigned char)*p) && *p != '-' && *p != '_')
            break;
        p += escaped;
        buf[n++] = *p;
    }
    if (n > 0 && *p && strchr("*?{", *p))
        n--; /* that one need not be there */
    return (kafc_str){ buf, n };
}

/* "^" and the very name, as it stands or ended by '$'. */
static bool names(const struct kafc_group_pattern *x, const char *name)
{
    size_t n = strlen(name);
    return strncmp(x->text + 1, name, n) == 0 &&
           (!x->text[1 + n] || strcmp(x->text + 1 + n, "$") == 0);
}

static bool matches(const struct kafc_group_pattern *x, const char *name, bool internal)
{
    return strncmp(name, x->front.p, (size_t)x->front.len) == 0 && (!internal || names(x, name)) &&
           regexec(&x->re, name, 0, NULL, 0) == 0;
}

static bool any_matches(const struct kafc_group_wish *w, const char *name, bool internal)
{
    for (int32_t i = 0; i < w->npatterns; i++)
        if (matches(&w->pattern[i], name, internal))
            return true;
    return false;
}

static kafc_err compile(struct kafc_group_wish *w, const char *text, kafc_error *err)
{
    struct kafc_group_pattern *x = &w->pattern[w->npatterns];
    char *front = kafc__arena_alloc(&w->arena, NAME_MAX_BYTES + 1);
    char why[200];
    x->text = text;
    if (!front)
        return KAFC_ERR_NO_MEMORY;
    int rc = regcomp(&x->re, text, REG_EXTENDED | REG_NOSUB);
    if (rc != 0) {
        (void)regerror(rc, &x->re, why, sizeof(why));
        return rc == REG_ESPACE ? KAFC_ERR_NO_MEMORY
                                : kafc__error(err, KAFC_ERR_USAGE,
                                              "\"%.200s\" of the subscription is no POSIX extended "
                                              "regular expression: %s",
                                              text, why);
    }
    x->front = front_of(text, front);
    w->npatterns++;
    return KAFC_OK;
}

/* --- A wish --------------------------------------------------------------------------------- */

static void drop(struct kafc_group *g, struct kafc_group_wish *w)
{
    for (int32_t i = 0; i < w->nnames; i++)
        kafc__meta_drop(g->core, w->name[i].t, false);
    for (int32_t i = 0; i < w->npatterns; i++)
        regfree(&w->pattern[i].re);
    if (w->wants_all)
        kafc__meta_drop_all(g->core);
    kafc__arena_fini(&w->arena);
    *w = (struct kafc_group_wish){ 0 };
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Each text once, sorted: what begins with '^' in front of or between the names, wherever. */
static kafc_err copy(struct kafc_arena *a, const char *const *topics, int32_t n, const char ***out,
                     int32_t *nout, kafc_error *err)
{
    const char **v = kafc__arena_array(a, (size_t)n, sizeof(*v));
    for (int32_t i = 0; v && i < n; i++) {
        size_t len = topics[i] ? strlen(topics[i]) : 0;
        if (len == 0)
            return kafc__error(err, KAFC_ERR_USAGE, "topic %d of the subscription is no name",
                               (int)i);
        if (topics[i][0] != '^' && !kafc__topic_name_ok(topics[i]))
            return kafc__topic_name_bad(topics[i], err);
        v[i] = kafc__arena_dup(a, topics[i], len);
    }
    if (a->failed)
        return KAFC_ERR_NO_MEMORY;
    qsort(v, (size_t)n, sizeof(*v), by_text);
    *nout = 0;
    for (int32_t i = 0; i < n; i++)
        if (*nout == 0 || strcmp(v[*nout - 1], v[i]) != 0)
            v[(*nout)++] = v[i];
    *out = v;
    return KAFC_OK;
}

static kafc_err fill(struct kafc_group *g, struct kafc_group_wish *w, const char *const *topics,
                     int32_t n, kafc_error *err)
{
    const char **v = NULL;
    int32_t nv = 0;
    kafc_err rc = copy(&w->arena, topics, n, &v, &nv, err);
    if (rc != KAFC_OK)
        return rc;
    w->name = kafc__arena_array(&w->arena, (size_t)nv, sizeof(*w->name));
    w->pattern = kafc__arena_array(&w->arena, (size_t)nv, sizeof(*w->pattern));
    if (w->arena.failed)
        return KAFC_ERR_NO_MEMORY;
    for (int32_t i = 0; rc == KAFC_OK && i < nv; i++) {
        if (v[i][0] == '^') {
            rc = compile(w, v[i], err);
            continue;
        }
        struct kafc_meta_topic *t = kafc__meta_want(g->core, v[i], false);
        if (!t)
            return KAFC_ERR_NO_MEMORY;
        w->name[w->nnames++] = (struct kafc_group_named){ .name = v[i], .t = t };
        if (kafc__core_config(g->core)->rack) /* it is going to be asked, if it leads */
            kafc__meta_want_places(g->core, t);
    }
    return rc;
}

static bool same(const struct kafc_group_wish *x, const struct kafc_group_wish *y)
{
    bool is = x->nnames == y->nnames && x->npatterns == y->npatterns;
    for (int32_t i = 0; is && i < x->nnames; i++)
        is = strcmp(x->name[i].name, y->name[i].name) == 0;
    for (int32_t i = 0; is && i < x->npatterns; i++)
        is = strcmp(x->pattern[i].text, y->pattern[i].text) == 0;
    return is;
}

/* --- The topics that come of it ---------------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
    const kafc_str *x = a, *y = b;
    return strcmp(x->p, y->p);
}

static void drop_topics(struct kafc_group *g, struct kafc_group_topics *x)
{
    for (int32_t i = 0; i < x->nmatched; i++)
        kafc__meta_drop(g->core, x->matched[i], false);
    x->v = NULL;
    x->n = x->nmatched = 0;
    kafc__arena_fini(&x->arena);
}

/* Their metadata is wanted before they are: the leader will need it, and it tells when one of them is gone. */
static bool want(struct kafc_group *g, const kafc_str *topic, int32_t n,
                 struct kafc_group_topics *x)
{
    x->matched = kafc__arena_array(&x->arena, (size_t)n, sizeof(struct kafc_meta_topic *));
    for (int32_t i = 0; x->matched && i < n; i++) {
        struct kafc_meta_topic *t = kafc__meta_want(g->core, topic[i].p, false);
        if (!t)
            return false;
        x->matched[x->nmatched++] = t;
        if (kafc__core_config(g->core)->rack)
            kafc__meta_want_places(g->core, t);
    }
    return x->matched != NULL;
}

/* The names of the wish, and those that match, copied, sorted, each once. */
static bool gather(struct kafc_group *g, const struct kafc_group_wish *w, const kafc_str *match,
                   int32_t nmatch, struct kafc_group_topics *out)
{
    int32_t n = w->nnames + nmatch, k = 0;
    *out = (struct kafc_group_topics){ 0 };
    kafc__arena_init(&out->arena, &g->cfg.mem, 0);
    kafc_str *v = kafc__arena_array(&out->arena, (size_t)n, sizeof(*v));
    for (int32_t i = 0; v && i < n; i++) {
        kafc_str s = i < nmatch ? match[i] : kafc__str(w->name[i - nmatch].name);
        v[i] = (kafc_str){ kafc__arena_dup(&out->arena, s.p, (size_t)s.len), s.len };
    }
    if (out->arena.failed || !want(g, v, nmatch, out)) {
        drop_topics(g, out);
        return false;
    }
    if (n)
        qsort(v, (size_t)n, sizeof(*v), by_name);
    for (int32_t i = 0; i < n; i++)
        if (k == 0 || strcmp(v[k - 1].p, v[i].p) != 0)
            v[k++] = v[i];
    out->v = v;
    out->n = k;
    return true;
}

/* The first that one of them has and the other has not; NULL: there is none. */
static const char *difference(const struct kafc_group_topics *x, const struct kafc_group_topics *y)
{
    int32_t i = 0, k = 0;
    while (i < x->n && k < y->n) {
        int d = strcmp(x->v[i].p, y->v[k].p);
        if (d < 0)
            return x->v[i].p;
        k++;
        i += d == 0;
    }
    return i < x->n ? x->v[i].p : NULL;
}

static void adopt(struct kafc_group *g, struct kafc_group_topics *now)
{
    drop_topics(g, &g->topics);
    g->topics = *now;
    g->matched = true;
    g->fewer = false;
}

bool kafc__group_subscribed(const struct kafc_group *g, kafc_str topic)
{
    for (int32_t lo = 0, hi = g->topics.n; lo < hi;) {
        int32_t mid = lo + (hi - lo) / 2;
        const kafc_str *t = &g->topics.v[mid];
        int32_t n = topic.len < t->len ? topic.len : t->len;
        int d = n ? memcmp(topic.p, t->p, (size_t)n) : 0;
        d = d ? d : (topic.len > t->len) - (topic.len < t->len);
        if (d == 0)
            return true;
        if (d < 0)
            hi = mid;
        else
            lo = mid + 1;
    }
    return false;
}

/* --- Subscribing ------------------------------------------------------------------------------ */

void kafc__group_unwish(struct kafc_group *g)
{
    drop(g, &g->wish);
    drop_topics(g, &g->topics);
    g->wanted = false;
}

/* The new wish is whole. Expressions keep the topics that there are until all names have been seen. */
static bool replace(struct kafc_group *g, struct kafc_group_wish *w)
{
    struct kafc_group_topics now;
    bool patterns = w->npatterns > 0;
    if (!patterns && !gather(g, w, NULL, 0, &now))
        return false;
    if (patterns) {
        kafc__meta_want_all(g->core);
        w->wants_all = true;
    }
    drop(g, &g->wish);
    g->wish = *w;
    g->wanted = g->look = true;
    g->matched = false;
    if (!patterns)
        adopt(g, &now);
    return true;
}

kafc_err kafc__group_wish(struct kafc_group *g, const char *const *topics, int32_t n, bool *changed,
                          kafc_error *err)
{
    struct kafc_group_wish w = { 0 };
    kafc__arena_init(&w.arena, &g->cfg.mem, 0);
    kafc_err rc = fill(g, &w, topics, n, err);
    *changed = rc == KAFC_OK && !(g->wanted && same(&g->wish, &w));
    if (rc == KAFC_OK && *changed && !replace(g, &w))
        rc = KAFC_ERR_NO_MEMORY;
    if (rc != KAFC_OK || !*changed)
        drop(g, &w);
    return rc == KAFC_ERR_NO_MEMORY
               ? kafc__error(err, rc, "out of memory for a subscription to %d topics", (int)n)
               : rc;
}

/* --- All names ---------------------------------------------------------------------------------- */

/* What brokers before 0.10 do not call internal. */
static bool is_internal(const struct kafc_metadata_resp_topic *t, const char *name)
{
    return t->is_internal || strcmp(name, "__consumer_offsets") == 0 ||
           strcmp(name, "__transaction_state") == 0;
}

static bool is_there(const struct kafc_metadata_resp_topic *t)
{
    return (t->error_code == KAFC_OK || t->error_code == KAFC_ERR_LEADER_NOT_AVAILABLE) &&
           t->name.len > 0 && t->name.len <= NAME_MAX_BYTES &&
           !memchr(t->name.p, 0, (size_t)t->name.len);
}

static bool look_through(struct kafc_group *g, const struct kafc_metadata_resp *all,
                         struct kafc_group_topics *out)
{
    kafc_str *v = kafc__zalloc_array(&g->cfg.mem, (size_t)all->topics.n + 1, sizeof(*v));
    int32_t n = 0;
    for (int32_t i = 0; v && i < all->topics.n; i++) {
        const struct kafc_metadata_resp_topic *t = &all->topics.v[i];
        char name[NAME_MAX_BYTES + 1];
        if (!is_there(t))
            continue;
        memcpy(name, t->name.p, (size_t)t->name.len);
        name[t->name.len] = '\0';
        if (any_matches(&g->wish, name, is_internal(t, name)))
            v[n++] = t->name;
    }
    bool ok = v && gather(g, &g->wish, v, n, out);
    kafc__free(&g->cfg.mem, v);
    return ok;
}

/* That a topic is missing may be the mistake of one broker: it is believed the second time. */
void kafc__group_topics_all(struct kafc_group *g, const struct kafc_metadata_resp *all)
{
    struct kafc_group_topics now;
    if (g->wish.npatterns == 0)
        return;
    if (!look_through(g, all, &now)) {
        kafc__group_say(g, KAFC_LOG_WARN, "out of memory for the names of %d topics: again soon",
                        (int)all->topics.n);
        kafc__meta_stale_all(g->core);
        return;
    }
    const char *came = difference(&now, &g->topics), *went = difference(&g->topics, &now);
    if (g->matched && went && !g->fewer) {
        g->fewer = true;
        kafc__meta_stale_all(g->core);
        drop_topics(g, &now);
        return;
    }
    if (!g->matched && (came || went))
        kafc__group_ask_rejoin(g, kafc__core_now(g->core), "the subscription has changed");
    else if (came)
        kafc__group_ask_rejoin(g, kafc__core_now(g->core),
                               "topic %.90s is there, and matches the subscription", came);
    else if (went)
        kafc__group_ask_rejoin(g, kafc__core_now(g->core),
                               "topic %.90s, which matches the subscription, is gone", went);
    adopt(g, &now);
    kafc__group_soon(g);
}

/* --- Names that cannot be read -------------------------------------------------------------------- */

static const struct {
    kafc_err code;
    const char *before, *after;
} reasons[] = {
    { KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION, "there is no topic ", "; it is read when it appears" },
    { KAFC_ERR_TOPIC_AUTHORIZATION_FAILED, "topic ", " is denied to this client: it needs Read" },
    { KAFC_ERR_INVALID_TOPIC_EXCEPTION, "topic ", ": no broker takes such a name" },
};

static void judge(struct kafc_group *g, struct kafc_group_named *x)
{
    size_t i = 0;
    kafc_error why;
    struct kafc_group_partition p = { .topic = x->name, .partition = -1 };
    while (i < sizeof(reasons) / sizeof(reasons[0]) && reasons[i].code != x->t->error)
        i++;
    if (i == sizeof(reasons) / sizeof(reasons[0])) {
        if (x->t->npartitions > 0 && x->t->error == KAFC_OK) { /* else nothing is known of it */
            x->told = KAFC_OK;
            x->missing = 0;
        }
        return;
    }
    /* One broker may not have heard yet of a topic that has just been made. */
    x->missing += x->t->error == KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION && x->missing < SURE;
    if (x->told == x->t->error ||
        (x->t->error == KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION && x->missing < SURE))
        return;
    x->told = x->t->error;
    (void)kafc__error(&why, x->told, "group %.200s: %s%.249s%s", g->name, reasons[i].before,
                      x->name, reasons[i].after);
    why.api = KAFC_API_METADATA;
    kafc__log(&kafc__core_config(g->core)->log, KAFC_LOG_INFO, "%s", why.message);
    kafc__group_tell(g, KAFC_GROUP_TOPIC, &p, 1, &why);
}

void kafc__group_topics_news(struct kafc_group *g, const struct kafc_meta_topic *t)
{
    const struct kafc_group_wish *w = &g->wish;
    if (w->npatterns > 0 && t->error == KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION &&
        kafc__group_subscribed(g, kafc__str(t->name)))
        kafc__meta_stale_all(g->core);
    for (int32_t lo = 0, hi = w->nnames; lo < hi;) {
        int32_t mid = lo + (hi - lo) / 2;
        int d = strcmp(t->name, w->name[mid].name);
        if (d == 0) {
            judge(g, &w->name[mid]);
            return;
        }
        if (d < 0)
            hi = mid;
        else
            lo = mid + 1;
    }
}

void kafc__group_topics_work(struct kafc_group *g)
{
    bool look = g->look;
    g->look = false;
    for (int32_t i = 0; look && i < g->wish.nnames; i++)
        if (g->wish.name[i].t->fresh)
            judge(g, &g->wish.name[i]);
}
