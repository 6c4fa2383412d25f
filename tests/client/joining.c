/* SPDX-License-Identifier: BSD-2-Clause
 *
 * JoinGroup and SyncGroup by kafc_client_call.
 */
#include "tests/client/joining.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "protocol/api/11_join_group.h"
#include "protocol/api/14_sync_group.h"
#include "protocol/blob/consumer_protocol.h"
#include "protocol/schema.h"
#include "protocol/wire.h"

enum { ROOM = 4096, WAIT = 5000 };

static kafc_error err;

kafc_mock *joining_mock(void)
{
    kafc_mock *mock = kafc_mock_new(KAFC_MOCK(.brokers = 3), NULL);

    ck_assert_ptr_nonnull(mock);
    ck_assert_int_eq(kafc_mock_create_topic(mock, "t", 4, 1), KAFC_OK);
    ck_assert_int_eq(kafc_mock_create_topic(mock, "u", 4, 1), KAFC_OK);
    return mock;
}

static const void *call(kafc_client *c, const struct kafc_api *api, int version, const void *req,
                        kafc_answer **a)
{
    kafc_err rc = kafc_client_call(c, api, version, req, KAFC_BY_ROUTE, WAIT, a, &err);
    ck_assert_msg(rc == KAFC_OK, "%s", err.message);
    return (*a)->resp;
}

static void join(kafc_client *c, const char *group, const char *instance, const char *type,
                 kafc_bytes metadata, kafc_bytes assignment, char *id)
{
    struct kafc_join_group_req req;
    struct kafc_join_group_req_protocol protocol;
    struct kafc_sync_group_req sync;
    struct kafc_sync_group_req_assignment one;
    kafc_answer *a, *b;

    kafc__msg_defaults(&kafc_join_group_req_schema, &req);
    kafc__msg_defaults(&kafc_join_group_req_protocol_schema, &protocol);
    protocol.name = kafc__str("range");
    protocol.metadata = metadata;
    req.group_id = kafc__str(group);
    req.session_timeout_ms = req.rebalance_timeout_ms = 60000;
    req.member_id = kafc__str("");
    req.group_instance_id = kafc__str(instance);
    req.protocol_type = kafc__str(type);
    req.protocols.v = &protocol;
    req.protocols.n = 1;
    /* Version 3 takes newcomers at once, 5 has instances. */
    const struct kafc_join_group_resp *j = call(c, &kafc_join_group_api, instance ? 5 : 3, &req, &a);
    ck_assert_int_eq(j->error_code, 0);
    ck_assert_int_lt(snprintf(id, 100, "%.*s", (int)j->member_id.len, j->member_id.p), 100);

    kafc__msg_defaults(&kafc_sync_group_req_schema, &sync);
    kafc__msg_defaults(&kafc_sync_group_req_assignment_schema, &one);
    one.member_id = sync.member_id = kafc__str(id);
    one.assignment = assignment;
    sync.group_id = kafc__str(group);
    sync.generation_id = j->generation_id;
    sync.group_instance_id = kafc__str(instance);
    sync.assignments.v = &one;
    sync.assignments.n = 1;
    const struct kafc_sync_group_resp *s = call(c, &kafc_sync_group_api, 3, &sync, &b);
    ck_assert_int_eq(s->error_code, 0);
    kafc_answer_free(a);
    kafc_answer_free(b);
}

static kafc_bytes encode(const struct kafc_schema *s, const void *msg, int16_t version,
                         uint8_t *buf, struct kafc_arena *arena)
{
    struct kafc_wr w;
    size_t size;
    ck_assert_int_eq(kafc__msg_size(s, msg, version, &size, NULL, &err), KAFC_OK);
    kafc__wr_init(&w, buf, ROOM, arena);
    kafc__wr_i16(&w, version);
    ck_assert_msg(kafc__msg_encode(&w, s, msg, version, &err) == KAFC_OK, "%s", err.message);
    return (kafc_bytes){ buf, (int32_t)size + 2 };
}

void joining(kafc_client *c, const char *group, const char *instance, const char *const *topics,
             int32_t ntopics, const char *assigned, char *id)
{
    uint8_t metadata[ROOM], assignment[ROOM];
    struct kafc_consumer_subscription sub;
    struct kafc_consumer_assignment got;
    struct kafc_consumer_assignment_topic topic[16];
    int32_t partition[16], n = 0;
    kafc_str name[16];
    struct kafc_arena arena;

    kafc__arena_init(&arena, NULL, 0);
    kafc__msg_defaults(&kafc_consumer_subscription_schema, &sub);
    for (int32_t i = 0; i < ntopics; i++)
        name[i] = kafc__str(topics[i]);
    sub.topics.v = name;
    sub.topics.n = ntopics;
    sub.rack_id = kafc__str("r1");
    kafc__msg_defaults(&kafc_consumer_assignment_schema, &got);
    for (const char *p = assigned; *p; p += 2 + (p[2] == ' '), n++) {
        kafc__msg_defaults(&kafc_consumer_assignment_topic_schema, &topic[n]);
        topic[n].topic = (kafc_str){ p, 1 };
        partition[n] = p[1] - '0';
        topic[n].partitions.v = &partition[n];
        topic[n].partitions.n = 1;
    }
    got.assigned_partitions.v = topic;
    got.assigned_partitions.n = n;
    join(c, group, instance, "consumer",
         encode(&kafc_consumer_subscription_schema, &sub, 3, metadata, &arena),
         encode(&kafc_consumer_assignment_schema, &got, 3, assignment, &arena), id);
    kafc__arena_fini(&arena);
}

void joining_as(kafc_client *c, const char *group, const char *type, kafc_bytes metadata,
                kafc_bytes assignment, char *id)
{
    join(c, group, NULL, type, metadata, assignment, id);
}
