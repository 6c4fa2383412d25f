/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DescribeUserScramCredentials (50), rows.
 */
#include "protocol/api/50_describe_user_scram_credentials.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_describe_user_scram_credentials_req_user
ROWS(kafc_describe_user_scram_credentials_req_user) = {
    STR(name, "Name", SINCE(0)),
};
SCHEMA(kafc_describe_user_scram_credentials_req_user, "UserName");
#undef MSG

#define MSG struct kafc_describe_user_scram_credentials_req
ROWS(kafc_describe_user_scram_credentials_req) = {
    ARR(users, kafc_describe_user_scram_credentials_req_user, "Users", SINCE(0), NULLABLE(0)),
};
MESSAGE(kafc_describe_user_scram_credentials_req, "DescribeUserScramCredentialsRequest", 50, 0, 0, 0);
#undef MSG

#define MSG struct kafc_describe_user_scram_credentials_resp_credential
ROWS(kafc_describe_user_scram_credentials_resp_credential) = {
    I8(mechanism, "Mechanism", SINCE(0)),
    I32(iterations, "Iterations", SINCE(0)),
};
SCHEMA(kafc_describe_user_scram_credentials_resp_credential, "CredentialInfo");
#undef MSG

#define MSG struct kafc_describe_user_scram_credentials_resp_result
ROWS(kafc_describe_user_scram_credentials_resp_result) = {
    STR(user, "User", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(0)),
    STR(error_message, "ErrorMessage", SINCE(0), NULLABLE(0)),
    ARR(credential_infos, kafc_describe_user_scram_credentials_resp_credential, "CredentialInfos", SINCE(0)),
};
SCHEMA(kafc_describe_user_scram_credentials_resp_result, "DescribeUserScramCredentialsResult");
#undef MSG

#define MSG struct kafc_describe_user_scram_credentials_resp
ROWS(kafc_describe_user_scram_credentials_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(0)),
    STR(error_message, "ErrorMessage", SINCE(0), NULLABLE(0)),
    ARR(results, kafc_describe_user_scram_credentials_resp_result, "Results", SINCE(0)),
};
MESSAGE(kafc_describe_user_scram_credentials_resp, "DescribeUserScramCredentialsResponse", 50, 0, 0, 0);
#undef MSG

API(kafc_describe_user_scram_credentials, "DescribeUserScramCredentials", 50, 0, 0, 0, KAFC_TO_CONTROLLER);
