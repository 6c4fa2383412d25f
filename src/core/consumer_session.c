/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Fetch sessions (KIP-227): what the node has been told, so that a request
 * names only what changed, and an idle reader of a thousand partitions asks in
 * a few bytes. Driver's thread, the consumer's lock held.
 */
#include "core/consumer_internal.h"

/* A partition as the node knows it. */
struct kafc_session_member {
    struct kafc_list node;
    struct kafc_consumer_partition *p; /* NULL: it is read elsewhere by now, or not at all */
    struct kafc_name *topic;
    kafc_uuid topic_id;
    int32_t id;
    struct kafc_fetcher *f;
    struct kafc_fetch_req_partition told;
    bool named; /* by the request that is being made */
};

void kafc__session_init(struct kafc_session *s)
{
    *s = (struct kafc_session){ 0 };
    kafc__list_init(&s->members);
    kafc__list_init(&s->forgotten);
}

static void member_free(struct kafc_session_member *m)
{
    kafc_allocator mem = m->f->c->cfg.mem;

    if (m->p)
        m->p->member = NULL;
    kafc__list_del(&m->node);
    kafc__name_unref(m->topic);
    kafc__free(&mem, m);
}

static void free_all(struct kafc_list *members)
{
    struct kafc_session_member *m;

    while ((m = KAFC_LIST_FIRST(members, struct kafc_session_member, node)) != NULL)
        member_free(m);
}

void kafc__session_fini(struct kafc_session *s)
{
    free_all(&s->members);
    free_all(&s->forgotten);
    s->nmembers = 0;
}

void kafc__session_leave(struct kafc_consumer_partition *p)
{
    if (!p->member)
        return;
    p->member->f->session.reset = true;
    p->member->p = NULL;
    p->member = NULL;
}

void kafc__session_check(struct kafc_consumer_partition *p, int32_t node)
{
    struct kafc_session_member *m = p->member;

    if (m && (m->f->node_id != node || memcmp(&m->topic_id, &p->meta->id, sizeof m->topic_id) != 0))
        kafc__session_leave(p);
}

bool kafc__session_begin(struct kafc_fetcher *f, bool by_id)
{
    struct kafc_session *s = &f->session;
    struct kafc_session_member *m;

    if (f->purpose != KAFC_FOR_FETCH || s->refused) {
        f->msg.session_epoch = -1; /* none */
        return true;
    }
    if (s->reset || s->by_id != by_id) /* names and ids do not mix */
        s->epoch = 0;
    s->reset = false;
    s->by_id = by_id;
    free_all(&s->forgotten);
    if (s->epoch == 0)
        kafc__session_fini(s);
    f->msg.session_id = s->id;
    f->msg.session_epoch = s->epoch;
    f->msg.forgotten_topics_data.v = kafc__arena_array(&f->arena, s->nmembers,
                                                       sizeof *f->msg.forgotten_topics_data.v);
    for (m = KAFC_LIST_FIRST(&s->members, struct kafc_session_member, node); m;
         m = KAFC_LIST_NEXT(&s->members, m, struct kafc_session_member, node))
        m->named = false;
    return !f->arena.failed;
}

static struct kafc_session_member *member_new(struct kafc_fetcher *f,
                                              struct kafc_consumer_partition *p)
{
    struct kafc_session_member *m = kafc__zalloc(&f->c->cfg.mem, sizeof *m);

    if (!m)
        return NULL;
    m->f = f;
    m->p = p;
    m->topic = kafc__name_ref(p->topic);
    m->topic_id = p->meta->id;
    m->id = p->id;
    m->told.fetch_offset = -1; /* nothing yet */
    f->session.nmembers++;
    kafc__list_push(&f->session.members, &m->node);
    return m;
}

enum kafc_session_word kafc__session_add(struct kafc_fetcher *f, struct kafc_consumer_partition *p,
                                         const struct kafc_fetch_req_partition *rp)
{
    struct kafc_session_member *m = p->member;
    bool known;

    if (f->msg.session_epoch < 0)
        return KAFC_SESSION_NEWS;
    if (!m)
        m = p->member = member_new(f, p);
    if (!m)
        return KAFC_SESSION_NO_MEMORY;
    m->named = true;
    known = m->told.fetch_offset == rp->fetch_offset &&
            m->told.last_fetched_epoch == rp->last_fetched_epoch &&
            m->told.current_leader_epoch == rp->current_leader_epoch &&
            m->told.partition_max_bytes == rp->partition_max_bytes;
    m->told = *rp;
    return known ? KAFC_SESSION_KNOWN : KAFC_SESSION_NEWS;
}

/* What the node was told and the request does not name it shall not answer. */
void kafc__session_forget(struct kafc_fetcher *f)
{
    struct kafc_session *s = &f->session;
    struct kafc_session_member *m = KAFC_LIST_FIRST(&s->members, struct kafc_session_member, node),
                               *next;

    for (; m && f->msg.session_epoch >= 0; m = next) {
        struct kafc_fetch_req_forgotten *t =
            &f->msg.forgotten_topics_data.v[f->msg.forgotten_topics_data.n];

        next = KAFC_LIST_NEXT(&s->members, m, struct kafc_session_member, node);
        if (m->named)
            continue;
        f->forgotten[f->msg.forgotten_topics_data.n] = m->id;
        kafc__msg_defaults(&kafc_fetch_req_forgotten_schema, t);
        t->topic_id = m->topic_id;
        t->partitions.v = &f->forgotten[f->msg.forgotten_topics_data.n++];
        t->partitions.n = 1;
        t->topic = kafc__str(m->topic->s);
        if (m->p)
            m->p->member = NULL;
        m->p = NULL;
        s->nmembers--;
        kafc__list_del(&m->node);
        kafc__list_push(&s->forgotten, &m->node);
    }
}

void kafc__session_answered(struct kafc_fetcher *f, kafc_err code, int32_t id)
{
    struct kafc_session *s = &f->session;

    if (code != KAFC_OK)
        s->refused = false; /* it may be another node by now */
    if (f->msg.session_epoch < 0)
        return;
    if (code != KAFC_OK || (s->epoch > 0 && id != s->id)) {
        s->epoch = 0; /* anew, and what the node may still have under the id is given up */
        if (code == KAFC_ERR_FETCH_SESSION_ID_NOT_FOUND || code == KAFC_OK)
            s->id = 0;
    } else if (s->epoch == 0) {
        s->id = id;
        s->epoch = id != 0;
        s->refused = id == 0;
    } else {
        s->epoch = s->epoch == INT32_MAX ? 1 : s->epoch + 1;
    }
}
