/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the cluster keeps of SCRAM users, who can log in (mock/scram.c), of
 * quotas and delegation tokens, which are not applied. One thread at a time.
 */
#ifndef KAFC_MOCK_USERS_H
#define KAFC_MOCK_USERS_H

#include "mock/acl.h"

enum { KAFC_MQUOTA_PARTS = 3, KAFC_MQUOTA_KEYS = 5, KAFC_MTOKEN_HMAC = 64 };

struct kafc_mscram {
    struct kafc_list node;
    int8_t mechanism;
    int32_t iterations;
    int32_t len, nsalt;
    uint8_t salted[64]; /* the password */
    char user[];        /* and the salt behind it */
};

/* An entity. */
struct kafc_mquota {
    struct kafc_list node;
    int nparts;
    struct {
        kafc_str type, name; /* name null: the default */
    } part[KAFC_MQUOTA_PARTS];
    double value[KAFC_MQUOTA_KEYS]; /* by key; 0: not set */
    char text[];                    /* where they lie */
};
extern const char *const kafc__mquota_keys[KAFC_MQUOTA_KEYS + 1]; /* NULL behind the last */

struct kafc_mdelegation {
    struct kafc_list node;
    int64_t issued, expires, max;
    char id[24];
    uint8_t hmac[KAFC_MTOKEN_HMAC];
    kafc_str owner_type, owner, requester;
    int32_t nrenewers;
    struct {
        kafc_str type, name;
    } * renewer; /* behind the token, and the texts behind them */
};

/* Takes a text to *at, which goes on behind it; null stays null. */
kafc_str kafc__mtext_put(char **at, kafc_str s);
void kafc__musers_free(struct kafc_cluster *c); /* all three */

/* NULL: there is none. */
struct kafc_mscram *kafc__mscram_find(const struct kafc_cluster *c, kafc_str user,
                                      int8_t mechanism);
struct kafc_mdelegation *kafc__mtoken_find(const struct kafc_cluster *c, kafc_bytes hmac);

#endif
