/* SPDX-License-Identifier: BSD-2-Clause
 *
 * AlterUserScramCredentials (51), rows.
 */
#include "protocol/api/51_alter_user_scram_credentials.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_alter_user_scram_credentials_req_deletion
ROWS(kafc_alter_user_scram_credentials_req_deletion) = {
    STR(name, "Name", SINCE(0)),
    I8(mechanism, "Mechanism", SINCE(0)),
};
SCHEMA(kafc_alter_user_scram_credentials_req_deletion, "ScramCredentialDeletion");
#undef MSG

#define MSG struct kafc_alter_user_scram_credentials_req_upsertion
ROWS(kafc_alter_user_scram_credentials_req_upsertion) = {
    STR(name, "Name", SINCE(0)),
    I8(mechanism, "Mechanism", SINCE(0)),
    I32(iterations, "Iterations", SINCE(0)),
    BYTES(salt, "Salt", SINCE(0)),
    BYTES(salted_password, "SaltedPassword", SINCE(0)),
};
SCHEMA(kafc_alter_user_scram_credentials_req_upsertion, "ScramCredentialUpsertion");
#undef MSG

#define MSG struct kafc_alter_user_scram_credentials_req
ROWS(kafc_alter_user_scram_credentials_req) = {
    ARR(deletions, kafc_alter_user_scram_credentials_req_deletion, "Deletions", SINCE(0)),
    ARR(upsertions, kafc_alter_user_scram_credentials_req_upsertion, "Upsertions", SINCE(0)),
};
MESSAGE(kafc_alter_user_scram_credentials_req, "AlterUserScramCredentialsRequest", 51, 0, 0, 0);
#undef MSG

#define MSG struct kafc_alter_user_scram_credentials_resp_result
ROWS(kafc_alter_user_scram_credentials_resp_result) = {
    STR(user, "User", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(0)),
    STR(error_message, "ErrorMessage", SINCE(0), NULLABLE(0)),
};
SCHEMA(kafc_alter_user_scram_credentials_resp_result, "AlterUserScramCredentialsResult");
#undef MSG

#define MSG struct kafc_alter_user_scram_credentials_resp
ROWS(kafc_alter_user_scram_credentials_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(0)),
    ARR(results, kafc_alter_user_scram_credentials_resp_result, "Results", SINCE(0)),
};
MESSAGE(kafc_alter_user_scram_credentials_resp, "AlterUserScramCredentialsResponse", 51, 0, 0, 0);
#undef MSG

API(kafc_alter_user_scram_credentials, "AlterUserScramCredentials", 51, 0, 0, 0, KAFC_TO_CONTROLLER);
