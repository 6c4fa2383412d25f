/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Reading what was fetched, and kafc_batch. Any thread, one at a time for
 * each cursor; topic names are shared by threads.
 */
#include "core/cursor.h"

#include "base/attr.h"
#include "base/log.h"
#include "base/mem.h"
#include "protocol/wire.h"

void kafc__cursor_init(struct kafc_cursor *cur, const kafc_allocator *mem,
                       struct kafc_decompress *z, const void *p, size_t n)
{
    memset(cur, 0, sizeof *cur);
    cur->mem = mem;
    kafc__batches_init(&cur->batches, p, n);
    cur->stop = INT64_MAX;
    cur->time_from = INT64_MIN;
    cur->time_to = INT64_MAX;
    cur->check_crcs = true;
    cur->decompress = z;
}

static void drop_plain(struct kafc_cursor *cur)
{
    if (cur->plain)
        kafc__decompress_done(cur->decompress, cur->plain);
    cur->plain = NULL;
}

void kafc__cursor_fini(struct kafc_cursor *cur)
{
    drop_plain(cur);
    kafc__free(cur->mem, cur->headers);
    kafc__free(cur->mem, cur->aborted);
    cur->headers = NULL;
    cur->aborted = NULL;
}

/* --- Transactions (protocol.md 4.7) ------------------------------------------- */

/* Is the batch part of a transaction that was aborted? */
static bool is_aborted(struct kafc_cursor *cur, const struct kafc_batch *b)
{
    bool aborted = false;

    if (!cur->read_committed || b->header.producer_id < 0)
        return false;
    for (int32_t i = 0; i < cur->naborted; i++) {
        struct kafc_aborted *a = &cur->aborted[i];

        if (a->first_offset <= kafc__batch_last_offset(b) && a->first_offset != INT64_MAX)
            a->active = true;
        aborted |= a->active && a->producer_id == b->header.producer_id;
    }
    return aborted && (b->header.attributes & KAFC_BATCH_TRANSACTIONAL);
}

static void end_aborted(struct kafc_cursor *cur, int64_t producer_id)
{
    for (int32_t i = 0; i < cur->naborted; i++) {
        struct kafc_aborted *a = &cur->aborted[i];

        if (a->active && a->producer_id == producer_id) {
            a->active = false;
            a->first_offset = INT64_MAX; /* over: never again */
        }
    }
}

/* --- Batches --------------------------------------------------------------------- */

/* Begins the batch again with the next call: out of memory is no end, and passes over what was delivered; damage is
 * found again, so that nothing behind it is taken for what comes next. */
static void begin_again(struct kafc_cursor *cur)
{
    drop_plain(cur);
    cur->in_batch = false;
    cur->batches.p = cur->batch.p;
}

static kafc_err open_records(struct kafc_cursor *cur, kafc_error *err)
{
    return kafc__batch_open(&cur->batch, cur->decompress, &cur->records, &cur->plain, err);
}

/* A marker that cannot be read is damage: taken for no marker, it would leave out what comes after the transaction. */
static kafc_err read_marker(struct kafc_cursor *cur, kafc_error *err)
{
    enum kafc_record_step step;
    struct kafc_record rec;
    kafc_err code;

    (void)is_aborted(cur, &cur->batch);
    code = open_records(cur, err);
    if (code)
        return code;
    step = kafc__record_parse(&cur->records, &rec);
    if (step == KAFC_RECORD_BROKEN)
        code = kafc__record_error(&cur->records, err);
    else if (step == KAFC_RECORD_GOT && kafc__control_type(rec.key) == KAFC_CONTROL_ABORT)
        end_aborted(cur, cur->batch.header.producer_id);
    drop_plain(cur);
    return code;
}

static int64_t behind(const struct kafc_cursor *cur)
{
    return kafc__batch_last_offset(&cur->batch) + 1;
}

/* What a batch says of its last offset is believed only if the next one begins behind it: it would be left out. */
static kafc_err check_order(const struct kafc_cursor *cur, kafc_error *err)
{
    const struct kafc_batches *it = &cur->batches;
    int64_t next;

    if (cur->batch.header.magic != 2 || it->end - it->p < KAFC_BATCH_HEADER || it->p[16] != 2)
        return KAFC_OK;
    next = (int64_t)kafc__load64(it->p);
    if (next < 0 || next > kafc__batch_last_offset(&cur->batch))
        return KAFC_OK; /* a negative one is found when it is its turn */
    return kafc__error(
        err, KAFC_ERR_CORRUPT, "batch at offset %lld: it ends at %lld, and the next one begins at %lld",
        (long long)cur->batch.header.base_offset, (long long)kafc__batch_last_offset(&cur->batch),
        (long long)next);
}

/* The next batch that has something to deliver. */
static kafc_err next_batch(struct kafc_cursor *cur, kafc_error *err)
{
    kafc_err code;

    for (;;) {
        code = kafc__batch_next(&cur->batches, &cur->batch, err);
        if (code || !cur->batch.p || cur->batch.header.base_offset >= cur->stop)
            return code ? code : KAFC_ERR_END_OF_RANGE;
        code = check_order(cur, err);
        if (code == KAFC_OK && cur->check_crcs)
            code = kafc__batch_check_crc(&cur->batch, err);
        if (code == KAFC_OK && (cur->batch.header.attributes & KAFC_BATCH_CONTROL))
            code = read_marker(cur, err);
        else if (code == KAFC_OK && behind(cur) > cur->next && !is_aborted(cur, &cur->batch)) {
            code = open_records(cur, err);
            cur->from = cur->next;
            cur->in_batch = code == KAFC_OK;
            if (code == KAFC_OK)
                return code;
        }
        if (code) {
            begin_again(cur);
            return code;
        }
        if (behind(cur) > cur->next)
            cur->next = behind(cur);
    }
}

static void leave_batch(struct kafc_cursor *cur)
{
    drop_plain(cur);
    cur->in_batch = false;
    if (behind(cur) > cur->next)
        cur->next = behind(cur);
}

/* --- Messages ---------------------------------------------------------------------- */

static kafc_err give_headers(struct kafc_cursor *cur, const struct kafc_record *rec,
                             kafc_message *m, kafc_error *err)
{
    if (rec->nheaders > cur->headers_cap) {
        kafc_header *h = kafc__realloc_array(cur->mem, cur->headers, (size_t)rec->nheaders,
                                             sizeof *h);

        if (!h)
            return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for %d headers",
                               rec->nheaders);
        cur->headers = h;
        cur->headers_cap = rec->nheaders;
    }
    if (!kafc__record_headers(&cur->records, rec, cur->headers))
        return kafc__record_error(&cur->records, err);
    m->headers = cur->headers;
    m->nheaders = rec->nheaders;
    return KAFC_OK;
}

KAFC_INLINE void give(const struct kafc_cursor *cur, const struct kafc_record *rec, kafc_message *m)
{
    m->key = rec->key;
    m->value = rec->value;
    m->leader_epoch = cur->batch.header.leader_epoch;
    m->offset = rec->offset;
    m->timestamp = rec->timestamp;
    m->timestamp_type = rec->timestamp < 0 ? KAFC_TIME_NONE : cur->records.timestamp_type;
    m->headers = NULL;
    m->nheaders = 0;
}

/* Passed over, the record would be lost without a word. */
static kafc_err out_of_order(struct kafc_cursor *cur, kafc_error *err)
{
    cur->records.why = "its offset is not above that of the record in front of it";
    cur->records.at = cur->records.p;
    return kafc__record_error(&cur->records, err);
}

static KAFC_NOINLINE kafc_err next_of_any(struct kafc_cursor *cur, kafc_message *m, kafc_error *err)
{
    enum kafc_record_step step;
    struct kafc_record rec;
    kafc_err code;

    for (;;) {
        if (!cur->in_batch) {
            code = next_batch(cur, err);
            if (code == KAFC_ERR_END_OF_RANGE && cur->next > cur->stop)
                cur->next = cur->stop;
            if (code)
                return code;
        }
        step = kafc__record_parse(&cur->records, &rec);
        if (step == KAFC_RECORD_END) {
            leave_batch(cur);
            continue;
        }
        if (step == KAFC_RECORD_BROKEN)
            return kafc__record_error(&cur->records, err);
        if (rec.offset < cur->next) {
            if (cur->next > cur->from)
                return out_of_order(cur, err);
            continue;
        }
        if (rec.offset >= cur->stop) {
            cur->next = cur->stop;
            return KAFC_ERR_END_OF_RANGE;
        }
        if (rec.timestamp < cur->time_from || rec.timestamp > cur->time_to) {
            cur->next = rec.offset + 1;
            continue;
        }
        give(cur, &rec, m);
        code = rec.nheaders == 0 ? KAFC_OK : give_headers(cur, &rec, m, err);
        if (code == KAFC_OK)
            cur->next = rec.offset + 1;
        else if (code == KAFC_ERR_NO_MEMORY)
            begin_again(cur);
        return code;
    }
}

/* The next message, if it is one as nearly all are: without headers, in a batch that was begun, and to be delivered. */
KAFC_INLINE bool next_plain(struct kafc_cursor *cur, kafc_message *m)
{
    struct kafc_record_cursor *c = &cur->records;
    const uint8_t *p = c->p;
    struct kafc_record rec;

    if (!cur->in_batch || !kafc__record_plain(c, &rec))
        return false;
    if (rec.offset < cur->next || rec.offset >= cur->stop || rec.timestamp < cur->time_from ||
        rec.timestamp > cur->time_to) {
        c->p = p; /* as if nothing had been read */
        c->left++;
        return false;
    }
    give(cur, &rec, m);
    cur->next = rec.offset + 1;
    return true;
}

kafc_err kafc__cursor_next(struct kafc_cursor *cur, kafc_message *m, kafc_error *err)
{
    return next_plain(cur, m) ? KAFC_OK : next_of_any(cur, m, err);
}

/* --- Names ------------------------------------------------------------------ */

struct kafc_name *kafc__name_new(const kafc_allocator *mem, const char *s)
{
    size_t n = strlen(s) + 1;
    struct kafc_name *name = kafc__alloc(mem, sizeof *name + n);

    if (!name)
        return NULL;
    atomic_init(&name->refs, 1);
    name->mem = *mem;
    memcpy(name->s, s, n);
    return name;
}

struct kafc_name *kafc__name_ref(struct kafc_name *n)
{
    atomic_fetch_add_explicit(&n->refs, 1, memory_order_relaxed);
    return n;
}

void kafc__name_unref(struct kafc_name *n)
{
    if (n && atomic_fetch_sub_explicit(&n->refs, 1, memory_order_acq_rel) == 1) {
        kafc_allocator mem = n->mem;
        kafc__free(&mem, n);
    }
}

/* --- Batches handed over ------------------------------------------------------------------ */

struct kafc_fetched *kafc__fetched_new(const kafc_allocator *mem, struct kafc_budget *budget,
                                       struct kafc_name *topic, int32_t partition,
                                       struct kafc_frame *frame, const void *p, size_t n)
{
    struct kafc_fetched *b = kafc__zalloc(mem, sizeof *b);

    if (!b)
        return NULL;
    b->mem = *mem;
    b->topic = kafc__name_ref(topic);
    b->partition = partition;
    b->frame = frame ? kafc__frame_ref(frame) : NULL;
    kafc__list_init(&b->node);
    b->budget = budget ? kafc__budget_ref(budget) : NULL;
    kafc__decompress_init(&b->decompress, &b->mem, b->budget, KAFC_PLAIN_MAX);
    kafc__cursor_init(&b->cursor, &b->mem, &b->decompress, p, n);
    return b;
}

void kafc_batch_free(kafc_batch *b)
{
    if (!b)
        return;
    kafc_allocator mem = b->mem;
    kafc__cursor_fini(&b->cursor);
    kafc__decompress_fini(&b->decompress);
    kafc__frame_unref(b->frame);
    kafc__budget_unref(b->budget);
    kafc__name_unref(b->topic);
    kafc__place_unref(b->place);
    kafc__free(&mem, b->notice);
    kafc__free(&mem, b);
}

/* The cursor knows offsets alone. */
static void name_partition(const struct kafc_fetched *b, kafc_err code, kafc_error *err)
{
    char why[sizeof err->message];

    if (!err)
        return;
    memcpy(why, err->message, sizeof why);
    kafc__error(err, code, "%s [%d]: %.400s", b->topic->s, b->partition, why);
}

static inline void give_place(const struct kafc_fetched *b, kafc_message *m)
{
    m->topic = b->topic->s;
    m->partition = b->partition;
    m->to_partition = 0;
    m->reserved32 = 0;
    m->stamp = b->stamp;
    memset(m->reserved, 0, sizeof m->reserved);
}

bool kafc__fetched_plain(struct kafc_fetched *b, kafc_message *m)
{
    give_place(b, m);
    return next_plain(&b->cursor, m);
}

kafc_err kafc__fetched_next(struct kafc_fetched *b, kafc_message *m, kafc_error *err)
{
    kafc_err code;

    give_place(b, m);
    code = next_of_any(&b->cursor, m, err);
    if (code != KAFC_OK && code != KAFC_ERR_END_OF_RANGE && code != KAFC_ERR_NO_MEMORY)
        name_partition(b, code, err);
    return code;
}

bool kafc_batch_next(kafc_batch *b, kafc_message *m, kafc_error *err)
{
    kafc_err code = kafc__fetched_plain(b, m) ? KAFC_OK : kafc__fetched_next(b, m, err);

    if (code == KAFC_ERR_END_OF_RANGE && err)
        err->code = KAFC_OK;
    return code == KAFC_OK;
}

const char *kafc_batch_topic(const kafc_batch *b)
{
    return b->topic->s;
}

int32_t kafc_batch_partition(const kafc_batch *b)
{
    return b->partition;
}

int64_t kafc_batch_high_watermark(const kafc_batch *b)
{
    return b->high_watermark;
}

/* Whatever the broker may have said below 0 (rule V2). */
static int64_t known(int64_t offset)
{
    return offset < 0 ? KAFC_OFFSET_UNKNOWN : offset;
}

void kafc_batch_info_get(const kafc_batch *b, kafc_batch_info *out)
{
    *out = (kafc_batch_info){ .offset = b->cursor.next,
                              .high_watermark = known(b->high_watermark),
                              .last_stable = known(b->last_stable),
                              .log_start = known(b->log_start),
                              .throttle_ms = b->throttle_ms > 0 ? b->throttle_ms : 0 };
}
