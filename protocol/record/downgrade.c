/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The records of a batch of format 2 are read and put into a message set.
 * Called when a batch is sent to an old broker, by the mock when it plays one;
 * any thread.
 */
#include "protocol/record/downgrade.h"

static kafc_err put_all(struct kafc_set *s, struct kafc_record_cursor *c, kafc_error *err)
{
    struct kafc_record r;
    enum kafc_record_step step;
    kafc_err rc = kafc__set_begin(s, err);
    while (rc == KAFC_OK && (step = kafc__record_next(c, &r)) != KAFC_RECORD_END)
        rc = step == KAFC_RECORD_GOT ? kafc__set_put(s, &r, err) : kafc__record_error(c, err);
    if (rc == KAFC_OK)
        return kafc__set_end(s, err);
    kafc__compress_free(s->z);
    s->z = NULL;
    return rc;
}

kafc_err kafc__batch_downgrade(struct kafc_set *s, const struct kafc_batch *b, size_t limit,
                               kafc_error *err)
{
    struct kafc_record_cursor c;
    struct kafc_decompress d;
    struct kafc_frame *plain;
    s->attributes = b->header.attributes;
    s->base_offset = b->header.base_offset;
    kafc__decompress_init(&d, s->mem, NULL, limit);
    kafc_err rc = kafc__batch_open(b, &d, &c, &plain, err);
    if (rc == KAFC_OK && c.count > 0)
        rc = put_all(s, &c, err);
    kafc__frame_unref(plain);
    kafc__decompress_fini(&d);
    return rc;
}
