/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The wait for partitions that are new: until one broker knows their leaders,
 * and then until all do, so that it does not matter who is asked next.
 */
#include <string.h>

#include "base/arena.h"
#include "client/topics.h"

enum { PATIENCE_MS = 1000 }; /* with one broker: who is not there is not waited for */

bool kafc__awaited_init(struct kafc_awaited *w, int32_t room, struct kafc_arena *a)
{
    w->n = 0;
    w->grown = false;
    w->arena = a;
    w->name = kafc__arena_array(a, (size_t)room, sizeof(*w->name));
    w->partitions = kafc__arena_array(a, (size_t)room, sizeof(*w->partitions));
    w->id = kafc__arena_array(a, (size_t)room, sizeof(*w->id));
    return w->name && w->partitions && w->id;
}

/* A topic that was deleted and made again: the broker has heard of neither. */
static bool is_older(const kafc_uuid *told, const kafc_uuid *made)
{
    static const kafc_uuid none;
    return memcmp(told, &none, sizeof(none)) != 0 && memcmp(made, &none, sizeof(none)) != 0 &&
           memcmp(told, made, sizeof(none)) != 0;
}

static bool ready(const kafc_topic *t, const struct kafc_awaited *w, int32_t k)
{
    if (t->err == KAFC_ERR_TOPIC_AUTHORIZATION_FAILED)
        return true;
    bool all = t->err == KAFC_OK && t->npartitions > 0 && t->npartitions >= w->partitions[k] &&
               !is_older(&t->id, &w->id[k]);
    for (int32_t i = w->grown ? t->npartitions - 1 : 0; all && i < t->npartitions; i++)
        all = t->partitions[i].leader >= 0;
    return all;
}

/* The first one that is not ready; NULL: all are. */
static const char *laggard(const kafc_metadata *m, const struct kafc_awaited *w)
{
    for (int32_t i = 0; i < w->n; i++) {
        const kafc_topic *t = kafc__topic_find(m->topics, m->ntopics, w->name[i]);
        if (!t || !ready(t, w, i))
            return w->name[i];
    }
    return NULL;
}

struct wait {
    kafc_client *c;
    const struct kafc_awaited *w;
    int64_t deadline;
    unsigned interrupts;
    kafc_metadata *first; /* of the broker that was asked first: it names the others */
    kafc_metadata **all;  /* by those */
};

/* *late: the first topic that is not ready. */
static kafc_err ask_any(struct wait *k, const char **late, kafc_error *err)
{
    struct kafc_asker by = kafc__asker_of(k->c);
    kafc_metadata_free(k->first);
    kafc_err rc = kafc__query_metadata(&by, k->w->name, k->w->n, 0, k->deadline, &k->first, err);
    if (rc == KAFC_OK)
        *late = laggard(k->first, k->w);
    return rc;
}

static kafc_err ask_all(struct wait *k, const char **late, kafc_error *err)
{
    int32_t n = k->first->nbrokers;
    int64_t patience = kafc__deadline_in(PATIENCE_MS);
    *late = NULL;
    if (!k->all)
        k->all = kafc__arena_array(k->w->arena, (size_t)n, sizeof(*k->all));
    if (!k->all)
        return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for the brokers");
    kafc_err rc = kafc__query_metadata_of(k->c, k->first->brokers, n, k->w->name, k->w->n,
                                          patience < k->deadline ? patience : k->deadline,
                                          k->interrupts, k->all, err);
    for (int32_t i = 0; i < n; i++) {
        if (k->all[i] && !*late)
            *late = laggard(k->all[i], k->w);
        kafc_metadata_free(k->all[i]);
    }
    return rc == KAFC_ERR_TIMED_OUT ? KAFC_OK : rc; /* those that answered have */
}

kafc_err kafc__topics_await(kafc_client *c, const struct kafc_awaited *w, const char *done,
                            int64_t deadline, kafc_error *err)
{
    struct wait k = { .c = c, .w = w, .deadline = deadline, .interrupts = atomic_load(&c->interrupts) };
    const char *late = w->n > 0 ? w->name[0] : NULL;
    kafc_err rc = KAFC_OK;
    kafc_error why;
    bool one = false; /* knows them all */
    for (int n = 0; rc == KAFC_OK && late; n++) {
        kafc_err stop;
        const char *named = late;
        rc = one ? ask_all(&k, &late, &why) : ask_any(&k, &late, &why);
        if (rc == KAFC_OK && !late && !one && k.first->nbrokers > 1) {
            one = true;
            late = named; /* as far as the others know */
            continue;
        }
        /* Milliseconds, as for a node that is not known yet. */
        if (rc == KAFC_OK && late &&
            !kafc__ask_pause(c, n, KAFC_ERR_BROKER_NOT_AVAILABLE, deadline, k.interrupts, &stop))
            rc = kafc__error(&why, stop, "%s", kafc_err_text(stop));
    }
    kafc_metadata_free(k.first);
    return rc == KAFC_OK ? rc
                         : kafc__error(err, rc, "topic '%.249s' was %s, but not all leaders are known: %.200s",
                                       late ? late : w->name[0], done, why.message);
}
