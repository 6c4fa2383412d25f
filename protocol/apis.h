/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What there is to know of an API besides its fields, as a constant row that
 * its file in protocol/api defines: kafc_fetch_api. And the headers of requests
 * and responses. Whoever names a row links that API alone; registry.h knows
 * them all. Any thread.
 */
#ifndef KAFC_PROTOCOL_APIS_H
#define KAFC_PROTOCOL_APIS_H

#include "protocol/schema.h"

enum kafc_api_key {
    KAFC_API_PRODUCE = 0,
    KAFC_API_FETCH = 1,
    KAFC_API_LIST_OFFSETS = 2,
    KAFC_API_METADATA = 3,
    KAFC_API_LEADER_AND_ISR = 4,
    KAFC_API_STOP_REPLICA = 5,
    KAFC_API_UPDATE_METADATA = 6,
    KAFC_API_CONTROLLED_SHUTDOWN = 7,
    KAFC_API_OFFSET_COMMIT = 8,
    KAFC_API_OFFSET_FETCH = 9,
    KAFC_API_FIND_COORDINATOR = 10,
    KAFC_API_JOIN_GROUP = 11,
    KAFC_API_HEARTBEAT = 12,
    KAFC_API_LEAVE_GROUP = 13,
    KAFC_API_SYNC_GROUP = 14,
    KAFC_API_DESCRIBE_GROUPS = 15,
    KAFC_API_LIST_GROUPS = 16,
    KAFC_API_SASL_HANDSHAKE = 17,
    KAFC_API_API_VERSIONS = 18,
    KAFC_API_CREATE_TOPICS = 19,
    KAFC_API_DELETE_TOPICS = 20,
    KAFC_API_DELETE_RECORDS = 21,
    KAFC_API_INIT_PRODUCER_ID = 22,
    KAFC_API_OFFSET_FOR_LEADER_EPOCH = 23,
    KAFC_API_ADD_PARTITIONS_TO_TXN = 24,
    KAFC_API_ADD_OFFSETS_TO_TXN = 25,
    KAFC_API_END_TXN = 26,
    KAFC_API_WRITE_TXN_MARKERS = 27,
    KAFC_API_TXN_OFFSET_COMMIT = 28,
    KAFC_API_DESCRIBE_ACLS = 29,
    KAFC_API_CREATE_ACLS = 30,
    KAFC_API_DELETE_ACLS = 31,
    KAFC_API_DESCRIBE_CONFIGS = 32,
    KAFC_API_ALTER_CONFIGS = 33,
    KAFC_API_ALTER_REPLICA_LOG_DIRS = 34,
    KAFC_API_DESCRIBE_LOG_DIRS = 35,
    KAFC_API_SASL_AUTHENTICATE = 36,
    KAFC_API_CREATE_PARTITIONS = 37,
    KAFC_API_CREATE_DELEGATION_TOKEN = 38,
    KAFC_API_RENEW_DELEGATION_TOKEN = 39,
    KAFC_API_EXPIRE_DELEGATION_TOKEN = 40,
    KAFC_API_DESCRIBE_DELEGATION_TOKEN = 41,
    KAFC_API_DELETE_GROUPS = 42,
    KAFC_API_ELECT_LEADERS = 43,
    KAFC_API_INCREMENTAL_ALTER_CONFIGS = 44,
    KAFC_API_ALTER_PARTITION_REASSIGNMENTS = 45,
    KAFC_API_LIST_PARTITION_REASSIGNMENTS = 46,
    KAFC_API_OFFSET_DELETE = 47,
    KAFC_API_DESCRIBE_CLIENT_QUOTAS = 48,
    KAFC_API_ALTER_CLIENT_QUOTAS = 49,
    KAFC_API_DESCRIBE_USER_SCRAM_CREDENTIALS = 50,
    KAFC_API_ALTER_USER_SCRAM_CREDENTIALS = 51,
    KAFC_API_VOTE = 52,
    KAFC_API_BEGIN_QUORUM_EPOCH = 53,
    KAFC_API_END_QUORUM_EPOCH = 54,
    KAFC_API_DESCRIBE_QUORUM = 55,
    KAFC_API_ALTER_PARTITION = 56,
    KAFC_API_UPDATE_FEATURES = 57,
    KAFC_API_ENVELOPE = 58,
    KAFC_API_FETCH_SNAPSHOT = 59,
    KAFC_API_DESCRIBE_CLUSTER = 60,
    KAFC_API_DESCRIBE_PRODUCERS = 61,
    KAFC_API_BROKER_REGISTRATION = 62,
    KAFC_API_BROKER_HEARTBEAT = 63,
    KAFC_API_UNREGISTER_BROKER = 64,
    KAFC_API_DESCRIBE_TRANSACTIONS = 65,
    KAFC_API_LIST_TRANSACTIONS = 66,
    KAFC_API_ALLOCATE_PRODUCER_IDS = 67,
    KAFC_API_CONSUMER_GROUP_HEARTBEAT = 68,
    KAFC_API_CONSUMER_GROUP_DESCRIBE = 69,
    KAFC_API_CONTROLLER_REGISTRATION = 70,
    KAFC_API_GET_TELEMETRY_SUBSCRIPTIONS = 71,
    KAFC_API_PUSH_TELEMETRY = 72,
    KAFC_API_ASSIGN_REPLICAS_TO_DIRS = 73,
    KAFC_API_LIST_CONFIG_RESOURCES = 74,
    KAFC_API_DESCRIBE_TOPIC_PARTITIONS = 75,
    KAFC_API_SHARE_GROUP_HEARTBEAT = 76,
    KAFC_API_SHARE_GROUP_DESCRIBE = 77,
    KAFC_API_SHARE_FETCH = 78,
    KAFC_API_SHARE_ACKNOWLEDGE = 79,
    KAFC_API_ADD_RAFT_VOTER = 80,
    KAFC_API_REMOVE_RAFT_VOTER = 81,
    KAFC_API_UPDATE_RAFT_VOTER = 82,
    KAFC_API_INITIALIZE_SHARE_GROUP_STATE = 83,
    KAFC_API_READ_SHARE_GROUP_STATE = 84,
    KAFC_API_WRITE_SHARE_GROUP_STATE = 85,
    KAFC_API_DELETE_SHARE_GROUP_STATE = 86,
    KAFC_API_READ_SHARE_GROUP_STATE_SUMMARY = 87,
    KAFC_API_STREAMS_GROUP_HEARTBEAT = 88,
    KAFC_API_STREAMS_GROUP_DESCRIBE = 89,
    KAFC_API_DESCRIBE_SHARE_GROUP_OFFSETS = 90,
    KAFC_API_ALTER_SHARE_GROUP_OFFSETS = 91,
    KAFC_API_DELETE_SHARE_GROUP_OFFSETS = 92
};

/* Who answers: where a client has to take the request. */
enum kafc_route {
    KAFC_TO_ANY,        /* every broker can */
    KAFC_TO_CONTROLLER, /* the controller, or a broker that passes it on */
    KAFC_TO_LEADER,     /* of each partition that is named */
    KAFC_TO_GROUP,      /* the coordinator of the group */
    KAFC_TO_TXN,        /* the coordinator of the transactional id */
    KAFC_TO_SHARE,  /* the coordinator of a share group's partition: "group:topicId:partition" */
    KAFC_TO_ALL,    /* each broker knows a part */
    KAFC_TO_RESOURCE, /* of a broker and its loggers the broker, of all others any */
    KAFC_TO_BROKER, /* the one that the request is about: only the caller knows */
    KAFC_TO_QUORUM  /* between controllers and brokers: no listener of a client's */
};

struct kafc_api {
    int16_t key;
    const char *name;          /* "Metadata" */
    int8_t min, max;           /* versions the tables know */
    int8_t pick_min, pick_max; /* what to negotiate in: final, and meant for clients */
    int8_t flex;               /* first flexible version; 127: none */
    int8_t throttle_from; /* from this version on the client waits out ThrottleTimeMs; 127: never */
    uint8_t route;        /* enum kafc_route */
    const struct kafc_schema *req, *resp;
};

/* Which header goes with the version. */
int kafc__request_header_version(const struct kafc_api *api, int16_t version);
int kafc__response_header_version(const struct kafc_api *api, int16_t version);

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

/* The server's side. api: of the key that the first two bytes are, or NULL when it is unknown: then key, version
 * and correlation are read and the rest is not (client_id null). */
bool kafc__request_header_get(struct kafc_rd *r, const struct kafc_api *api,
                              struct kafc_request_header *h);
size_t kafc__response_header_size(const struct kafc_api *api, int16_t version);
void kafc__response_header_put(struct kafc_wr *w, const struct kafc_api *api, int16_t version,
                               int32_t correlation);

#endif
