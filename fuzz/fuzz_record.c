/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Target Functions: kafc__batch_next kafc__batch_open kafc__record_next kafc__record_headers kafc__record_put
 *
 * Any bytes as the records of a Fetch response, with the CRC not looked at so
 * that damage gets through to the parsers. What was read is written and read
 * again, to the same values.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "protocol/record/read.h"
#include "protocol/record/write.h"

enum { LIMIT = 1 << 20 };

static void must(bool ok)
{
    if (!ok)
        abort();
}

static bool same(kafc_bytes a, kafc_bytes b)
{
    return (a.p == NULL) == (b.p == NULL) && a.len == b.len &&
           (a.len == 0 || memcmp(a.p, b.p, (size_t)a.len) == 0);
}

/* The record alone in a batch of its own. */
static void write_and_read(const struct kafc_record *r, const kafc_header *headers)
{
    struct kafc_record_fields f = { .timestamp_delta = r->timestamp,
                                    .key = r->key,
                                    .value = r->value,
                                    .headers = headers,
                                    .nheaders = r->nheaders };
    uint32_t size = kafc__record_size(&f);
    must(size > 0);
    uint8_t *p = malloc(size);
    must(p && kafc__record_put(p, kafc__record_body_size(&f), &f) == p + size);
    struct kafc_record_cursor c = { .p = p,
                                    .end = p + size,
                                    .start = p,
                                    .left = 1,
                                    .count = 1,
                                    .delta_mask = UINT64_MAX,
                                    .magic = 2 };
    struct kafc_record again;
    must(kafc__record_next(&c, &again) == KAFC_RECORD_GOT);
    must(again.timestamp == r->timestamp && again.nheaders == r->nheaders);
    must(same(again.key, r->key) && same(again.value, r->value));
    kafc_header *h = calloc((size_t)r->nheaders + 1, sizeof(*h));
    must(h && kafc__record_headers(&c, &again, h));
    for (int32_t i = 0; i < r->nheaders; i++)
        must(same(h[i].value, headers[i].value) && h[i].name.len == headers[i].name.len);
    must(kafc__record_next(&c, &again) == KAFC_RECORD_END);
    free(h);
    free(p);
}

static void read_batch(const struct kafc_batch *b, struct kafc_decompress *d)
{
    struct kafc_record_cursor c;
    struct kafc_record r;
    struct kafc_frame *frame;
    kafc_error err;
    (void)kafc__batch_check_crc(b, &err);
    if (kafc__batch_open(b, d, &c, &frame, &err) != KAFC_OK)
        return;
    enum kafc_record_step step;
    c.check_crc = false;
    while ((step = kafc__record_next(&c, &r)) == KAFC_RECORD_GOT) {
        must(r.offset >= b->header.base_offset && r.offset < INT64_MAX);
        must(b->header.magic < 2 || r.offset <= kafc__batch_last_offset(b));
        kafc_header *h = malloc(((size_t)r.nheaders + 1) * sizeof(*h));
        if (h && kafc__record_headers(&c, &r, h))
            write_and_read(&r, h);
        free(h);
        (void)kafc__control_type(r.key);
    }
    if (step == KAFC_RECORD_BROKEN)
        must(kafc__record_error(&c, &err) == KAFC_ERR_CORRUPT);
    kafc__frame_unref(frame);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kafc_batches it;
    struct kafc_batch b;
    struct kafc_decompress d;
    kafc_error err;
    kafc__decompress_init(&d, NULL, NULL, LIMIT);
    kafc__batches_init(&it, data, size);
    for (;;) {
        kafc_err rc = kafc__batch_next(&it, &b, &err);
        if (rc != KAFC_OK || !b.p)
            break;
        read_batch(&b, &d);
    }
    kafc__decompress_fini(&d);
    return 0;
}
