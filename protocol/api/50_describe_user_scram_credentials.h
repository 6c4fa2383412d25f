/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DescribeUserScramCredentials (50): which SCRAM mechanisms users have,
 * never their secrets. Null asks for all users.
 */
#ifndef KAFC_PROTOCOL_API_DESCRIBE_USER_SCRAM_CREDENTIALS_H
#define KAFC_PROTOCOL_API_DESCRIBE_USER_SCRAM_CREDENTIALS_H

#include "protocol/types.h"

struct kafc_describe_user_scram_credentials_req_user {
    kafc_str name;
    struct kafc_tags unknown;
};

struct kafc_describe_user_scram_credentials_req {
    KAFC_ARRAY(struct kafc_describe_user_scram_credentials_req_user) users; /* null: all */
    struct kafc_tags unknown;
};

struct kafc_describe_user_scram_credentials_resp_credential {
    int8_t mechanism; /* 1 SCRAM-SHA-256, 2 SCRAM-SHA-512 */
    int32_t iterations;
    struct kafc_tags unknown;
};

struct kafc_describe_user_scram_credentials_resp_result {
    kafc_str user;
    int16_t error_code;
    kafc_str error_message;
    KAFC_ARRAY(struct kafc_describe_user_scram_credentials_resp_credential) credential_infos;
    struct kafc_tags unknown;
};

struct kafc_describe_user_scram_credentials_resp {
    int32_t throttle_time_ms;
    int16_t error_code;
    kafc_str error_message;
    KAFC_ARRAY(struct kafc_describe_user_scram_credentials_resp_result) results;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_describe_user_scram_credentials);
KAFC_DECLARE_SCHEMA(kafc_describe_user_scram_credentials_req);
KAFC_DECLARE_SCHEMA(kafc_describe_user_scram_credentials_req_user);
KAFC_DECLARE_SCHEMA(kafc_describe_user_scram_credentials_resp);
KAFC_DECLARE_SCHEMA(kafc_describe_user_scram_credentials_resp_result);
KAFC_DECLARE_SCHEMA(kafc_describe_user_scram_credentials_resp_credential);

#endif
