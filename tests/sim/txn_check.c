/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What must hold of transactions at the end of a simulation. The logs are read
 * with their markers, apart from the library's own reader, and that one must
 * have seen the same.
 */
#include <stdlib.h>

#include "mock/records.h"
#include "mock/state.h"
#include "tests/sim/txn.h"

static void batch_at(const struct kafc_mlog *l, size_t i, struct kafc_mbatch *b)
{
    const char *why;

    if (kafc__mbatch_read(kafc__mlog_bytes(l, &l->entry[i]), l->entry[i].len, b, &why))
        ck_abort_msg("a batch of the log: %s", why);
}

static bool is_marker(const struct kafc_mbatch *b, bool *commit)
{
    struct kafc_mrecords it;
    struct kafc_mrecord rec;

    if (!(b->attributes & KAFC_MBATCH_CONTROL))
        return false;
    if (kafc__mrecords_init(&it, b, NULL) || !kafc__mrecords_next(&it, &rec) || rec.key.len < 4)
        ck_abort_msg("a marker that cannot be read");
    *commit = ((const uint8_t *)rec.key.p)[3] == 1;
    kafc__mrecords_fini(&it);
    return true;
}

/* How the transaction of the batch ended. */
static bool committed(struct txns *x, const struct kafc_mlog *l, size_t at)
{
    struct kafc_mbatch mine, b;
    bool commit = false;

    batch_at(l, at, &mine);
    for (size_t i = at + 1; i < l->n; i++) {
        batch_at(l, i, &b);
        if (b.producer == mine.producer && is_marker(&b, &commit))
            return commit;
    }
    TXNS_MUST(x, false, "a transaction is open for ever, from offset %lld on", TXNS_SEED(x),
              (long long)l->entry[at].base);
    return false;
}

int txns_visible(struct txns *x)
{
    int n = 0;

    for (int32_t p = 0; p < TXNS_PARTITIONS; p++) {
        const struct kafc_mlog *l = &kafc__mock_part(x->sim->cluster, "t", p)->log;

        for (size_t i = l->first; i < l->n; i++) {
            struct kafc_mbatch b;
            bool commit;

            batch_at(l, i, &b);
            if (!is_marker(&b, &commit) && committed(x, l, i))
                n += b.count;
        }
    }
    return n;
}

struct cursor {
    struct txns *x;
    int32_t p;
    int read;           /* of the reader's */
    int last[TXNS_IDS]; /* the last message that was seen of each */
};

static void see(struct cursor *c, int n, int64_t offset)
{
    struct txns *x = c->x;
    struct txns_message *m = &x->m[n];
    int at = c->read++;

    int *last = &c->last[x->txn[m->txn].id];

    TXNS_MUST(x, n > *last, "partition %d: message %d stands behind %d", TXNS_SEED(x), (int)c->p, n,
              *last);
    *last = n;
    m->seen++;
    x->txn[m->txn].seen++;
    TXNS_MUST(x, at < x->reader.part[c->p].n && x->reader.part[c->p].offset[at] == offset,
              "partition %d: message %d of transaction %d at %lld is not what the reader got there",
              TXNS_SEED(x), (int)c->p, n, m->txn, (long long)offset);
    TXNS_MUST(x, x->reader.part[c->p].number[at] == n, "partition %d: %d was read instead of %d",
              TXNS_SEED(x), (int)c->p, x->reader.part[c->p].number[at], n);
}

static void records_of(struct cursor *c, const struct kafc_mlog *l, size_t i)
{
    struct txns *x = c->x;
    struct kafc_mbatch b;
    struct kafc_mrecords it;
    struct kafc_mrecord rec;
    bool commit;

    batch_at(l, i, &b);
    if (is_marker(&b, &commit))
        return;
    commit = committed(x, l, i);
    if (kafc__mrecords_init(&it, &b, NULL))
        ck_abort_msg("a batch without records");
    while (kafc__mrecords_next(&it, &rec)) {
        int n = atoi(rec.value.p);
        struct txns_message *m = &x->m[n];
        int64_t offset = l->entry[i].base + rec.delta;

        TXNS_MUST(x, n >= 0 && n < x->nmessages, "a message that nobody wrote", TXNS_SEED(x));
        TXNS_MUST(x, m->in_log++ == 0, "message %d is in the log twice", TXNS_SEED(x), n);
        TXNS_MUST(x, m->verdict != KAFC_NOT_WRITTEN, "message %d was told not to be written",
                  TXNS_SEED(x), n);
        TXNS_MUST(x,
                  m->verdict != KAFC_ACKNOWLEDGED || m->offset == KAFC_OFFSET_UNKNOWN ||
                      (m->offset == offset && m->partition == c->p),
                  "message %d is at %lld, and was told to be at %lld", TXNS_SEED(x), n,
                  (long long)offset, (long long)m->offset);
        if (commit)
            see(c, n, offset);
    }
    kafc__mrecords_fini(&it);
}

static void check_log(struct txns *x, int32_t p)
{
    const struct kafc_mpart *part = kafc__mock_part(x->sim->cluster, "t", p);
    struct cursor c = { .x = x, .p = p, .last = { -1, -1, -1 } };

    for (size_t i = part->log.first; i < part->log.n; i++)
        records_of(&c, &part->log, i);
    TXNS_MUST(x, c.read == x->reader.part[p].n, "partition %d: %d messages, and %d were read",
              TXNS_SEED(x), (int)p, c.read, x->reader.part[p].n);
}

static void check_messages(struct txns *x)
{
    for (int i = 0; i < x->nmessages; i++) {
        const struct txns_message *m = &x->m[i];

        TXNS_MUST(x, m->verdicts == 1, "message %d has %d verdicts", TXNS_SEED(x), i, m->verdicts);
        TXNS_MUST(x, m->verdict != KAFC_ACKNOWLEDGED || m->in_log,
                  "message %d of transaction %d is lost, it was told to be at %d:%lld",
                  TXNS_SEED(x), i, m->txn, (int)m->partition, (long long)m->offset);
        TXNS_MUST(
            x,
            x->txn[m->txn].fate != TXNS_COMMITTED || (m->verdict == KAFC_ACKNOWLEDGED && m->seen),
            "transaction %d was committed, but message %d of it: verdict %d, %s, %s", TXNS_SEED(x),
            m->txn, i, (int)m->verdict, kafc_err_name(m->code), m->seen ? "seen" : "not seen");
    }
}

static void check_transactions(struct txns *x)
{
    for (int i = 0; i < x->ntxns; i++) {
        struct txns_transaction *t = &x->txn[i];

        if (t->fate == TXNS_UNKNOWN)
            TXNS_MUST(x, t->seen == 0 || t->seen == t->messages, "%d of %d messages of %d are seen",
                      TXNS_SEED(x), t->seen, t->messages, i);
        else if (t->fate != TXNS_COMMITTED)
            TXNS_MUST(x, t->seen == 0, "transaction %d was not committed, and %d of it are seen",
                      TXNS_SEED(x), i, t->seen);
    }
}

/* ---- offsets ---- */

void txns_note_offset(struct txns *x)
{
    for (int i = 0; i < x->nids; i++) {
        int64_t offset, *change = x->id[i].change;
        int n = x->id[i].nchanges;

        if (kafc__cluster_committed(x->sim->cluster, x->id[i].group, "in", 0, &offset) ||
            (n && change[n - 1] == offset))
            continue;
        TXNS_MUST(x, n < TXNS_CHANGES, "the group's offset does not rest", TXNS_SEED(x));
        change[n] = offset;
        x->id[i].nchanges++;
    }
}

/* Each committed transaction's offset was there in its turn, and those of no others. */
static void check_offsets(struct txns *x, int id)
{
    const int64_t *change = x->id[id].change;
    int k = 0, n = x->id[id].nchanges;

    for (int i = 0; i < x->ntxns; i++) {
        const struct txns_transaction *t = &x->txn[i];
        bool there = t->id == id && k < n && change[k] == i + 1;

        if (t->id != id)
            continue;
        k += there;
        if (t->fate == TXNS_COMMITTED || (t->fate == TXNS_UNKNOWN && t->seen))
            TXNS_MUST(x, there == t->offsets, "transaction %d is committed, its offsets are%s",
                      TXNS_SEED(x), i, there ? " although it has none" : " not");
        else
            TXNS_MUST(x, !there || (t->fate == TXNS_UNKNOWN && t->messages == 0),
                      "transaction %d is not committed, its offsets are", TXNS_SEED(x), i);
    }
    TXNS_MUST(x, k == n, "the group's offset went to %lld", TXNS_SEED(x), (long long)change[k]);
}

void txns_check(struct txns *x)
{
    for (int32_t p = 0; p < TXNS_PARTITIONS; p++)
        check_log(x, p);
    check_messages(x);
    check_transactions(x);
    for (int i = 0; i < x->nids; i++) {
        check_offsets(x, i);
        TXNS_MUST(x, x->id[i].final >= 0 && x->txn[x->id[i].final].fate == TXNS_COMMITTED,
                  "transaction %d was not committed, and nothing was in its way", TXNS_SEED(x),
                  x->id[i].final);
    }
}
