/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Errors are values. Kafka's codes stand unchanged; what kafc itself finds out
 * runs from -201 down. Each code has one class, and the class says what to do.
 * Any layer may include this file.
 */
#ifndef KAFC_ERROR_H
#define KAFC_ERROR_H

#include <kafc/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What to do about an error. kafc itself acts on it before the caller sees the
 * error; what arrives at the caller has outlived its retries and its timeout. */
typedef enum kafc_err_class {
    KAFC_CLASS_NONE,        /* no error, or a notice: go on */
    KAFC_CLASS_RETRY,       /* the same again after a while may succeed */
    KAFC_CLASS_REFRESH,     /* metadata is stale: refresh it, then retry */
    KAFC_CLASS_COORDINATOR, /* find the coordinator again, then retry */
    KAFC_CLASS_REJOIN,      /* the group moved on: rejoin */
    KAFC_CLASS_RECONNECT,   /* the connection is of no use: connect again, then retry */
    KAFC_CLASS_ABORT,       /* the transaction must be aborted; the producer bumps its epoch */
    KAFC_CLASS_FATAL,       /* will not get better by itself */
    KAFC_CLASS_USAGE        /* the caller asked for something wrong: change the call */
} kafc_err_class;

/* X(name, code, class, text) */
#define KAFC_KAFKA_ERRORS(X) \
    X(UNKNOWN_SERVER_ERROR, -1, FATAL, "the broker failed without saying why; see its log") \
    X(OFFSET_OUT_OF_RANGE, 1, FATAL, "the offset is not in the range that the partition holds") \
    X(CORRUPT_MESSAGE, 2, RETRY, "the broker says that the batch is corrupt or has a null key on a compacted topic") \
    X(UNKNOWN_TOPIC_OR_PARTITION, 3, REFRESH, "this topic or partition does not exist on the broker asked") \
    X(INVALID_FETCH_SIZE, 4, USAGE, "invalid fetch size") \
    X(LEADER_NOT_AVAILABLE, 5, REFRESH, "the partition has no leader at the moment") \
    X(NOT_LEADER_OR_FOLLOWER, 6, REFRESH, "the broker asked is not the leader or a replica of the partition") \
    X(REQUEST_TIMED_OUT, 7, RETRY, "the broker timed out waiting for its replicas") \
    X(BROKER_NOT_AVAILABLE, 8, FATAL, "broker not available") \
    X(REPLICA_NOT_AVAILABLE, 9, REFRESH, "the broker has no such replica") \
    X(MESSAGE_TOO_LARGE, 10, USAGE, "the batch is larger than the broker or topic accepts (max.message.bytes)") \
    X(STALE_CONTROLLER_EPOCH, 11, FATAL, "stale controller epoch") \
    X(OFFSET_METADATA_TOO_LARGE, 12, USAGE, "the string beside the offset is above offset.metadata.max.bytes") \
    X(NETWORK_EXCEPTION, 13, REFRESH, "network exception") \
    X(COORDINATOR_LOAD_IN_PROGRESS, 14, RETRY, "the coordinator is still reading what it has to know") \
    X(COORDINATOR_NOT_AVAILABLE, 15, COORDINATOR, "there is no coordinator at the moment") \
    X(NOT_COORDINATOR, 16, COORDINATOR, "the broker asked is not the coordinator") \
    X(INVALID_TOPIC_EXCEPTION, 17, USAGE, "not a legal name: 1 to 249 letters, digits, '.', '_' or '-'") \
    X(RECORD_LIST_TOO_LARGE, 18, USAGE, "record list too large") \
    X(NOT_ENOUGH_REPLICAS, 19, RETRY, "fewer in-sync replicas than min.insync.replicas") \
    X(NOT_ENOUGH_REPLICAS_AFTER_APPEND, 20, RETRY, "written, but to fewer replicas than min.insync.replicas") \
    X(INVALID_REQUIRED_ACKS, 21, USAGE, "invalid required acks") \
    X(ILLEGAL_GENERATION, 22, REJOIN, "the group has gone on to another generation") \
    X(INCONSISTENT_GROUP_PROTOCOL, 23, FATAL, "the group has another protocol type, or no assignor in common") \
    X(INVALID_GROUP_ID, 24, USAGE, "not a legal name of a group") \
    X(UNKNOWN_MEMBER_ID, 25, REJOIN, "the coordinator knows no such member of the group, or not any more") \
    X(INVALID_SESSION_TIMEOUT, 26, USAGE, "out of the broker's group.min. and max.session.timeout.ms") \
    X(REBALANCE_IN_PROGRESS, 27, REJOIN, "the group is rebalancing") \
    X(INVALID_COMMIT_OFFSET_SIZE, 28, USAGE, "invalid commit offset size") \
    X(TOPIC_AUTHORIZATION_FAILED, 29, FATAL, "the topic's ACLs do not let this client do that") \
    X(GROUP_AUTHORIZATION_FAILED, 30, FATAL, "the group's ACLs do not let this client do that") \
    X(CLUSTER_AUTHORIZATION_FAILED, 31, FATAL, "the cluster's ACLs do not let this client do that") \
    X(INVALID_TIMESTAMP, 32, USAGE, "the timestamp is out of the range that the topic takes") \
    X(UNSUPPORTED_SASL_MECHANISM, 33, FATAL, "the broker does not offer the SASL mechanism") \
    X(ILLEGAL_SASL_STATE, 34, FATAL, "the broker expects no login here, or another step of it") \
    X(UNSUPPORTED_VERSION, 35, USAGE, "unsupported version") \
    X(TOPIC_ALREADY_EXISTS, 36, FATAL, "topic already exists") \
    X(INVALID_PARTITIONS, 37, USAGE, "the number of partitions is below 1, or below what the topic has") \
    X(INVALID_REPLICATION_FACTOR, 38, USAGE, "the replication factor is below 1, or above the number of brokers") \
    X(INVALID_REPLICA_ASSIGNMENT, 39, USAGE, "not a list of brokers that are there, each once") \
    X(INVALID_CONFIG, 40, USAGE, "invalid config") \
    X(NOT_CONTROLLER, 41, REFRESH, "the broker asked is not the controller") \
    X(INVALID_REQUEST, 42, USAGE, "invalid request") \
    X(UNSUPPORTED_FOR_MESSAGE_FORMAT, 43, USAGE, "unsupported for message format") \
    X(POLICY_VIOLATION, 44, USAGE, "policy violation") \
    X(OUT_OF_ORDER_SEQUENCE_NUMBER, 45, FATAL, "a batch before this one is missing in the log") \
    X(DUPLICATE_SEQUENCE_NUMBER, 46, FATAL, "duplicate sequence number") \
    X(INVALID_PRODUCER_EPOCH, 47, ABORT, "invalid producer epoch") \
    X(INVALID_TXN_STATE, 48, ABORT, "invalid txn state") \
    X(INVALID_PRODUCER_ID_MAPPING, 49, ABORT, "invalid producer id mapping") \
    X(INVALID_TRANSACTION_TIMEOUT, 50, FATAL, "invalid transaction timeout") \
    X(CONCURRENT_TRANSACTIONS, 51, RETRY, "concurrent transactions") \
    X(TRANSACTION_COORDINATOR_FENCED, 52, FATAL, "a later coordinator has been there since") \
    X(TRANSACTIONAL_ID_AUTHORIZATION_FAILED, 53, ABORT, "the id's ACLs do not let this client use it") \
    X(SECURITY_DISABLED, 54, FATAL, "the broker has no authorizer, and so no ACLs (authorizer.class.name)") \
    X(OPERATION_NOT_ATTEMPTED, 55, FATAL, "operation not attempted") \
    X(KAFKA_STORAGE_ERROR, 56, REFRESH, "the broker cannot use its disk") \
    X(LOG_DIR_NOT_FOUND, 57, FATAL, "the broker has no such log directory") \
    X(SASL_AUTHENTICATION_FAILED, 58, FATAL, "the login was refused") \
    X(UNKNOWN_PRODUCER_ID, 59, ABORT, "unknown producer id") \
    X(REASSIGNMENT_IN_PROGRESS, 60, FATAL, "a reassignment of the partition is under way") \
    X(DELEGATION_TOKEN_AUTH_DISABLED, 61, FATAL, "the broker has no delegation.token.secret.key") \
    X(DELEGATION_TOKEN_NOT_FOUND, 62, FATAL, "there is no such delegation token") \
    X(DELEGATION_TOKEN_OWNER_MISMATCH, 63, FATAL, "this client is neither its owner nor a renewer") \
    X(DELEGATION_TOKEN_REQUEST_NOT_ALLOWED, 64, FATAL, "the connection must be authenticated, and not by a token") \
    X(DELEGATION_TOKEN_AUTHORIZATION_FAILED, 65, FATAL, "the token's ACLs do not let this client do that") \
    X(DELEGATION_TOKEN_EXPIRED, 66, FATAL, "the delegation token has expired") \
    X(INVALID_PRINCIPAL_TYPE, 67, FATAL, "principals of this type have no delegation tokens") \
    X(NON_EMPTY_GROUP, 68, FATAL, "the group has members") \
    X(GROUP_ID_NOT_FOUND, 69, FATAL, "there is no such group") \
    X(FETCH_SESSION_ID_NOT_FOUND, 70, RETRY, "fetch session id not found") \
    X(INVALID_FETCH_SESSION_EPOCH, 71, RETRY, "invalid fetch session epoch") \
    X(LISTENER_NOT_FOUND, 72, REFRESH, "listener not found") \
    X(TOPIC_DELETION_DISABLED, 73, FATAL, "topic deletion disabled") \
    X(FENCED_LEADER_EPOCH, 74, REFRESH, "fenced leader epoch") \
    X(UNKNOWN_LEADER_EPOCH, 75, RETRY, "unknown leader epoch") \
    X(UNSUPPORTED_COMPRESSION_TYPE, 76, USAGE, "the broker does not know the compression codec") \
    X(STALE_BROKER_EPOCH, 77, FATAL, "stale broker epoch") \
    X(OFFSET_NOT_AVAILABLE, 78, RETRY, "offset not available") \
    X(MEMBER_ID_REQUIRED, 79, REJOIN, "member id required") \
    X(PREFERRED_LEADER_NOT_AVAILABLE, 80, REFRESH, "the first of the replicas is not alive, or not in sync") \
    X(GROUP_MAX_SIZE_REACHED, 81, USAGE, "the group has as many members as the broker allows (group.max.size)") \
    X(FENCED_INSTANCE_ID, 82, FATAL, "another member has joined with the same group.instance.id") \
    X(ELIGIBLE_LEADERS_NOT_AVAILABLE, 83, REFRESH, "no replica can lead at the moment") \
    X(ELECTION_NOT_NEEDED, 84, REFRESH, "it has the right leader already") \
    X(NO_REASSIGNMENT_IN_PROGRESS, 85, FATAL, "no reassignment of the partition is under way") \
    X(GROUP_SUBSCRIBED_TO_TOPIC, 86, FATAL, "a member of the group has subscribed to the topic") \
    X(INVALID_RECORD, 87, USAGE, "the broker refuses a record, such as one without a key on a compacted topic") \
    X(UNSTABLE_OFFSET_COMMIT, 88, RETRY, "an open transaction is about to commit offsets there") \
    X(THROTTLING_QUOTA_EXCEEDED, 89, RETRY, "throttling quota exceeded") \
    X(PRODUCER_FENCED, 90, FATAL, "producer fenced") \
    X(RESOURCE_NOT_FOUND, 91, FATAL, "there is nothing of that name") \
    X(DUPLICATE_RESOURCE, 92, FATAL, "the request names it twice") \
    X(UNACCEPTABLE_CREDENTIAL, 93, FATAL, "the broker does not take these credentials") \
    X(INCONSISTENT_VOTER_SET, 94, FATAL, "inconsistent voter set") \
    X(INVALID_UPDATE_VERSION, 95, FATAL, "no such feature or level, or not in this direction") \
    X(FEATURE_UPDATE_FAILED, 96, FATAL, "feature update failed") \
    X(PRINCIPAL_DESERIALIZATION_FAILURE, 97, FATAL, "principal deserialization failure") \
    X(SNAPSHOT_NOT_FOUND, 98, FATAL, "snapshot not found") \
    X(POSITION_OUT_OF_RANGE, 99, FATAL, "position out of range") \
    X(UNKNOWN_TOPIC_ID, 100, REFRESH, "unknown topic id") \
    X(DUPLICATE_BROKER_REGISTRATION, 101, FATAL, "duplicate broker registration") \
    X(BROKER_ID_NOT_REGISTERED, 102, FATAL, "the cluster knows no such broker") \
    X(INCONSISTENT_TOPIC_ID, 103, REFRESH, "inconsistent topic id") \
    X(INCONSISTENT_CLUSTER_ID, 104, FATAL, "inconsistent cluster id") \
    X(TRANSACTIONAL_ID_NOT_FOUND, 105, FATAL, "the coordinator knows no such transactional id") \
    X(FETCH_SESSION_TOPIC_ID_ERROR, 106, RETRY, "fetch session topic id error") \
    X(INELIGIBLE_REPLICA, 107, FATAL, "ineligible replica") \
    X(NEW_LEADER_ELECTED, 108, FATAL, "new leader elected") \
    X(OFFSET_MOVED_TO_TIERED_STORAGE, 109, FATAL, "offset moved to tiered storage") \
    X(FENCED_MEMBER_EPOCH, 110, REJOIN, "fenced member epoch") \
    X(UNRELEASED_INSTANCE_ID, 111, FATAL, "unreleased instance id") \
    X(UNSUPPORTED_ASSIGNOR, 112, USAGE, "unsupported assignor") \
    X(STALE_MEMBER_EPOCH, 113, REJOIN, "stale member epoch") \
    X(MISMATCHED_ENDPOINT_TYPE, 114, FATAL, "mismatched endpoint type") \
    X(UNSUPPORTED_ENDPOINT_TYPE, 115, FATAL, "unsupported endpoint type") \
    X(UNKNOWN_CONTROLLER_ID, 116, FATAL, "unknown controller id") \
    X(UNKNOWN_SUBSCRIPTION_ID, 117, FATAL, "unknown subscription id") \
    X(TELEMETRY_TOO_LARGE, 118, FATAL, "telemetry too large") \
    X(INVALID_REGISTRATION, 119, FATAL, "invalid registration") \
    X(TRANSACTION_ABORTABLE, 120, ABORT, "transaction abortable") \
    X(INVALID_RECORD_STATE, 121, FATAL, "invalid record state") \
    X(SHARE_SESSION_NOT_FOUND, 122, RETRY, "share session not found") \
    X(INVALID_SHARE_SESSION_EPOCH, 123, RETRY, "invalid share session epoch") \
    X(FENCED_STATE_EPOCH, 124, FATAL, "fenced state epoch") \
    X(INVALID_VOTER_KEY, 125, FATAL, "invalid voter key") \
    X(DUPLICATE_VOTER, 126, FATAL, "duplicate voter") \
    X(VOTER_NOT_FOUND, 127, FATAL, "voter not found") \
    X(INVALID_REGULAR_EXPRESSION, 128, USAGE, "invalid regular expression") \
    X(REBOOTSTRAP_REQUIRED, 129, FATAL, "rebootstrap required") \
    X(STREAMS_INVALID_TOPOLOGY, 130, FATAL, "streams invalid topology") \
    X(STREAMS_INVALID_TOPOLOGY_EPOCH, 131, FATAL, "streams invalid topology epoch") \
    X(STREAMS_TOPOLOGY_FENCED, 132, FATAL, "streams topology fenced") \
    X(SHARE_SESSION_LIMIT_REACHED, 133, RETRY, "share session limit reached")

#define KAFC_LOCAL_ERRORS(X) \
    X(TIMED_OUT, -201, RETRY, "the call timed out") \
    X(WOULD_BLOCK, -202, RETRY, "nothing could be done without waiting") \
    X(CLOSED, -203, USAGE, "the object was closed") \
    X(INTERRUPTED, -204, RETRY, "the call was interrupted") \
    X(NO_MEMORY, -205, FATAL, "out of memory") \
    X(USAGE, -206, USAGE, "the call was used in a way that cannot work") \
    X(RESOLVE, -207, RECONNECT, "the host name cannot be resolved") \
    X(CONNECT, -208, RECONNECT, "the broker cannot be reached") \
    X(DISCONNECTED, -209, RECONNECT, "the connection to the broker was lost") \
    X(PROTOCOL, -210, RECONNECT, "the peer sent bytes that are no Kafka protocol") \
    X(FRAME_TOO_LARGE, -211, RECONNECT, "the peer announced a frame above the limit") \
    X(UNSUPPORTED, -212, FATAL, "no version of the API suits both sides") \
    X(CORRUPT, -213, FATAL, "a received batch is corrupt") \
    X(NO_CODEC, -214, FATAL, "the compression codec is not built in") \
    X(TOO_LARGE, -215, USAGE, "the message is above the limit") \
    X(END_OF_PARTITION, -216, NONE, "the end of the partition was reached") \
    X(END_OF_RANGE, -217, NONE, "everything that was asked for has been read") \
    X(SKIPPED, -218, NONE, "the position was below the log start and moved to the first offset") \
    X(TRUNCATED, -219, FATAL, "the log is shorter than the position: it was truncated") \
    X(NOT_ASSIGNED, -220, USAGE, "the partition is not assigned to this reader") \
    X(FORKED, -221, USAGE, "the handle belongs to the parent process") \
    X(NO_OFFSET, -222, FATAL, "no offset to start from, and the policy is to fail") \
    X(SYSTEM, -223, FATAL, "a system call failed") \
    X(NO_BROKERS, -224, RECONNECT, "none of the brokers can be reached") \
    X(UNKNOWN_PARTITION, -225, REFRESH, "the topic has no such partition") \
    X(CANCELLED, -226, FATAL, "given up before it was sent") \
    X(ENCODE, -227, USAGE, "a field cannot be written in the chosen version") \
    X(IN_CALLBACK, -228, USAGE, "a blocking call was made from inside a callback") \
    X(OTHER_RECORD_INVALID, -229, RETRY, "the broker refused another message of the same batch, and so all of it") \
    X(ABORTED, -230, ABORT, "the transaction that it belongs to was aborted, or must be") \
    X(MAX_POLL_EXCEEDED, -231, NONE, "the reader was away for max.poll.interval.ms, and lost its partitions") \
    X(CLAIM_ENDED, -232, NONE, "the partition is not this claim's any more") \
    X(TLS, -233, FATAL, "the two sides did not agree on TLS")

#define KAFC_ERRORS(X) KAFC_KAFKA_ERRORS(X) KAFC_LOCAL_ERRORS(X)

typedef enum kafc_err {
    KAFC_OK = 0,
#define KAFC_ERR_ENUM_(name, code, cls, text) KAFC_ERR_##name = (code),
    KAFC_ERRORS(KAFC_ERR_ENUM_)
#undef KAFC_ERR_ENUM_
} kafc_err;

/* What went wrong, for three readers: the program (code, cls), the operator
 * (message), the maintainer (broker, api, version). The caller's memory: kafc
 * fills it and keeps no pointer to it. Every function that takes one takes
 * NULL as well. After KAFC_OK its contents are unspecified. */
typedef struct kafc_error {
    kafc_err code;
    kafc_err_class cls;
    int32_t broker;     /* node id, or -1 where none is known */
    int16_t api;        /* API key, or -1 */
    int16_t version;    /* version of the API, or -1 */
    char message[488];  /* one sentence with the values, NUL-ended */
    uint64_t reserved[2];
} kafc_error;

/* "NOT_LEADER_OR_FOLLOWER", "TIMED_OUT"; "UNKNOWN" for a code that is none. */
KAFC_API const char *kafc_err_name(kafc_err code);

/* One clause in English for the code alone, static storage. */
KAFC_API const char *kafc_err_text(kafc_err code);

/* The class of the code; unknown codes are fatal, as Kafka's -1 is. */
KAFC_API kafc_err_class kafc_err_class_of(kafc_err code);

#ifdef __cplusplus
}
#endif
#endif
