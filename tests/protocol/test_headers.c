/* SPDX-License-Identifier: BSD-2-Clause
 *
 * protocol/apis: the headers of requests and responses and their exceptions.
 */
#include <jansson.h>
#include <stdlib.h>

#include "protocol/api/03_metadata.h"
#include "protocol/api/18_api_versions.h"
#include "protocol/api/headers.h"
#include "protocol/registry.h"
#include "tests/protocol/message.h"
#include "tests/support/lines.h"
#include "tests/support/suite.h"

static const kafc_str CL = { "cl", 2 };

static const struct kafc_api *api_of(const struct kafc_rd *r)
{
    return kafc__rd_left(r) < 2 ? NULL : kafc__api((int16_t)kafc__load16(r->p));
}

static void check_request(int16_t key, int16_t version, kafc_str client, const char *want, size_t n)
{
    const struct kafc_api *api = kafc__api(key);
    uint8_t buf[64];
    struct kafc_wr w;
    kafc__wr_init(&w, buf, sizeof(buf), NULL);
    kafc__request_header_put(&w, api, version, 7, client);
    ck_assert_ptr_null(w.err);
    ck_assert_uint_eq(kafc__wr_len(&w), n);
    ck_assert_uint_eq(kafc__request_header_size(api, version, client), n);
    ck_assert_mem_eq(buf, want, n);
    struct kafc_rd r;
    struct kafc_request_header h;
    for (size_t cut = 0; cut < n; cut++) {
        kafc__rd_init(&r, buf, cut);
        ck_assert_msg(!kafc__request_header_get(&r, api_of(&r), &h), "cut at %zu", cut);
    }
    kafc__rd_init(&r, buf, n);
    ck_assert(kafc__request_header_get(&r, api_of(&r), &h));
    ck_assert_uint_eq(kafc__rd_left(&r), 0);
    ck_assert_int_eq(h.api, key);
    ck_assert_int_eq(h.version, version);
    ck_assert_int_eq(h.correlation, 7);
    ck_assert_int_eq(h.client_id.len, client.len);
    ck_assert((h.client_id.p == NULL) == (client.p == NULL));
}

START_TEST(request_headers_have_a_client_id_of_16_bit_length)
{
    check_request(KAFC_API_API_VERSIONS, 2, CL, "\0\x12\0\2\0\0\0\7\0\2cl", 12);
    check_request(KAFC_API_API_VERSIONS, 3, CL, "\0\x12\0\3\0\0\0\7\0\2cl\0", 13);
    check_request(KAFC_API_API_VERSIONS, 3, (kafc_str){ NULL, 0 }, "\0\x12\0\3\0\0\0\7\xff\xff\0",
                  11);
    check_request(KAFC_API_METADATA, 9, (kafc_str){ "", 0 }, "\0\3\0\x9\0\0\0\7\0\0\0", 11);
}
END_TEST

START_TEST(header_versions_follow_flexibility_but_for_two)
{
    size_t n;
    const struct kafc_api *const *apis = kafc__apis(&n);
    for (size_t i = 0; i < n; i++)
        for (int16_t v = apis[i]->min; v <= apis[i]->max; v++) {
            bool flex = v >= apis[i]->flex;
            bool none = apis[i]->key == KAFC_API_CONTROLLED_SHUTDOWN && v == 0;
            ck_assert_int_eq(kafc__request_header_version(apis[i], v), none ? 0 : flex ? 2 : 1);
            if (apis[i]->key == KAFC_API_API_VERSIONS)
                ck_assert_int_eq(kafc__response_header_version(apis[i], v), 0);
            else
                ck_assert_int_eq(kafc__response_header_version(apis[i], v), flex ? 1 : 0);
        }
}
END_TEST

START_TEST(response_headers_both_ways)
{
    const struct kafc_api *metadata = &kafc_metadata_api, *versions = &kafc_api_versions_api;
    static const struct {
        bool versions;
        int16_t version;
        size_t n;
    } cases[] = {
        { false, 8, 4 }, { false, 9, 5 }, { true, 0, 4 }, { true, 3, 4 }, { true, 4, 4 }
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        const struct kafc_api *api = cases[i].versions ? versions : metadata;
        uint8_t buf[8];
        struct kafc_wr w;
        struct kafc_rd r;
        int32_t correlation = 0;
        kafc__wr_init(&w, buf, sizeof(buf), NULL);
        kafc__response_header_put(&w, api, cases[i].version, -5);
        ck_assert_uint_eq(kafc__wr_len(&w), cases[i].n);
        ck_assert_uint_eq(kafc__response_header_size(api, cases[i].version), cases[i].n);
        kafc__rd_init(&r, buf, cases[i].n);
        ck_assert(kafc__response_header_get(&r, api, cases[i].version, &correlation));
        ck_assert_int_eq(correlation, -5);
        kafc__rd_init(&r, buf, cases[i].n - 1);
        ck_assert(!kafc__response_header_get(&r, api, cases[i].version, &correlation));
    }
}
END_TEST

START_TEST(tags_of_a_header_are_skipped_and_hostile_ones_refused)
{
    struct kafc_rd r;
    struct kafc_request_header h;
    static const char two[] = "\0\3\0\x9\0\0\0\7\0\0\2\5\1x\x9\0";
    kafc__rd_init(&r, two, sizeof(two) - 1);
    ck_assert(kafc__request_header_get(&r, api_of(&r), &h));
    ck_assert_uint_eq(kafc__rd_left(&r), 0);
    static const char many[] = "\0\3\0\x9\0\0\0\7\0\0\xff\xff\xff\xff\xf";
    kafc__rd_init(&r, many, sizeof(many) - 1);
    ck_assert(!kafc__request_header_get(&r, api_of(&r), &h));
    static const char longer[] = "\0\3\0\x9\0\0\0\7\0\0\1\1\x7f";
    kafc__rd_init(&r, longer, sizeof(longer) - 1);
    ck_assert(!kafc__request_header_get(&r, api_of(&r), &h));
}
END_TEST

START_TEST(an_unknown_api_still_gives_its_key)
{
    struct kafc_rd r;
    struct kafc_request_header h;
    kafc__rd_init(&r, "\3\xe7\0\1\0\0\0\2\0\2cl", 12);
    ck_assert(kafc__request_header_get(&r, api_of(&r), &h));
    ck_assert_int_eq(h.api, 999);
    ck_assert_int_eq(h.correlation, 2);
    ck_assert_ptr_null(h.client_id.p);
    ck_assert_uint_eq(kafc__rd_left(&r), 4);
}
END_TEST

/* The header of a request by hand, and the same from the table, for a client id or none. */
static void compare_request(const struct kafc_api *api, int16_t version, kafc_str client)
{
    int h = kafc__request_header_version(api, version);
    struct kafc_header_req table;
    uint8_t buf[64];
    struct kafc_wr w;
    size_t n;
    kafc__msg_defaults(&kafc_header_req_schema, &table);
    table.request_api_key = api->key;
    table.request_api_version = version;
    table.correlation_id = 7;
    if (h >= 1)
        table.client_id = client;
    unsigned char *bytes = message_encode(&kafc_header_req_schema, &table, h, &n);
    kafc__wr_init(&w, buf, sizeof(buf), NULL);
    kafc__request_header_put(&w, api, version, 7, client);
    ck_assert_msg(kafc__wr_len(&w) == n && memcmp(buf, bytes, n) == 0, "%s v%d", api->name,
                  version);
    ck_assert_uint_eq(kafc__request_header_size(api, version, client), n);
    free(bytes);
    if (h == 2) { /* tags that a newer client sends are passed over */
        struct kafc_tag tags[] = { { 0, { "x", 1 } }, { 300, { "", 0 } } };
        struct kafc_request_header back;
        struct kafc_rd r;
        table.unknown = (struct kafc_tags){ tags, 2 };
        bytes = message_encode(&kafc_header_req_schema, &table, h, &n);
        kafc__rd_init(&r, bytes, n);
        ck_assert(kafc__request_header_get(&r, api_of(&r), &back));
        ck_assert_uint_eq(kafc__rd_left(&r), 0);
        ck_assert_int_eq(back.client_id.len, client.len);
        free(bytes);
    }
}

static void compare_response(const struct kafc_api *api, int16_t version)
{
    int h = kafc__response_header_version(api, version);
    struct kafc_header_resp table;
    uint8_t buf[16];
    struct kafc_wr w;
    struct kafc_rd r;
    int32_t correlation;
    size_t n;
    kafc__msg_defaults(&kafc_header_resp_schema, &table);
    table.correlation_id = -5;
    unsigned char *bytes = message_encode(&kafc_header_resp_schema, &table, h, &n);
    kafc__wr_init(&w, buf, sizeof(buf), NULL);
    kafc__response_header_put(&w, api, version, -5);
    ck_assert_msg(kafc__wr_len(&w) == n && memcmp(buf, bytes, n) == 0, "%s v%d", api->name,
                  version);
    ck_assert_uint_eq(kafc__response_header_size(api, version), n);
    for (size_t cut = 0; cut <= n; cut++) {
        kafc__rd_init(&r, bytes, cut);
        ck_assert(kafc__response_header_get(&r, api, version, &correlation) == (cut == n));
    }
    ck_assert_int_eq(correlation, -5);
    free(bytes);
}

START_TEST(every_api_has_the_headers_of_the_tables)
{
    size_t n;
    const struct kafc_api *const *apis = kafc__apis(&n);
    for (size_t i = 0; i < n; i++)
        for (int16_t v = apis[i]->min; v <= apis[i]->max; v++) {
            compare_request(apis[i], v, CL);
            compare_request(apis[i], v, (kafc_str){ "", 0 });
            compare_request(apis[i], v, (kafc_str){ NULL, 0 });
            compare_response(apis[i], v);
        }
}
END_TEST

/* Kafka's own headers, readdressed to an API and a version that have such a header. */
static int read_vector(unsigned char *bytes, size_t n, int header, const json_t *json)
{
    size_t napis;
    const struct kafc_api *const *apis = kafc__apis(&napis);
    int read = 0;
    for (size_t i = 0; i < napis; i++)
        for (int16_t v = apis[i]->min; v <= apis[i]->max; v++) {
            if (kafc__request_header_version(apis[i], v) != header)
                continue;
            struct kafc_rd r;
            struct kafc_request_header h;
            const json_t *client = json_object_get(json, "clientId");
            kafc__store16(bytes, (uint16_t)apis[i]->key);
            kafc__store16(bytes + 2, (uint16_t)v);
            kafc__rd_init(&r, bytes, n);
            MUST(kafc__request_header_get(&r, api_of(&r), &h) && kafc__rd_left(&r) == 0, "%s v%d",
                 apis[i]->name, v);
            MUST(h.correlation == json_integer_value(json_object_get(json, "correlationId")),
                 "%s v%d", apis[i]->name, v);
            MUST((h.client_id.p != NULL) == json_is_string(client) &&
                     (size_t)h.client_id.len == json_string_length(client) &&
                     (!h.client_id.len ||
                      !memcmp(h.client_id.p, json_string_value(client), (size_t)h.client_id.len)),
                 "%s v%d", apis[i]->name, v);
            read++;
        }
    return read;
}

START_TEST(headers_of_kafka_are_read)
{
    struct lines l;
    int read = 0, answers = 0;
    lines_open(&l, "messages.tsv.gz");
    while (lines_next(&l)) {
        bool request = !strcmp(l.column[0], "RequestHeader");
        if (!request && strcmp(l.column[0], "ResponseHeader") != 0)
            continue;
        size_t n;
        int header = atoi(l.column[2]);
        unsigned char *bytes = lines_hex(l.column[4], &n);
        json_t *json = json_loads(l.column[3], JSON_ALLOW_NUL, NULL);
        ck_assert_ptr_nonnull(json);
        if (request) {
            read += read_vector(bytes, n, header, json);
        } else {
            struct kafc_rd r;
            int32_t correlation;
            kafc__rd_init(&r, bytes, n);
            ck_assert(
                kafc__response_header_get(&r, &kafc_metadata_api, header ? 9 : 0, &correlation) &&
                kafc__rd_left(&r) == 0);
            ck_assert_int_eq(correlation,
                             json_integer_value(json_object_get(json, "correlationId")));
            answers++;
        }
        json_decref(json);
        free(bytes);
    }
    lines_close(&l);
    size_t n;
    int versions = 0;
    const struct kafc_api *const *apis = kafc__apis(&n);
    for (size_t i = 0; i < n; i++)
        versions += apis[i]->max - apis[i]->min + 1;
    ck_assert_int_eq(read, 16 * versions);
    ck_assert_int_eq(answers, 32);
}
END_TEST

SUITE_MAIN("protocol/headers", 30, request_headers_have_a_client_id_of_16_bit_length,
           header_versions_follow_flexibility_but_for_two, response_headers_both_ways,
           tags_of_a_header_are_skipped_and_hostile_ones_refused,
           an_unknown_api_still_gives_its_key, every_api_has_the_headers_of_the_tables,
           headers_of_kafka_are_read)
