/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A member of a classic group by raw requests, for the mock's tests. Each
 * member has a connection of its own to the broker; the group is "g", the
 * topic "t" of one partition.
 */
#ifndef KAFC_TESTS_MEMBER_H
#define KAFC_TESTS_MEMBER_H

#include "protocol/api/11_join_group.h"
#include "protocol/api/14_sync_group.h"
#include "tests/mock/ask.h"

struct club { /* a cluster, with what all members ask through */
    struct ask a;
};

struct member {
    struct club *club;
    uint64_t conn;
    const char *instance;  /* NULL: a dynamic one */
    const char *protocols; /* "range,roundrobin"; metadata of each is name + version */
    int metadata;
    kafc_bytes raw_metadata; /* null: as above */
    int32_t session_ms, rebalance_ms, generation;
    int16_t join_version, sync_version;
    char id[128];
    struct kafc_join_group_resp joined; /* the last answer */
    struct kafc_sync_group_resp synced;
};

void club_open(struct club *c, const kafc_mock_options *o);
void club_close(struct club *c);
void club_wait(struct club *c, int ms);
kafc_mock_group club_look(struct club *c);
/* A newcomer with a connection, "range", and times of 10 and 20 s. */
void member_init(struct member *m, struct club *c);
void member_gone(struct member *m); /* closes the connection */

void member_join(struct member *m);       /* sends */
bool member_has_joined(struct member *m); /* takes the answer if it is there: id, generation */
kafc_err member_join_now(
    struct member *m); /* both; there is an answer. With an id from error 79 it asks again. */
/* Sends; "" or, for a leader, "A=x,B=y": assignments by the index of the members in its answer: "x,y". */
void member_sync(struct member *m, const char *assignments);
bool member_has_synced(struct member *m);
/* The assignment, or "" and the code. */
const char *member_sync_now(struct member *m, const char *assignments, kafc_err *code);
kafc_err member_beat(struct member *m, int16_t version);
kafc_err member_leave(struct member *m, int16_t version);
kafc_err member_commit(struct member *m, int16_t version, int64_t offset);
bool member_leads(const struct member *m);

#endif
