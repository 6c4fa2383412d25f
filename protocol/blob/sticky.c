/* SPDX-License-Identifier: BSD-2-Clause
 *
 * User data of the sticky assignors, rows.
 */
#include "protocol/blob/sticky.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_sticky_user_data_topic
ROWS(kafc_sticky_user_data_topic) = {
    STR(topic, "Topic", SINCE(0)),
    LIST(partitions, "Partitions", SINCE(0)),
};
SCHEMA(kafc_sticky_user_data_topic, "StickyTopicAssignment");
#undef MSG

#define MSG struct kafc_sticky_user_data
ROWS(kafc_sticky_user_data) = {
    ARR(previous_assignment, kafc_sticky_user_data_topic, "PreviousAssignment", SINCE(0)),
    I32(generation, "Generation", SINCE(1), DEFAULT(-1), IGNORABLE),
};
DATA(kafc_sticky_user_data, "StickyAssignorUserData", 0, 1, NEVER);
#undef MSG

#define MSG struct kafc_cooperative_sticky_user_data
ROWS(kafc_cooperative_sticky_user_data) = {
    I32(generation, "Generation", SINCE(0), DEFAULT(-1)),
};
DATA(kafc_cooperative_sticky_user_data, "CooperativeStickyAssignorUserData", 0, 0, NEVER);
#undef MSG
