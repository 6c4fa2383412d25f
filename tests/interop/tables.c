/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Our tables against Apache Kafka's definitions:
 *
 *   tables RELEASE=FOLDER...              FOLDER holds the definitions of the release
 *   tables --self-test RELEASE=FOLDER...  each row wrong in each way: is it seen?
 *
 * The tables are the union of OURS, so versions are compared one by one: what is on the wire, in which order, of
 * which type. Any difference to one of OURS that is not in `known` fails. Of other releases it is told what they have
 * that we lack, without failing. tests/interop/tables fetches the definitions. One thread.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/registry.h"
#include "tests/interop/definitions.h"

static const char *const OURS[] = { "3.9.2", "4.3.1" };
enum { NOURS = sizeof(OURS) / sizeof(*OURS), MESSAGES_MAX = 400, DEPTH_MAX = 8, VERSIONS = 32 };

/* What a release has otherwise, rightly. */
enum how {
    ABSENT,    /* it does not have the field */
    CALLED,    /* it calls it `theirs` */
    DROPPABLE, /* it says otherwise whether a version without the field may drop its value silently */
    ELSEWHERE, /* the message is not among the definitions */
};
static const struct known {
    const char *release;
    enum how how;
    const char *where, *theirs;
} known[] = {
    /* Tagged fields that came without a new version. */
    { "3.9.2", ABSENT, "OffsetCommitValue.topicId", NULL },
    { "3.9.2", ABSENT, "TransactionLogValue.PreviousProducerId", NULL },
    { "3.9.2", ABSENT, "TransactionLogValue.NextProducerId", NULL },
    { "3.9.2", ABSENT, "TransactionLogValue.NextProducerEpoch", NULL },
    { "3.9.2", ABSENT, "TransactionLogValue.ClientTransactionVersion", NULL },
    { "3.9.2", ABSENT, "ConsumerGroupMetadataValue.MetadataHash", NULL },
    { "3.9.2", ABSENT, "ConsumerGroupTargetAssignmentMetadataValue.AssignmentTimestamp", NULL },
    { "3.9.2", ABSENT,
      "ConsumerGroupCurrentMemberAssignmentValue.AssignedPartitions.AssignmentEpochs", NULL },
    { "3.9.2", ABSENT,
      "ConsumerGroupCurrentMemberAssignmentValue.PartitionsPendingRevocation.AssignmentEpochs",
      NULL },
    /* Never final in 3.9, and another message in 4.1. */
    { "3.9.2", ABSENT, "ReadShareGroupStateSummaryResponse.Results.Partitions.LeaderEpoch", NULL },
    { "3.9.2", ABSENT, "ShareGroupMetadataValue.MetadataHash", NULL },
    /* Renamed, with the same bytes. */
    { "3.9.2", CALLED, "ListConfigResourcesRequest", "ListClientMetricsResourcesRequest" },
    { "3.9.2", CALLED, "ListConfigResourcesResponse", "ListClientMetricsResourcesResponse" },
    { "3.9.2", CALLED, "ListConfigResourcesResponse.ConfigResources", "ClientMetricsResources" },
    { "3.9.2", CALLED, "ListConfigResourcesResponse.ConfigResources.ResourceName", "Name" },
    { "3.9.2", CALLED, "VoteRequest.Topics.Partitions.ReplicaEpoch", "CandidateEpoch" },
    { "3.9.2", CALLED, "VoteRequest.Topics.Partitions.ReplicaId", "CandidateId" },
    { "3.9.2", CALLED, "VoteRequest.Topics.Partitions.ReplicaDirectoryId", "CandidateDirectoryId" },
    /* Names gave way to ids, and fields to others, in versions that 3.9 does not have. */
    { "3.9.2", DROPPABLE, "ProduceRequest.TopicData.Name", NULL },
    { "3.9.2", DROPPABLE, "ProduceResponse.Responses.Name", NULL },
    { "3.9.2", DROPPABLE, "OffsetCommitRequest.Topics.Name", NULL },
    { "3.9.2", DROPPABLE, "OffsetCommitResponse.Topics.Name", NULL },
    { "3.9.2", DROPPABLE, "OffsetFetchRequest.Groups.Topics.Name", NULL },
    { "3.9.2", DROPPABLE, "OffsetFetchResponse.Groups.Topics.Name", NULL },
    { "3.9.2", DROPPABLE, "UpdateFeaturesResponse.Results", NULL },
    /* Of every version, so that the word has no effect; 4 took it out. */
    { "3.9.2", DROPPABLE, "ShareFetchRequest.MaxBytes", NULL },
    { "3.9.2", DROPPABLE, "ShareFetchRequest.Topics.TopicId", NULL },
    { "3.9.2", DROPPABLE, "ShareFetchRequest.ForgottenTopicsData.TopicId", NULL },
    { "3.9.2", DROPPABLE, "ShareFetchResponse.ThrottleTimeMs", NULL },
    { "3.9.2", DROPPABLE, "ShareFetchResponse.ErrorCode", NULL },
    { "3.9.2", DROPPABLE, "ShareFetchResponse.Responses.TopicId", NULL },
    { "3.9.2", DROPPABLE, "ShareAcknowledgeResponse.ThrottleTimeMs", NULL },
    { "3.9.2", DROPPABLE, "ShareAcknowledgeResponse.ErrorCode", NULL },
    { "3.9.2", DROPPABLE, "ShareAcknowledgeResponse.Responses.TopicId", NULL },
    /* Header 0 went with ControlledShutdown 0. */
    { "3.9.2", DROPPABLE, "RequestHeader.ClientId", NULL },
    /* Made by hand in Java. */
    { "", ELSEWHERE, "StickyAssignorUserData", NULL },
    { "", ELSEWHERE, "CooperativeStickyAssignorUserData", NULL },
};

struct check {
    const char *release;
    FILE *out;  /* NULL: only count */
    int faults; /* differences */
    const struct kafc_schema *message;
    int version;
    const char *path[DEPTH_MAX];
    int depth;
    bool used[sizeof(known) / sizeof(*known)];
};

static void fault(struct check *c, const char *fmt, ...) KAFC_PRINTF(2, 3);

static void fault(struct check *c, const char *fmt, ...)
{
    va_list ap;
    c->faults++;
    if (!c->out)
        return;
    (void)fprintf(c->out, "%s%s%s", c->release, *c->release ? " " : "", c->message->name);
    if (c->version >= 0)
        (void)fprintf(c->out, " %d", c->version);
    (void)fputs(": ", c->out);
    for (int i = 0; i < c->depth; i++)
        (void)fprintf(c->out, "%s%s", c->path[i], i + 1 < c->depth ? "." : ": ");
    va_start(ap, fmt);
    (void)vfprintf(c->out, fmt, ap);
    va_end(ap);
    (void)fputc('\n', c->out);
}

/* "OffsetCommitValue.topicId": message and path. */
static const struct known *known_of(struct check *c, enum how how, const char *field)
{
    char where[256];
    int n = snprintf(where, sizeof(where), "%s", c->message->name);
    for (int i = 0; i < c->depth; i++)
        n += snprintf(where + n, sizeof(where) - (size_t)n, ".%s", c->path[i]);
    if (field)
        (void)snprintf(where + n, sizeof(where) - (size_t)n, ".%s", field);
    for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
        if (known[i].how == how && !strcmp(known[i].release, c->release) &&
            !strcmp(known[i].where, where)) {
            c->used[i] = true;
            return &known[i];
        }
    return NULL;
}

/* ---- one field ---- */

static bool in(struct range r, int v)
{
    return v >= r.lo && v < r.hi;
}

static bool same_name(struct check *c, const struct definition_field *d, const struct kafc_field *f)
{
    if (!strcmp(d->name, f->name))
        return true;
    const struct known *k = known_of(c, CALLED, f->name);
    return k && !strcmp(k->theirs, d->name);
}

/* A struct that may be null is a kind of its own with us. */
static bool same_kind(const struct definition_field *d, const struct kafc_field *f)
{
    const int one = d->kind == KAFC_STRUCT && d->null.hi ? KAFC_PTR : (int)d->kind;
    return d->array ? f->kind == KAFC_ARR && f->elem == d->kind : f->kind == one;
}

static bool same_default(const struct definition_field *d, const struct kafc_field *f)
{
    return d->null_default == f->null_default && d->dflt == f->dflt;
}

/* A version by Kafka's count and by ours: they differ for a log's keys. */
struct version {
    int theirs, ours;
};

static void same_field(struct check *c, const struct definition_field *d,
                       const struct kafc_field *f, struct version v)
{
    if (!same_kind(d, f))
        fault(c, "is %s%s", d->array ? "[]" : "", d->type);
    else if (in(d->null, v.theirs) != kafc__in(f->null, v.ours))
        fault(c, in(d->null, v.theirs) ? "may be null" : "may not be null");
    else if (in(d->tagged, v.theirs) != kafc__in(f->tagged, v.ours))
        fault(c, in(d->tagged, v.theirs) ? "is tagged" : "is not tagged");
    else if (in(d->tagged, v.theirs) && d->tag != f->tag)
        fault(c, "has tag %d", d->tag);
    else if (!same_default(d, f))
        fault(c, "has default %s%lld", d->null_default ? "null " : "", (long long)d->dflt);
    else if (d->ignorable != f->ignorable && !known_of(c, DROPPABLE, NULL))
        fault(c, d->ignorable ? "is ignorable" : "is not ignorable");
    else if (d->plain != f->plain)
        fault(c, d->plain ? "is never compact" : "is compact");
    else if (f->sub && strcmp(d->type, f->sub->name) != 0 && !known_of(c, CALLED, NULL))
        fault(c, "is a %s, not a %s", d->type, f->sub->name);
}

/* ---- one struct at one version ---- */

static const struct kafc_field *next_ours(const struct kafc_schema *s, int *i, int v)
{
    while (*i < s->nfields)
        if (kafc__in(s->field[(*i)++].on, v))
            return &s->field[*i - 1];
    return NULL;
}

static const struct definition_field *next_theirs(const struct definition_field *d, size_t n,
                                                  size_t *i, int v)
{
    while (*i < n)
        if (in(d[(*i)++].on, v))
            return &d[*i - 1];
    return NULL;
}

static void same_struct(struct check *c, const struct definition_field *d, size_t n,
                        const struct kafc_schema *s, struct version v)
{
    int i = 0;
    size_t k = 0;
    for (const int before = c->faults; c->faults == before;) {
        const struct kafc_field *f = next_ours(s, &i, v.ours);
        const struct definition_field *t = next_theirs(d, n, &k, v.theirs);
        while (f && (!t || !same_name(c, t, f)) && known_of(c, ABSENT, f->name))
            f = next_ours(s, &i, v.ours);
        if (!f && !t)
            return;
        if (!f || !t || !same_name(c, t, f)) {
            fault(c, "the next field is %s, with us %s", t ? t->name : "none",
                  f ? f->name : "none");
            return;
        }
        c->path[c->depth++] = f->name;
        same_field(c, t, f, v);
        if (f->sub && c->faults == before)
            same_struct(c, t->sub, t->nsub, f->sub, v);
        c->depth--;
    }
}

/* ---- one message ---- */

static bool is_api(const struct definition *d)
{
    return !strcmp(d->type, "request") || !strcmp(d->type, "response");
}

static void same_heading(struct check *c, const struct definition *d, const struct kafc_schema *s)
{
    const int key = is_api(d) ? d->key : -1;
    c->version = -1;
    if (key != s->key)
        fault(c, "has API key %d", d->key);
    if (!strcmp(d->type, "coordinator-key") && d->key != s->alias)
        fault(c, "is record type %d", d->key);
}

/* Before 4.0 a log's keys were numbered by record type. */
static int our_version(const struct kafc_schema *s, int v)
{
    return s->alias && v == s->alias ? 0 : v;
}

/* The first difference of the message; seen: which of our versions were compared. */
static void same_message(struct check *c, const struct definition *d, const struct kafc_schema *s,
                         uint32_t *seen)
{
    const int before = c->faults;
    c->message = s;
    c->depth = 0;
    same_heading(c, d, s);
    for (int v = d->valid.lo; v < d->valid.hi; v++)
        *seen |= 1u << our_version(s, v) % VERSIONS;
    for (int v = d->valid.lo; v < d->valid.hi && c->faults == before; v++) {
        const int ours = our_version(s, v);
        c->version = v;
        if (ours < s->min || ours > s->max)
            fault(c, "we do not know the version");
        else if ((v >= d->flex) != (ours >= s->flex))
            fault(c, v >= d->flex ? "is flexible" : "is not flexible");
        else
            same_struct(c, d->field, d->n, s, (struct version){ v, ours });
    }
}

/* ---- all messages ---- */

enum { RELEASES_MAX = 16 };

struct release {
    const char *name;
    struct definitions all;
};

struct entry {
    const struct kafc_schema *s;
    const struct kafc_api *api; /* NULL: no API's */
    const struct definition *theirs[RELEASES_MAX];
    uint32_t seen;  /* versions that a release has */
    uint32_t final; /* of an API: those that are final in one */
    bool known;     /* a release has it, be it without versions */
};
static struct entry entries[MESSAGES_MAX];
static size_t nentries;

static void add_entry(const struct kafc_schema *s, const struct kafc_api *api)
{
    if (nentries == MESSAGES_MAX)
        abort();
    entries[nentries++] = (struct entry){ .s = s, .api = api };
}

static void add_entries(void)
{
    size_t n;
    const struct kafc_api *const *api = kafc__apis(&n);
    for (size_t i = 0; i < n; i++) {
        add_entry(api[i]->req, api[i]);
        add_entry(api[i]->resp, api[i]);
    }
    const struct kafc_schema *const *data = kafc__data_schemas(&n);
    for (size_t i = 0; i < n; i++)
        add_entry(data[i], NULL);
}

static struct entry *entry_of(struct check *c, const char *name)
{
    for (size_t i = 0; i < nentries; i++) {
        c->message = entries[i].s;
        c->depth = 0;
        const struct known *k = known_of(c, CALLED, NULL);
        if (!strcmp(k ? k->theirs : entries[i].s->name, name))
            return &entries[i];
    }
    return NULL;
}

/* Whoever is served by controllers alone cannot be reached by a client, and the other way round. */
static void same_api(struct check *c, const struct definition *d, struct entry *e)
{
    c->version = -1;
    for (int v = d->valid.lo; v < d->valid.hi; v++)
        if (!d->unstable || v + 1 < d->valid.hi)
            e->final |= 1u << v;
    if (d->on_broker && e->api->route == KAFC_TO_QUORUM)
        fault(c, "brokers answer it");
    else if (d->on_controller && !d->on_broker && !d->on_zookeeper &&
             e->api->route != KAFC_TO_QUORUM)
        fault(c, "only controllers answer it");
}

/* What a release has in versions that we do not know: the fields that are new to us. */
static void tell_new(struct check *c, const struct definition_field *d, size_t n,
                     const struct kafc_schema *s)
{
    for (size_t k = 0; k < n && c->out; k++) {
        const struct kafc_field *f = s->field, *end = f + s->nfields;
        while (f < end && !same_name(c, &d[k], f))
            f++;
        if (f == end)
            (void)fprintf(c->out, "%s %s: %s (%d+) is new to us\n", c->release, c->message->name,
                          d[k].name, d[k].on.lo);
        else if (f->sub)
            tell_new(c, d[k].sub, d[k].nsub, f->sub);
    }
}

static bool is_ours(const char *release)
{
    for (size_t i = 0; i < NOURS; i++)
        if (!strcmp(OURS[i], release))
            return true;
    return false;
}

static void check_release(struct check *c, const struct definitions *all, int index)
{
    for (size_t i = 0; i < all->n; i++) {
        const struct definition *d = &all->v[i];
        struct entry *e = entry_of(c, d->name);
        if (!e) {
            c->faults++;
            if (c->out)
                (void)fprintf(c->out, "%s %s %d-%d: we do not have it\n", c->release, d->name,
                              d->valid.lo, d->valid.hi - 1);
            continue;
        }
        uint32_t *seen = is_ours(c->release) ? &e->seen : &(uint32_t){ 0 };
        same_message(c, d, e->s, seen);
        e->theirs[index] = d;
        e->known |= is_ours(c->release);
        if (e->api && is_ours(c->release) && !strcmp(d->type, "request"))
            same_api(c, d, e);
        if (!is_ours(c->release))
            tell_new(c, d->field, d->n, e->s);
    }
}

/* ---- both releases together ---- */

static void check_entry(struct check *c, const struct entry *e)
{
    c->message = e->s;
    c->depth = 0;
    if (known_of(c, ELSEWHERE, NULL))
        return;
    for (c->version = e->s->min; c->version <= e->s->max; c->version++) {
        const uint32_t bit = 1u << c->version;
        const bool picked = e->api && c->version >= e->api->pick_min &&
                            c->version <= e->api->pick_max;
        if (!(e->seen & bit))
            fault(c, "no release has it");
        else if (picked && e->final && !(e->final & bit))
            fault(c, "is negotiated though it is not final");
    }
}

/* Each of our versions is in one of the releases, and no exception has outlived its reason. */
static void check_union(struct check *c)
{
    c->release = "";
    for (size_t i = 0; i < nentries; i++)
        check_entry(c, &entries[i]);
    for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
        if (!c->used[i]) {
            c->faults++;
            (void)fprintf(c->out, "%s %s: an exception that is not needed\n", known[i].release,
                          known[i].where);
        }
}

/* ---- the test of the test ---- */

static void *must(void *p)
{
    if (!p)
        abort();
    return p;
}

/* A table of one's own, to be spoilt. */
static struct kafc_schema *copy(const struct kafc_schema *s)
{
    struct kafc_schema *mine = must(malloc(sizeof(*mine)));
    struct kafc_field *f = must(malloc((s->nfields + 1u) * sizeof(*f)));
    *mine = *s;
    mine->field = f;
    for (int i = 0; i < s->nfields; i++) {
        f[i] = s->field[i];
        f[i].sub = f[i].sub ? copy(f[i].sub) : NULL;
    }
    return mine;
}

static void flip(struct kafc_range *r, struct kafc_range on)
{
    *r = r->hi ? (struct kafc_range){ 0, 0 } : on;
}

/* Spoils the row in one of its ways; last: the message's last version. */
enum { WAYS = 14 };
static const char *const WAY[WAYS] = {
    "name",
    "type",
    "element type",
    "first version late",
    "first version early",
    "last version",
    "null from",
    "null",
    "tag",
    "tagged",
    "default",
    "null by default",
    "ignorable",
    "plain",
};

static void spoil(struct kafc_field *f, int way, int last)
{
    switch (way) {
    case 0: f->name = "Other"; break;
    case 1:
        f->kind = f->kind == KAFC_ARR ? f->elem : f->kind == KAFC_I32 ? KAFC_I64 : KAFC_I32;
        break;
    case 2: f->elem = f->elem == KAFC_I32 ? KAFC_I64 : KAFC_I32; break;
    case 3: f->on.lo++; break;
    case 4: f->on.lo--; break;
    case 5: f->on.hi = (int8_t)(f->on.hi > last ? last : f->on.hi + 1); break;
    case 6: f->null.lo++; break;
    case 7: flip(&f->null, f->on); break;
    case 8: f->tag++; break;
    case 9: flip(&f->tagged, f->on); break;
    case 10: f->dflt ^= 1; break;
    case 11: f->null_default = !f->null_default; break;
    case 12: f->ignorable = !f->ignorable; break;
    default: f->plain = !f->plain; break;
    }
}

static struct kafc_range both(struct kafc_range a, struct kafc_range b)
{
    struct kafc_range r = { a.lo > b.lo ? a.lo : b.lo, a.hi < b.hi ? a.hi : b.hi };
    return r.lo < r.hi ? r : (struct kafc_range){ 0, 0 };
}

static bool same_range(struct kafc_range a, struct kafc_range b)
{
    return a.lo == b.lo && a.hi == b.hi;
}

/* Whether it makes a difference on the wire or to a caller; live: the versions that the struct is part of. */
static bool matters(const struct kafc_field *was, const struct kafc_field *is, int way,
                    struct kafc_range live)
{
    const struct kafc_range on = both(live, was->on);
    switch (way) {
    case 2: return on.hi && was->kind == KAFC_ARR;
    case 3:
    case 4:
    case 5: return !same_range(on, both(live, is->on));
    case 6: return !same_range(both(on, was->null), both(on, is->null));
    case 8: return on.hi && was->tagged.hi;
    case 10: return on.hi && was->kind <= KAFC_F64;
    default: return on.hi;
    }
}

struct spoiling {
    const struct release *release;
    int nreleases;
    const struct entry *e;
    const struct kafc_schema *mine; /* the whole message */
    int tried, missed;
};

static int faults_of(const struct spoiling *t)
{
    struct check c = { 0 };
    for (int i = 0; i < t->nreleases; i++) {
        const struct definition *d = t->e->theirs[i];
        c.release = t->release[i].name;
        if (d && is_ours(c.release))
            same_message(&c, d, t->mine, &(uint32_t){ 0 });
    }
    return c.faults;
}

static void try_it(struct spoiling *t, const struct kafc_schema *s, const char *field,
                   const char *what)
{
    t->tried++;
    if (faults_of(t))
        return;
    t->missed++;
    printf("not seen: %s: %s.%s: %s\n", t->mine->name, s->name, field, what);
}

static void spoil_rows(struct spoiling *t, const struct kafc_schema *s, struct kafc_range live)
{
    struct kafc_field *row = (struct kafc_field *)(uintptr_t)s->field;
    for (int i = 0; i < s->nfields; i++) {
        const struct kafc_field was = row[i];
        for (int way = 0; way < WAYS; way++) {
            spoil(&row[i], way, t->mine->max);
            if (matters(&was, &row[i], way, live))
                try_it(t, s, was.name, WAY[way]);
            row[i] = was;
        }
        const struct kafc_range on = both(live, was.on);
        if (i > 0 && both(on, row[i - 1].on).hi) {
            row[i] = row[i - 1];
            row[i - 1] = was;
            try_it(t, s, was.name, "in front of its neighbour");
            row[i - 1] = row[i];
            row[i] = was;
        }
        if (was.sub)
            spoil_rows(t, was.sub, on);
    }
}

static void spoil_heading(struct spoiling *t, struct kafc_schema *s)
{
    const struct kafc_schema was = *s;
    s->key++;
    try_it(t, s, "", "key");
    *s = was;
    s->min++;
    try_it(t, s, "", "first version");
    *s = was;
    s->max--;
    try_it(t, s, "", "last version");
    *s = was;
    s->flex = s->flex <= s->max ? (int8_t)(s->flex + 1) : s->max;
    try_it(t, s, "", "first flexible version");
    *s = was;
}

/* Every row of every table wrong in every way that matters: each must be seen. */
static bool self_test(const struct release *release, int n)
{
    struct spoiling t = { .release = release, .nreleases = n };
    for (size_t i = 0; i < nentries; i++) {
        t.e = &entries[i];
        if (!t.e->known)
            continue;
        struct kafc_schema *mine = copy(t.e->s);
        t.mine = mine;
        if (faults_of(&t)) {
            printf("%s: the copy differs\n", mine->name);
            return false;
        }
        spoil_heading(&t, mine);
        spoil_rows(&t, mine, (struct kafc_range){ mine->min, (int8_t)(mine->max + 1) });
    }
    printf("%d errors tried, %d not seen\n", t.tried, t.missed);
    return t.tried && !t.missed;
}

/* ---- the program ---- */

static bool report(struct check *c, const struct definitions *all, int before)
{
    const bool ok = c->faults == before || !is_ours(c->release);
    printf("%-5s %-6s %-12s %zu definitions", ok ? "ok" : "FAIL", c->release, "tables", all->n);
    if (c->faults != before)
        printf(", %d that differ", c->faults - before);
    puts("");
    return ok;
}

int main(int argc, char **argv)
{
    struct release release[RELEASES_MAX];
    int n = 0, ours = 0;
    const bool spoil_all = argc > 1 && !strcmp(argv[1], "--self-test");
    for (int i = spoil_all ? 2 : 1; i < argc && n < RELEASES_MAX; i++) {
        char *eq = strchr(argv[i], '=');
        if (!eq)
            break;
        *eq = '\0';
        release[n++] = (struct release){ argv[i], definitions_read(eq + 1) };
        ours += is_ours(argv[i]);
    }
    if (!n) {
        (void)fputs("usage: tables [--self-test] RELEASE=FOLDER...\n", stderr);
        return 2;
    }
    bool ok = true;
    struct check c = { .out = stdout };
    add_entries();
    for (int i = 0; i < n; i++) {
        const int before = c.faults;
        c.release = release[i].name;
        check_release(&c, &release[i].all, i);
        ok &= report(&c, &release[i].all, before);
    }
    if (ours == NOURS) {
        const int before = c.faults;
        check_union(&c);
        ok &= c.faults == before;
    }
    if (spoil_all)
        ok &= self_test(release, n);
    return ok ? 0 : 1;
}
