/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What an error means for a transaction: by the class that core/retry has for
 * (API, code), and two small tables of what is left open by it. Any thread.
 */
#include "core/retry.h"
#include "core/txn.h"
#include "protocol/apis.h"

/* Batches that have failed for good: whatever the code, an abort heals it, but for these. */
static const int16_t fatal_of_produce[] = {
    KAFC_ERR_CLUSTER_AUTHORIZATION_FAILED,
    KAFC_ERR_UNSUPPORTED_VERSION,
    KAFC_ERR_INVALID_PRODUCER_ID_MAPPING,
    KAFC_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
    KAFC_ERR_PRODUCER_FENCED,
    KAFC_ERR_UNSUPPORTED,
};

static enum kafc_txn_class of_produce(kafc_err code)
{
    if (code == KAFC_OK)
        return KAFC_TXN_FINE;
    for (size_t i = 0; i < sizeof(fatal_of_produce) / sizeof(fatal_of_produce[0]); i++)
        if (fatal_of_produce[i] == (int)code)
            return KAFC_TXN_FATAL;
    return KAFC_TXN_ABORT;
}

/* Where a code that has no row of its own is no reason to give the producer up. */
static bool other_is_abortable(int16_t api, kafc_err code)
{
    return api == KAFC_API_ADD_PARTITIONS_TO_TXN && code != KAFC_ERR_PRODUCER_FENCED &&
           kafc__retry_class(api, code) == kafc_err_class_of(code);
}

enum kafc_txn_class kafc__txn_class(int16_t api, kafc_err code)
{
    if (api == KAFC_API_PRODUCE)
        return of_produce(code);
    switch (kafc__retry_class(api, code)) {
    case KAFC_CLASS_NONE: return KAFC_TXN_FINE;
    case KAFC_CLASS_RETRY:
    case KAFC_CLASS_REFRESH:
    case KAFC_CLASS_RECONNECT: return KAFC_TXN_RETRY;
    case KAFC_CLASS_COORDINATOR: return KAFC_TXN_FIND;
    case KAFC_CLASS_ABORT: return KAFC_TXN_ABORT;
    case KAFC_CLASS_REJOIN:
    case KAFC_CLASS_FATAL:
    case KAFC_CLASS_USAGE: break;
    }
    if (code == KAFC_ERR_NO_MEMORY)
        return KAFC_TXN_RETRY;
    return other_is_abortable(api, code) ? KAFC_TXN_ABORT : KAFC_TXN_FATAL;
}
