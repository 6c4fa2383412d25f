/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Record batches as JSON: each field as the wire has it, each record as a
 * reader would get it. Any thread.
 */
#include "tools/kafc/records_json.h"

#include <stdlib.h>

#include "base/log.h"
#include "protocol/json_text.h"
#include "protocol/record/read.h"

enum { DECOMPRESSED_MAX = 64 << 20 };

/* Where we are; the bytes of all of it are held by whoever called. */
struct printer {
    struct kafc_json_out o;
    struct kafc_decompress d;
    kafc_header *headers; /* of one record, for all */
    int32_t room;
    size_t most; /* bytes of text */
};

static void put_name(struct kafc_json_out *o, const char *name)
{
    kafc__json_string(o, name, (int32_t)strlen(name));
    kafc__json_char(o, ':');
}

/* Every member but an object's first begins with a comma. */
static void put_int(struct kafc_json_out *o, const char *name, int64_t v)
{
    kafc__json_char(o, ',');
    put_name(o, name);
    kafc__json_int(o, v);
}

static void put_bool(struct kafc_json_out *o, const char *name, bool v)
{
    kafc__json_char(o, ',');
    put_name(o, name);
    kafc__json_text(o, v ? "true" : "false");
}

static void put_word(struct kafc_json_out *o, const char *name, const char *word)
{
    kafc__json_char(o, ',');
    put_name(o, name);
    kafc__json_string(o, word, (int32_t)strlen(word));
}

static void put_base64(struct kafc_json_out *o, kafc_bytes b)
{
    struct kafc_base64 state = { .digits = kafc__base64_digits };
    if (!b.p) {
        kafc__json_text(o, "null");
        return;
    }
    kafc__json_char(o, '"');
    kafc__base64_feed(&state, o, b.p, (size_t)b.len);
    kafc__base64_end(&state, o);
    kafc__json_char(o, '"');
}

/* ---- records ---- */

static kafc_err put_headers(struct printer *p, struct kafc_record_cursor *c,
                            const struct kafc_record *r, kafc_error *err)
{
    struct kafc_json_out *o = &p->o;
    if (r->nheaders > p->room) {
        kafc_header *more = realloc(p->headers, (size_t)r->nheaders * sizeof(*more));
        if (!more)
            return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for %d headers",
                               r->nheaders);
        p->headers = more;
        p->room = r->nheaders;
    }
    if (!kafc__record_headers(c, r, p->headers))
        return kafc__record_error(c, err);
    for (int32_t i = 0; i < r->nheaders; i++) {
        kafc__json_text(o, i ? ",[" : "[");
        kafc__json_string(o, p->headers[i].name.p, p->headers[i].name.len);
        kafc__json_char(o, ',');
        put_base64(o, p->headers[i].value);
        kafc__json_char(o, ']');
    }
    return KAFC_OK;
}

static const char *control_name(kafc_bytes key)
{
    static const char *const names[] = {
        [KAFC_CONTROL_ABORT] = "ABORT",
        [KAFC_CONTROL_COMMIT] = "COMMIT",
        [KAFC_CONTROL_LEADER_CHANGE] = "LEADER_CHANGE",
        [KAFC_CONTROL_SNAPSHOT_HEADER] = "SNAPSHOT_HEADER",
        [KAFC_CONTROL_SNAPSHOT_FOOTER] = "SNAPSHOT_FOOTER",
        [KAFC_CONTROL_KRAFT_VERSION] = "KRAFT_VERSION",
        [KAFC_CONTROL_KRAFT_VOTERS] = "KRAFT_VOTERS",
    };
    int type = kafc__control_type(key);
    return type >= 0 && type < (int)(sizeof(names) / sizeof(names[0])) ? names[type] : "UNKNOWN";
}

static kafc_err put_record(struct printer *p, struct kafc_record_cursor *c,
                           const struct kafc_record *r, bool control, kafc_error *err)
{
    struct kafc_json_out *o = &p->o;
    kafc__json_text(o, "{\"offset\":");
    kafc__json_int(o, r->offset);
    put_int(o, "timestamp", r->timestamp);
    kafc__json_text(o, ",\"key\":");
    put_base64(o, r->key);
    kafc__json_text(o, ",\"value\":");
    put_base64(o, r->value);
    kafc__json_text(o, ",\"headers\":[");
    kafc_err rc = put_headers(p, c, r, err);
    kafc__json_char(o, ']');
    if (control)
        put_word(o, "controlType", control_name(r->key));
    kafc__json_char(o, '}');
    return rc;
}

/* ---- batches ---- */

static void put_format2(struct kafc_json_out *o, const struct kafc_batch_header *h)
{
    bool numbered = h->base_sequence >= 0;
    put_int(o, "partitionLeaderEpoch", h->leader_epoch);
    put_int(o, "lastOffsetDelta", h->last_offset_delta);
    put_int(o, "baseTimestamp", h->base_timestamp);
    put_int(o, "producerId", h->producer_id);
    put_int(o, "producerEpoch", h->producer_epoch);
    put_int(o, "baseSequence", h->base_sequence);
    put_int(o, "lastSequence",
            numbered ? kafc__sequence_add(h->base_sequence, h->last_offset_delta) : -1);
    put_int(o, "count", h->count);
    put_bool(o, "transactional", h->attributes & KAFC_BATCH_TRANSACTIONAL);
    put_bool(o, "control", h->attributes & KAFC_BATCH_CONTROL);
    if (h->attributes & KAFC_BATCH_DELETE_HORIZON)
        put_int(o, "deleteHorizonMs", h->base_timestamp);
}

static void put_header(struct kafc_json_out *o, const struct kafc_batch *b,
                       const struct kafc_record_cursor *c, int64_t base_offset)
{
    static const char *const types[] = { [KAFC_TIME_NONE] = "NoTimestampType",
                                         [KAFC_TIME_CREATE] = "CreateTime",
                                         [KAFC_TIME_LOG_APPEND] = "LogAppendTime" };
    const struct kafc_batch_header *h = &b->header;
    kafc__json_text(o, "{\"magic\":");
    kafc__json_int(o, h->magic);
    put_int(o, "baseOffset", base_offset);
    put_int(o, "lastOffset", kafc__batch_last_offset(b));
    put_int(o, "sizeInBytes", (int64_t)b->size);
    put_int(o, "crc", h->crc);
    put_bool(o, "valid", kafc__batch_check_crc(b, NULL) == KAFC_OK);
    put_word(o, "timestampType", types[c->timestamp_type]);
    put_int(o, "maxTimestamp", h->max_timestamp);
    /* the reader drops bits that old formats did not know */
    put_int(o, "attributes", h->magic < 2 ? (int8_t)b->p[17] : h->attributes);
    if (h->magic == 2)
        put_format2(o, h);
}

static kafc_err put_batch(struct printer *p, const struct kafc_batch *b, kafc_error *err)
{
    struct kafc_record_cursor c;
    struct kafc_record r;
    struct kafc_frame *frame;
    kafc_err rc = kafc__batch_open(b, &p->d, &c, &frame, err);
    if (rc != KAFC_OK)
        return rc;
    c.check_crc = false; /* of messages inside: of theirs nobody asks */
    enum kafc_record_step step = kafc__record_next(&c, &r);
    bool old = b->header.magic < 2, control = b->header.attributes & KAFC_BATCH_CONTROL;
    /* the base of a compressed set is that of its first record */
    put_header(&p->o, b, &c, old && step == KAFC_RECORD_GOT ? r.offset : b->header.base_offset);
    kafc__json_text(&p->o, ",\"records\":[");
    for (const char *comma = ""; rc == KAFC_OK && step == KAFC_RECORD_GOT; comma = ",") {
        kafc__json_text(&p->o, comma);
        rc = put_record(p, &c, &r, control, err);
        step = kafc__record_next(&c, &r);
    }
    if (rc == KAFC_OK && step == KAFC_RECORD_BROKEN)
        rc = kafc__record_error(&c, err);
    kafc__json_text(&p->o, "]}");
    kafc__frame_unref(frame);
    return rc;
}

static kafc_err put_batches(struct printer *p, const void *bytes, size_t n, kafc_error *err)
{
    struct kafc_batches it;
    struct kafc_batch b;
    kafc_err rc;
    const char *comma = "";
    kafc__batches_init(&it, bytes, n);
    kafc__json_text(&p->o, "{\"batches\":[");
    while ((rc = kafc__batch_next(&it, &b, err)) == KAFC_OK && b.p) {
        kafc__json_text(&p->o, comma);
        comma = ",";
        kafc_error why;
        rc = put_batch(p, &b, &why);
        if (rc == KAFC_OK && p->o.n > p->most)
            rc = kafc__error(&why, KAFC_ERR_TOO_LARGE, "the text grows above the limit of %zu",
                             p->most);
        if (rc != KAFC_OK)
            return kafc__error(err, rc, "byte %zu: %s", (size_t)(b.p - it.start), why.message);
    }
    kafc__json_text(&p->o, "]}");
    return rc;
}

kafc_err records_put(struct kafc_json_out *o, const void *bytes, size_t n, size_t most,
                     kafc_error *err)
{
    struct printer p = { .o = *o, .most = most };
    kafc__decompress_init(&p.d, NULL, NULL, DECOMPRESSED_MAX);
    kafc_err rc = put_batches(&p, bytes, n, err);
    *o = p.o;
    free(p.headers);
    kafc__decompress_fini(&p.d);
    return rc;
}
