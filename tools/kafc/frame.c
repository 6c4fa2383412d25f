/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Bytes to messages: bodies alone, and whole frames with whichever header they
 * have.
 */
#include "base/log.h"
#include "protocol/api/headers.h"
#include "tools/kafc/codec.h"

static kafc_err read_part(struct codec *c, struct kafc_rd *r, struct codec_part *p, bool last,
                          kafc_error *err)
{
    p->msg = kafc__arena_alloc(&c->arena, p->schema->size);
    if (!p->msg)
        return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for a message");
    return last ? kafc__msg_decode(r, p->schema, p->msg, p->version, &c->arena, err)
                : kafc__msg_decode_front(r, p->schema, p->msg, p->version, &c->arena, err);
}

/* Key and version stand in front of what depends on them. */
static kafc_err request_of(struct kafc_rd *r, const struct kafc_api **api, int16_t *version,
                           kafc_error *err)
{
    int16_t key;

    if (kafc__rd_left(r) < 4)
        return kafc__error(err, KAFC_ERR_PROTOCOL,
                           "a request of %zu bytes has no API key and version", kafc__rd_left(r));
    key = (int16_t)kafc__load16(r->p);
    *version = (int16_t)kafc__load16(r->p + 2);
    *api = kafc__api(key);
    if (!*api)
        return kafc__error(err, KAFC_ERR_PROTOCOL,
                           "RequestHeader, RequestApiKey at byte 4: there is no API %d", key);
    if (*version < (*api)->min || *version > (*api)->max)
        return kafc__error(
            err, KAFC_ERR_UNSUPPORTED,
            "RequestHeader, RequestApiVersion at byte 6: %s has versions %d to %d, not %d",
            (*api)->req->name, (*api)->min, (*api)->max, *version);
    return KAFC_OK;
}

static kafc_err check_size(struct kafc_rd *r, size_t n, kafc_error *err)
{
    int32_t size;

    if (n < 4)
        return kafc__error(err, KAFC_ERR_PROTOCOL, "a frame of %zu bytes has no room for its size",
                           n);
    size = kafc__rd_i32(r);
    if (size < 0 || (size_t)size != n - 4)
        return kafc__error(err, KAFC_ERR_PROTOCOL,
                           "the frame's size at byte 0 is %d, but %zu bytes follow it", size,
                           n - 4);
    return KAFC_OK;
}

kafc_err codec_body(struct codec *c, const void *bytes, size_t n, struct codec_part *p,
                    kafc_error *err)
{
    struct kafc_rd r;

    kafc__rd_init(&r, bytes, n);
    return read_part(c, &r, p, true, err);
}

kafc_err codec_frame(struct codec *c, const void *bytes, size_t n, struct codec_message *m,
                     kafc_error *err)
{
    const struct kafc_api *api = c->api;
    int16_t version = (int16_t)c->options->version;
    struct kafc_rd r;
    kafc_err rc;

    kafc__rd_init(&r, bytes, n);
    rc = check_size(&r, n, err);
    if (!rc && !api)
        rc = request_of(&r, &api, &version, err);
    if (rc)
        return rc;
    if (c->api) {
        m->header.schema = &kafc_header_resp_schema;
        m->header.version = (int16_t)kafc__response_header_version(api, version);
        m->body.schema = api->resp;
    } else {
        m->header.schema = &kafc_header_req_schema;
        m->header.version = (int16_t)kafc__request_header_version(api, version);
        m->body.schema = api->req;
    }
    m->body.version = version;
    rc = read_part(c, &r, &m->header, false, err);
    return rc ? rc : read_part(c, &r, &m->body, true, err);
}
