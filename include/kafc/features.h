/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The levels of a cluster's features, such as "metadata.version", and brokers
 * that are gone for good.
 *
 * Threads, timeouts and errors are those of kafc/client.h: any thread, one
 * wait within timeout_ms for a whole call, `err` may be NULL. The controller is
 * asked; while it moves or is not to be reached a call goes on until its time
 * is over.
 */
#ifndef KAFC_FEATURES_H
#define KAFC_FEATURES_H

#include <kafc/client.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum kafc_feature_change {
    KAFC_FEATURE_UPGRADE = 1,         /* also the default, 0 */
    KAFC_FEATURE_SAFE_DOWNGRADE = 2,  /* only if no metadata are lost */
    KAFC_FEATURE_UNSAFE_DOWNGRADE = 3 /* even so */
} kafc_feature_change;

typedef struct kafc_feature_update {
    const char *feature;
    int32_t level; /* that all brokers shall hold to; 0: the feature is turned off */
    kafc_feature_change change;
    kafc_err result; /* out */
} kafc_feature_update;

/* Changes the levels of n features (KIP-584), all or none. validate_only: says what would become of it, and changes
 * nothing. Returns the first error, with the broker's words; from 4.0 on brokers give one for all. Repeated when its
 * fate is unknown.
 * KAFC_ERR_INVALID_UPDATE_VERSION: no such feature or level, or a direction that `change` does not allow, or another
 * feature stands against it; KAFC_ERR_FEATURE_UPDATE_FAILED; KAFC_ERR_CLUSTER_AUTHORIZATION_FAILED. Brokers before 2.7:
 * KAFC_ERR_UNSUPPORTED; before 3.3 the same for downgrades and validate_only. */
KAFC_API kafc_err kafc_admin_update_features(kafc_client *c, kafc_feature_update *q, int32_t n,
                                             bool validate_only, int timeout_ms, kafc_error *err);

/* Makes the cluster forget a broker that will not come back (KIP-631): it is an offline replica of partitions no more
 * when they were reassigned. One that runs registers itself again when it is started. Not repeated when its fate is
 * unknown. KAFC_ERR_BROKER_ID_NOT_REGISTERED; KAFC_ERR_CLUSTER_AUTHORIZATION_FAILED. Brokers before 3.0, and those with
 * ZooKeeper: KAFC_ERR_UNSUPPORTED. */
KAFC_API kafc_err kafc_admin_unregister_broker(kafc_client *c, int32_t broker, int timeout_ms,
                                               kafc_error *err);

#ifdef __cplusplus
}
#endif
#endif
