/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Topics: to make, grow and delete them, to look at them, and to shorten their
 * logs. Which there are tells kafc_client_metadata().
 *
 * Threads, timeouts and errors are those of kafc/client.h: any thread, one
 * wait within timeout_ms for a whole call, `err` may be NULL. Each thing that
 * is asked for has a `result` of its own; the first one that is an error is
 * returned, names what it is about, and the others go on. Who answers is
 * looked up for each call; while it moves or is not to be reached the call goes
 * on until its time is over.
 * What a call gives in *out is one piece of memory, the caller's, for the free
 * function of its type; strings and arrays in it live as long. It may outlive
 * the client.
 */
#ifndef KAFC_TOPICS_H
#define KAFC_TOPICS_H

#include <kafc/configs.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- Make and grow ------------------------------------------------------------ */

/* The brokers that keep a partition, the preferred leader first. */
typedef struct kafc_replicas {
    const int32_t *brokers;
    int32_t n;
} kafc_replicas;

typedef struct kafc_new_topic {
    const char *name;
    int32_t partitions;  /* 0: the broker's default (brokers from 2.4 on; else 1) */
    int32_t replication; /* 0: the same */
    const kafc_config *configs; /* where it differs from the defaults */
    int32_t nconfigs;
    int32_t nassignments;
    const kafc_replicas *assignments; /* of the partitions 0, 1, …: who chooses brokers leaves both numbers 0 */
    kafc_err result;                  /* out */
    int32_t reserved32;
    void *reserved[2];
} kafc_new_topic;

/* How topics are made and grown. */
typedef struct kafc_create_options {
    bool validate_only; /* says what would become of it, and makes nothing; brokers from 0.10.2 on */
    bool no_wait;       /* returns when the controller has decided, without waiting for leaders */
    void *reserved[2];
} kafc_create_options;

/* What was made of a new topic, or would be. */
typedef struct kafc_created_topic {
    const char *name;
    kafc_err result;
    kafc_uuid id;        /* zero of brokers before 2.8, and if nothing was made */
    int32_t partitions;  /* -1: not told, as by brokers before 2.4 and to whom may not see the topic's configs */
    int32_t replication; /* the same */
    int32_t nconfigs;
    const kafc_config_entry *configs; /* all that it has, by name; NULL: not told */
} kafc_created_topic;

typedef struct kafc_created_topics {
    const kafc_created_topic *topics; /* in the order in which they were asked for */
    int32_t ntopics;
} kafc_created_topics;

/* Asks the controller, and then waits until every partition has a leader and all brokers that can be reached know it,
 * so that it does not matter who is asked next. how: NULL for the defaults. made: NULL, or
 * what became of them, for kafc_created_topics_free(); it is NULL if there was no answer.
 * KAFC_ERR_TOPIC_ALREADY_EXISTS, KAFC_ERR_INVALID_REPLICATION_FACTOR (more than there are brokers),
 * KAFC_ERR_POLICY_VIOLATION, KAFC_ERR_TOPIC_AUTHORIZATION_FAILED, … Not repeated when its fate is unknown: after
 * KAFC_ERR_DISCONNECTED or KAFC_ERR_TIMED_OUT the topics may be there all the same; the latter is returned, too, with
 * every `result` KAFC_OK, when they are there and leaders are not known in time. Brokers before 0.10.1:
 * KAFC_ERR_UNSUPPORTED. */
KAFC_API kafc_err kafc_admin_create_topics(kafc_client *c, kafc_new_topic *topics, int32_t n,
                                           const kafc_create_options *how, int timeout_ms,
                                           kafc_created_topics **made, kafc_error *err);
KAFC_API void kafc_created_topics_free(kafc_created_topics *t); /* NULL is ignored */

typedef struct kafc_grown_topic {
    const char *name;
    int32_t partitions; /* that it has afterwards, all in all */
    int32_t nassignments;
    const kafc_replicas *assignments; /* of each partition that is added; NULL: the broker chooses */
    kafc_err result;                  /* out */
    int32_t reserved32;
    void *reserved[2];
} kafc_grown_topic;

/* Adds partitions; there is no way back, and keys go to other partitions from then on. Asks the controller, waits and
 * takes `how` as kafc_admin_create_topics() does. KAFC_ERR_INVALID_PARTITIONS: it has as many already, or more;
 * KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION is told at once. Not repeated when its fate is unknown. Brokers before 1.0:
 * KAFC_ERR_UNSUPPORTED. */
KAFC_API kafc_err kafc_admin_grow_topics(kafc_client *c, kafc_grown_topic *topics, int32_t n,
                                         const kafc_create_options *how, int timeout_ms,
                                         kafc_error *err);

/* --- Look ------------------------------------------------------------------------ */

typedef struct kafc_topic_descriptions {
    const kafc_topic *topics; /* by name; one that was named twice is there once */
    int32_t ntopics;
} kafc_topic_descriptions;

/* What kafc_client_metadata() tells of topics, and more, from brokers that know it:
 *   operations      what you may do with the topic: bit n for operation n of Kafka's ACLs (read 3, write 4, create 5,
 *                   delete 6, alter 7, describe 8, describe configs 10, alter configs 11); 0 of brokers before 2.3
 *   eligible        replicas that are not in sync and lack nothing all the same: one of them may lead, and nothing is
 *   last_eligible   lost; those that were so when the last of them went (KIP-966, brokers from 4.0 on)
 * n: names, or KAFC_ALL_TOPICS. Large topics come by pages, from brokers that know how (3.8, KRaft), and no answer
 * becomes too large. `err` of a topic is its result: KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION is told at once,
 * KAFC_ERR_TOPIC_AUTHORIZATION_FAILED. *out is there as soon as anybody answered. Never creates a topic. */
KAFC_API kafc_err kafc_admin_describe_topics(kafc_client *c, const char *const *names, int32_t n,
                                             int timeout_ms, kafc_topic_descriptions **out,
                                             kafc_error *err);
KAFC_API void kafc_topic_descriptions_free(kafc_topic_descriptions *d); /* NULL is ignored */

/* --- Delete --------------------------------------------------------------------- */

/* Asks the controller. results: n codes, or NULL. Not repeated when its fate is unknown: after KAFC_ERR_DISCONNECTED
 * or KAFC_ERR_TIMED_OUT the topics may be gone all the same. KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION,
 * KAFC_ERR_TOPIC_DELETION_DISABLED, KAFC_ERR_TOPIC_AUTHORIZATION_FAILED, … Brokers before 0.10.1:
 * KAFC_ERR_UNSUPPORTED. */
KAFC_API kafc_err kafc_admin_delete_topics(kafc_client *c, const char *const *names, int32_t n,
                                           kafc_err *results, int timeout_ms, kafc_error *err);
/* The same by id, so that a topic that was made anew under the same name stays. KAFC_ERR_UNKNOWN_TOPIC_ID. Brokers
 * before 2.8: KAFC_ERR_UNSUPPORTED. */
KAFC_API kafc_err kafc_admin_delete_topic_ids(kafc_client *c, const kafc_uuid *ids, int32_t n,
                                              kafc_err *results, int timeout_ms, kafc_error *err);

/* --- Records ---------------------------------------------------------------------- */

typedef struct kafc_deletion {
    const char *topic;
    int32_t partition;
    kafc_err result;      /* out */
    kafc_position before; /* KAFC_AT(offset): the first one to stay; KAFC_LAST: all go that there are, up to the high
                           * watermark */
    int64_t log_start;    /* out: the first offset that is left, or KAFC_OFFSET_UNKNOWN */
    void *reserved[2];
} kafc_deletion;

/* Deletes the records in front of an offset of n partitions, each named once: the leaders are asked. A log that begins
 * behind it already is left as it is. KAFC_ERR_OFFSET_OUT_OF_RANGE: above the high watermark;
 * KAFC_ERR_POLICY_VIOLATION: the topic is compacted only; KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION is told at once;
 * KAFC_ERR_TOPIC_AUTHORIZATION_FAILED. Repeated when an answer is lost, unless there is a KAFC_LAST among them, which
 * would be another one by then: after KAFC_ERR_DISCONNECTED and KAFC_ERR_TIMED_OUT they may be gone. Brokers before
 * 0.11: KAFC_ERR_UNSUPPORTED. */
KAFC_API kafc_err kafc_admin_delete_records(kafc_client *c, kafc_deletion *q, int32_t n,
                                            int timeout_ms, kafc_error *err);

typedef struct kafc_epoch_end {
    const char *topic;
    int32_t partition;
    int32_t leader_epoch; /* whose end is sought, from 0 on */
    kafc_err result;      /* out */
    int32_t found_epoch;  /* out: the last epoch not above it of which the log has records; -1: it has none, or the
                           * broker does not say (before 2.0) */
    int64_t offset;       /* out: where that epoch ends, the offset behind its last record; KAFC_OFFSET_UNKNOWN: there
                           * is no such epoch */
    void *reserved[2];
} kafc_epoch_end;

/* Asks the leaders of n partitions, each named once, how far an epoch of their logs goes: who has read further in it
 * has read records that were cut off (KIP-320). KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION is told at once. Brokers before
 * 0.11: KAFC_ERR_UNSUPPORTED; before 2.1 it takes the right to CLUSTER_ACTION. */
KAFC_API kafc_err kafc_admin_epoch_ends(kafc_client *c, kafc_epoch_end *q, int32_t n,
                                        int timeout_ms, kafc_error *err);

#ifdef __cplusplus
}
#endif
#endif
