/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The tables behind retries: class -> reaction, and (API, code) -> class where
 * the class of the code alone would mislead. Any thread.
 */
#include "core/retry.h"

enum { ANY = -2 };

static const struct {
    int16_t api, code;
    kafc_err_class cls;
} special[] = {
    { ANY, KAFC_ERR_BROKER_NOT_AVAILABLE,
      KAFC_CLASS_REFRESH }, /* the node may be back in the next metadata */
    { 1, KAFC_ERR_CORRUPT_MESSAGE,
      KAFC_CLASS_FATAL }, /* Fetch: the log is damaged, reading again does not help */
    { 1, KAFC_ERR_UNKNOWN_SERVER_ERROR, KAFC_CLASS_RETRY },
    { 8, KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION, KAFC_CLASS_RETRY }, /* OffsetCommit */
    { 8, KAFC_ERR_REQUEST_TIMED_OUT, KAFC_CLASS_COORDINATOR },
    { 9, KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION, KAFC_CLASS_FATAL }, /* OffsetFetch */
    { 10, KAFC_ERR_COORDINATOR_NOT_AVAILABLE,
      KAFC_CLASS_RETRY }, /* FindCoordinator is how it is found */
    { 11, KAFC_ERR_REBALANCE_IN_PROGRESS, KAFC_CLASS_RETRY },  /* JoinGroup */
    { 13, KAFC_ERR_UNKNOWN_MEMBER_ID, KAFC_CLASS_NONE },       /* LeaveGroup: it has left */
    { 10, KAFC_ERR_GROUP_AUTHORIZATION_FAILED, KAFC_CLASS_ABORT },
    { 22, KAFC_ERR_INVALID_PRODUCER_EPOCH, KAFC_CLASS_FATAL }, /* InitProducerId: fenced */
    { 22, KAFC_ERR_CLUSTER_AUTHORIZATION_FAILED, KAFC_CLASS_ABORT },
    { 22, KAFC_ERR_INVALID_TXN_STATE, KAFC_CLASS_FATAL },
    { 22, KAFC_ERR_INVALID_PRODUCER_ID_MAPPING, KAFC_CLASS_FATAL },
    { 22, KAFC_ERR_UNKNOWN_PRODUCER_ID, KAFC_CLASS_FATAL },
    { 24, KAFC_ERR_INVALID_PRODUCER_EPOCH, KAFC_CLASS_FATAL }, /* AddPartitionsToTxn */
    { 24, KAFC_ERR_INVALID_TXN_STATE, KAFC_CLASS_FATAL },
    { 24, KAFC_ERR_INVALID_PRODUCER_ID_MAPPING, KAFC_CLASS_FATAL },
    { 24, KAFC_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED, KAFC_CLASS_FATAL },
    { 24, KAFC_ERR_TOPIC_AUTHORIZATION_FAILED, KAFC_CLASS_ABORT },
    { 24, KAFC_ERR_OPERATION_NOT_ATTEMPTED, KAFC_CLASS_ABORT },
    { 25, KAFC_ERR_INVALID_PRODUCER_EPOCH, KAFC_CLASS_FATAL }, /* AddOffsetsToTxn */
    { 25, KAFC_ERR_INVALID_TXN_STATE, KAFC_CLASS_FATAL },
    { 25, KAFC_ERR_INVALID_PRODUCER_ID_MAPPING, KAFC_CLASS_FATAL },
    { 25, KAFC_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED, KAFC_CLASS_FATAL },
    { 25, KAFC_ERR_GROUP_AUTHORIZATION_FAILED, KAFC_CLASS_ABORT },
    { 26, KAFC_ERR_INVALID_PRODUCER_EPOCH, KAFC_CLASS_FATAL }, /* EndTxn */
    { 26, KAFC_ERR_INVALID_TXN_STATE, KAFC_CLASS_FATAL },
    { 26, KAFC_ERR_INVALID_PRODUCER_ID_MAPPING, KAFC_CLASS_FATAL },
    { 26, KAFC_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED, KAFC_CLASS_FATAL },
    { 28, KAFC_ERR_INVALID_PRODUCER_EPOCH, KAFC_CLASS_FATAL }, /* TxnOffsetCommit */
    { 28, KAFC_ERR_INVALID_TXN_STATE, KAFC_CLASS_FATAL },
    { 28, KAFC_ERR_INVALID_PRODUCER_ID_MAPPING, KAFC_CLASS_FATAL },
    { 28, KAFC_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED, KAFC_CLASS_FATAL },
    { 28, KAFC_ERR_UNKNOWN_PRODUCER_ID, KAFC_CLASS_FATAL },
    { 28, KAFC_ERR_UNSUPPORTED_FOR_MESSAGE_FORMAT, KAFC_CLASS_FATAL },
    { 28, KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION, KAFC_CLASS_RETRY },
    { 28, KAFC_ERR_REQUEST_TIMED_OUT, KAFC_CLASS_COORDINATOR },
    { 28, KAFC_ERR_GROUP_AUTHORIZATION_FAILED, KAFC_CLASS_ABORT },
    { 28, KAFC_ERR_TOPIC_AUTHORIZATION_FAILED, KAFC_CLASS_ABORT },
    { 28, KAFC_ERR_ILLEGAL_GENERATION, KAFC_CLASS_ABORT },
    { 28, KAFC_ERR_UNKNOWN_MEMBER_ID, KAFC_CLASS_ABORT },
    { 28, KAFC_ERR_GROUP_ID_NOT_FOUND, KAFC_CLASS_ABORT },
    { 28, KAFC_ERR_FENCED_INSTANCE_ID, KAFC_CLASS_ABORT },
    { 28, KAFC_ERR_STALE_MEMBER_EPOCH, KAFC_CLASS_ABORT },
    /* The controller's, or a broker's, last word on what it was asked to do with partitions. */
    { 34, KAFC_ERR_REPLICA_NOT_AVAILABLE, KAFC_CLASS_FATAL }, /* AlterReplicaLogDirs */
    { 34, KAFC_ERR_KAFKA_STORAGE_ERROR, KAFC_CLASS_FATAL },
    { 35, KAFC_ERR_KAFKA_STORAGE_ERROR, KAFC_CLASS_FATAL },           /* DescribeLogDirs */
    { 43, KAFC_ERR_PREFERRED_LEADER_NOT_AVAILABLE, KAFC_CLASS_FATAL }, /* ElectLeaders */
    { 43, KAFC_ERR_ELIGIBLE_LEADERS_NOT_AVAILABLE, KAFC_CLASS_FATAL },
    { 43, KAFC_ERR_ELECTION_NOT_NEEDED, KAFC_CLASS_NONE },
};

kafc_err_class kafc__retry_class(int16_t api, kafc_err code)
{
    for (size_t i = 0; i < sizeof(special) / sizeof(*special); i++)
        if (special[i].code == (int)code && (special[i].api == api || special[i].api == ANY))
            return special[i].cls;
    return kafc_err_class_of(code);
}

bool kafc__retry_refused(kafc_err code)
{
    return code == KAFC_ERR_TLS || code == KAFC_ERR_SASL_AUTHENTICATION_FAILED ||
           code == KAFC_ERR_UNSUPPORTED_SASL_MECHANISM || code == KAFC_ERR_ILLEGAL_SASL_STATE ||
           code == KAFC_ERR_UNSUPPORTED;
}

static const struct kafc_reaction reaction[KAFC_CLASS_USAGE + 1] = {
    [KAFC_CLASS_RETRY] = { .again = true },
    [KAFC_CLASS_REFRESH] = { .again = true, .refresh = true },
    [KAFC_CLASS_COORDINATOR] = { .again = true, .coordinator = true },
    [KAFC_CLASS_RECONNECT] = { .again = true, .refresh = true }, /* the node may have moved */
};

const struct kafc_reaction *kafc__retry_reaction(kafc_err_class cls)
{
    return &reaction[cls <= KAFC_CLASS_USAGE ? cls : KAFC_CLASS_FATAL];
}
