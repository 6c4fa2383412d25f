/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The APIs by key: names, versions, tables; and the headers of requests and
 * responses, for both sides of a connection. Constant tables; any thread.
 */
#ifndef KAFC_PROTOCOL_APIS_H
#define KAFC_PROTOCOL_APIS_H

#include "protocol/schema.h"

enum kafc_api_key {
    KAFC_API_PRODUCE = 0,
    KAFC_API_FETCH = 1,
    KAFC_API_LIST_OFFSETS = 2,
    KAFC_API_METADATA = 3,
    KAFC_API_API_VERSIONS = 18,
    KAFC_API_CREATE_TOPICS = 19,
    KAFC_API_DELETE_TOPICS = 20,
    KAFC_API_INIT_PRODUCER_ID = 22
};

struct kafc_api {
    int16_t key;
    const char *name;  /* "Metadata" */
    int8_t min, max;   /* versions the tables know */
    int8_t stable_max; /* the last one that is final: never negotiate above it */
    int8_t flex;       /* first flexible version */
    int8_t
        throttle_from; /* from this version on it is the client that waits out ThrottleTimeMs; 127: never */
    const struct kafc_schema *req, *resp;
};

const struct kafc_api *kafc__api(int16_t key); /* NULL: unknown */
/* All of them, ascending by key. */
const struct kafc_api *kafc__apis(size_t *n);

/* Which header goes with the version; -1: no such API. */
int kafc__request_header_version(int16_t key, int16_t version);
int kafc__response_header_version(int16_t key, int16_t version);

struct kafc_request_header {
    int16_t api, version;
    int32_t correlation;
    kafc_str client_id; /* may be null; borrowed */
};

/* The client's side. The size prefix of the frame is not part of any of these. */
size_t kafc__request_header_size(const struct kafc_api *api, int16_t version, kafc_str client_id);
void kafc__request_header_put(struct kafc_wr *w, const struct kafc_api *api, int16_t version,
                              int32_t correlation, kafc_str client_id);
/* Reads a response's header; only the correlation id is kept. false: r->err says why. */
bool kafc__response_header_get(struct kafc_rd *r, const struct kafc_api *api, int16_t version,
                               int32_t *correlation);

/* The server's side. When the API is unknown, api, version and correlation are read and the rest is not
 * (client_id null). */
bool kafc__request_header_get(struct kafc_rd *r, struct kafc_request_header *h);
size_t kafc__response_header_size(const struct kafc_api *api, int16_t version);
void kafc__response_header_put(struct kafc_wr *w, const struct kafc_api *api, int16_t version,
                               int32_t correlation);

#endif
