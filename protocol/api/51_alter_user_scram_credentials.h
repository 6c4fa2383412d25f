/* SPDX-License-Identifier: BSD-2-Clause
 *
 * AlterUserScramCredentials (51): sets and removes SCRAM credentials.
 */
#ifndef KAFC_PROTOCOL_API_ALTER_USER_SCRAM_CREDENTIALS_H
#define KAFC_PROTOCOL_API_ALTER_USER_SCRAM_CREDENTIALS_H

#include "protocol/types.h"

struct kafc_alter_user_scram_credentials_req_deletion {
    kafc_str name;
    int8_t mechanism; /* 1 SCRAM-SHA-256, 2 SCRAM-SHA-512 */
    struct kafc_tags unknown;
};

struct kafc_alter_user_scram_credentials_req_upsertion {
    kafc_str name;
    int8_t mechanism; /* 1 SCRAM-SHA-256, 2 SCRAM-SHA-512 */
    int32_t iterations;
    kafc_bytes salt;
    kafc_bytes salted_password; /* Hi() of RFC 5802: the password never travels */
    struct kafc_tags unknown;
};

struct kafc_alter_user_scram_credentials_req {
    KAFC_ARRAY(struct kafc_alter_user_scram_credentials_req_deletion) deletions;
    KAFC_ARRAY(struct kafc_alter_user_scram_credentials_req_upsertion) upsertions;
    struct kafc_tags unknown;
};

struct kafc_alter_user_scram_credentials_resp_result {
    kafc_str user;
    int16_t error_code;
    kafc_str error_message;
    struct kafc_tags unknown;
};

struct kafc_alter_user_scram_credentials_resp {
    int32_t throttle_time_ms;
    KAFC_ARRAY(struct kafc_alter_user_scram_credentials_resp_result) results;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_alter_user_scram_credentials);
KAFC_DECLARE_SCHEMA(kafc_alter_user_scram_credentials_req);
KAFC_DECLARE_SCHEMA(kafc_alter_user_scram_credentials_req_upsertion);
KAFC_DECLARE_SCHEMA(kafc_alter_user_scram_credentials_req_deletion);
KAFC_DECLARE_SCHEMA(kafc_alter_user_scram_credentials_resp);
KAFC_DECLARE_SCHEMA(kafc_alter_user_scram_credentials_resp_result);

#endif
