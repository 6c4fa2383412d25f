/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The APIs by key, and the headers. The exceptions of the header versions live
 * here, by hand: ApiVersions answers with header 0 always, ControlledShutdown
 * 0 is asked with header 0, and a client id never has a compact length.
 */
#include "protocol/apis.h"

#include "protocol/api/00_produce.h"
#include "protocol/api/01_fetch.h"
#include "protocol/api/02_list_offsets.h"
#include "protocol/api/03_metadata.h"
#include "protocol/api/18_api_versions.h"
#include "protocol/api/19_create_topics.h"
#include "protocol/api/20_delete_topics.h"
#include "protocol/api/22_init_producer_id.h"

enum { CONTROLLED_SHUTDOWN = 7 };

#define API(k, text, type, hi, stable, first_flex, throttle) \
    { \
        .key = (k), .name = (text), .min = 0, .max = (hi), .stable_max = (stable), \
        .flex = (first_flex), .throttle_from = (throttle), .req = &type##_req_schema, \
        .resp = &type##_resp_schema \
    }

/* clang-format off */
static const struct kafc_api apis[] = {
    API(KAFC_API_PRODUCE,          "Produce",        kafc_produce,          13, 13,  9, 6),
    API(KAFC_API_FETCH,            "Fetch",          kafc_fetch,            18, 18, 12, 8),
    API(KAFC_API_LIST_OFFSETS,     "ListOffsets",    kafc_list_offsets,     11, 11,  6, 3),
    API(KAFC_API_METADATA,         "Metadata",       kafc_metadata,         13, 13,  9, 6),
    API(KAFC_API_API_VERSIONS,     "ApiVersions",    kafc_api_versions,      4,  4,  3, 2),
    API(KAFC_API_CREATE_TOPICS,    "CreateTopics",   kafc_create_topics,     7,  7,  5, 3),
    API(KAFC_API_DELETE_TOPICS,    "DeleteTopics",   kafc_delete_topics,     6,  6,  4, 2),
    API(KAFC_API_INIT_PRODUCER_ID, "InitProducerId", kafc_init_producer_id,  6,  5,  2, 1),
};
/* clang-format on */
enum { NAPIS = sizeof(apis) / sizeof(apis[0]) };

const struct kafc_api *kafc__apis(size_t *n)
{
    *n = NAPIS;
    return apis;
}

const struct kafc_api *kafc__api(int16_t key)
{
    for (size_t i = 0; i < NAPIS; i++)
        if (apis[i].key == key)
            return &apis[i];
    return NULL;
}

int kafc__request_header_version(int16_t key, int16_t version)
{
    const struct kafc_api *api = kafc__api(key);
    if (key == CONTROLLED_SHUTDOWN && version == 0)
        return 0;
    if (!api)
        return -1;
    return version >= api->flex ? 2 : 1;
}

int kafc__response_header_version(int16_t key, int16_t version)
{
    const struct kafc_api *api = kafc__api(key);
    if (key == CONTROLLED_SHUTDOWN && version == 0)
        return 0;
    if (!api)
        return -1;
    return key != KAFC_API_API_VERSIONS && version >= api->flex ? 1 : 0;
}

size_t kafc__request_header_size(const struct kafc_api *api, int16_t version, kafc_str client_id)
{
    int h = kafc__request_header_version(api->key, version);
    if (h == 0)
        return 8;
    return 8 + 2 + (client_id.p ? (size_t)client_id.len : 0) + (h == 2 ? 1 : 0);
}

void kafc__request_header_put(struct kafc_wr *w, const struct kafc_api *api, int16_t version,
                              int32_t correlation, kafc_str client_id)
{
    int h = kafc__request_header_version(api->key, version);
    kafc__wr_i16(w, api->key);
    kafc__wr_i16(w, version);
    kafc__wr_i32(w, correlation);
    if (h >= 1)
        kafc__wr_str(w, client_id, false);
    if (h == 2)
        kafc__wr_uvarint(w, 0);
}

bool kafc__request_header_get(struct kafc_rd *r, struct kafc_request_header *h)
{
    h->api = kafc__rd_i16(r);
    h->version = kafc__rd_i16(r);
    h->correlation = kafc__rd_i32(r);
    h->client_id = (kafc_str){ NULL, 0 };
    int v = kafc__request_header_version(h->api, h->version);
    if (v >= 1)
        h->client_id = kafc__rd_str(r, false);
    if (v == 2)
        kafc__rd_skip_tags(r);
    return !r->err;
}

size_t kafc__response_header_size(const struct kafc_api *api, int16_t version)
{
    return kafc__response_header_version(api->key, version) == 1 ? 5 : 4;
}

void kafc__response_header_put(struct kafc_wr *w, const struct kafc_api *api, int16_t version,
                               int32_t correlation)
{
    kafc__wr_i32(w, correlation);
    if (kafc__response_header_version(api->key, version) == 1)
        kafc__wr_uvarint(w, 0);
}

bool kafc__response_header_get(struct kafc_rd *r, const struct kafc_api *api, int16_t version,
                               int32_t *correlation)
{
    *correlation = kafc__rd_i32(r);
    if (kafc__response_header_version(api->key, version) == 1)
        kafc__rd_skip_tags(r);
    return !r->err;
}
