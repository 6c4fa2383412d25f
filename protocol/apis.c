/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Headers. Their exceptions live here, by hand: ApiVersions is answered with
 * header 0 always, ControlledShutdown 0 is asked with header 0, and a client
 * id never has a compact length.
 */
#include "protocol/apis.h"

int kafc__request_header_version(const struct kafc_api *api, int16_t version)
{
    if (api->key == KAFC_API_CONTROLLED_SHUTDOWN && version == 0)
        return 0;
    return version >= api->flex ? 2 : 1;
}

int kafc__response_header_version(const struct kafc_api *api, int16_t version)
{
    return api->key != KAFC_API_API_VERSIONS && version >= api->flex ? 1 : 0;
}

size_t kafc__request_header_size(const struct kafc_api *api, int16_t version, kafc_str client_id)
{
    int h = kafc__request_header_version(api, version);
    if (h == 0)
        return 8;
    return 8 + 2 + (client_id.p ? (size_t)client_id.len : 0) + (h == 2 ? 1 : 0);
}

void kafc__request_header_put(struct kafc_wr *w, const struct kafc_api *api, int16_t version,
                              int32_t correlation, kafc_str client_id)
{
    int h = kafc__request_header_version(api, version);
    kafc__wr_i16(w, api->key);
    kafc__wr_i16(w, version);
    kafc__wr_i32(w, correlation);
    if (h >= 1)
        kafc__wr_str(w, client_id, false);
    if (h == 2)
        kafc__wr_uvarint(w, 0);
}

bool kafc__request_header_get(struct kafc_rd *r, const struct kafc_api *api,
                              struct kafc_request_header *h)
{
    h->api = kafc__rd_i16(r);
    h->version = kafc__rd_i16(r);
    h->correlation = kafc__rd_i32(r);
    h->client_id = (kafc_str){ NULL, 0 };
    int v = api ? kafc__request_header_version(api, h->version) : 0;
    if (v >= 1)
        h->client_id = kafc__rd_str(r, false);
    if (v == 2)
        kafc__rd_skip_tags(r);
    return !r->err;
}

size_t kafc__response_header_size(const struct kafc_api *api, int16_t version)
{
    return kafc__response_header_version(api, version) == 1 ? 5 : 4;
}

void kafc__response_header_put(struct kafc_wr *w, const struct kafc_api *api, int16_t version,
                               int32_t correlation)
{
    kafc__wr_i32(w, correlation);
    if (kafc__response_header_version(api, version) == 1)
        kafc__wr_uvarint(w, 0);
}

bool kafc__response_header_get(struct kafc_rd *r, const struct kafc_api *api, int16_t version,
                               int32_t *correlation)
{
    *correlation = kafc__rd_i32(r);
    if (kafc__response_header_version(api, version) == 1)
        kafc__rd_skip_tags(r);
    return !r->err;
}
