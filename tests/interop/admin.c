/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The calls of administration, for the interoperability tests:
 *
 *   admin BROKERS COMMAND [ARG]...        the commands are the table at the end
 *
 * Prints what came of it, a line for each thing, and ends with status 1 and the error's sentence if there was one.
 * tests/interop/run builds it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/api/00_produce.h"
#include "protocol/api/22_init_producer_id.h"
#include "protocol/schema.h"
#include "tests/interop/txn_batch.h"
#include <kafc/kafc.h>

enum { PATIENCE = 30000, MANY = 64 };

static kafc_client *client;
static kafc_error err;

static int number(const char *s)
{
    return s ? atoi(s) : 0;
}

static int count(char **arg)
{
    int n = 0;
    while (arg[n])
        n++;
    return n;
}

/* "1,2,3" */
static int32_t ids(const char *s, int32_t *v)
{
    int32_t n = 0;
    for (char *end; *s && n < MANY; s = *end ? end + 1 : end)
        v[n++] = (int32_t)strtol(s, &end, 10);
    return n;
}

static void print_ids(const char *what, const int32_t *v, int32_t n)
{
    printf(" %s", what);
    for (int32_t i = 0; i < n; i++)
        printf("%s%d", i ? "," : "=", (int)v[i]);
}

/* --- Replicas --------------------------------------------------------------------------------- */

/* TOPIC PARTITION IDS|- [keep] */
static kafc_err reassign(char **arg)
{
    int32_t replicas[MANY];
    kafc_reassignment q = { .topic = arg[0], .partition = number(arg[1]) };
    bool keep = arg[3];
    if (strcmp(arg[2], "-") != 0) {
        q.nreplicas = ids(arg[2], replicas);
        q.replicas = replicas;
    }
    kafc_err rc = kafc_admin_reassign_partitions(client, &q, 1, keep, PATIENCE, &err);
    printf("%s\n", kafc_err_name(q.result));
    return rc;
}

/* [TOPIC PARTITION] */
static kafc_err reassigning(char **arg)
{
    kafc_topic_partition p = { arg[0], arg[0] ? number(arg[1]) : 0 };
    kafc_reassignment_list *l = NULL;
    kafc_err rc = kafc_admin_list_reassignments(
        client, arg[0] ? &p : NULL, arg[0] ? 1 : KAFC_ALL_PARTITIONS, PATIENCE, &l, &err);
    for (int32_t i = 0; l && i < l->npartitions; i++) {
        const kafc_ongoing_reassignment *o = &l->partitions[i];
        printf("%s %d", o->topic, (int)o->partition);
        print_ids("replicas", o->replicas, o->nreplicas);
        print_ids("adding", o->adding, o->nadding);
        print_ids("removing", o->removing, o->nremoving);
        printf("\n");
    }
    kafc_reassignment_list_free(l);
    return rc;
}

/* preferred|unclean [TOPIC PARTITION] */
static kafc_err elect(char **arg)
{
    kafc_topic_partition p = { arg[1], arg[1] ? number(arg[2]) : 0 };
    kafc_election how = arg[0][0] == 'p' ? KAFC_ELECT_PREFERRED : KAFC_ELECT_UNCLEAN;
    kafc_election_results *e = NULL;
    kafc_err rc = kafc_admin_elect_leaders(client, how, arg[1] ? &p : NULL,
                                           arg[1] ? 1 : KAFC_ALL_PARTITIONS, PATIENCE, &e, &err);
    for (int32_t i = 0; e && i < e->npartitions; i++)
        printf("%s %d %s\n", e->partitions[i].topic, (int)e->partitions[i].partition,
               kafc_err_name(e->partitions[i].result));
    kafc_election_results_free(e);
    return rc;
}

/* TOPIC: replicas and who leads */
static kafc_err where(char **arg)
{
    kafc_metadata *m = NULL;
    kafc_err rc = kafc_client_metadata(client, (const char *const *)arg, 1, PATIENCE, &m, &err);
    for (int32_t i = 0; m && i < m->topics[0].npartitions; i++) {
        const kafc_partition *p = &m->topics[0].partitions[i];
        printf("%d leader=%d", (int)p->id, (int)p->leader);
        print_ids("replicas", p->replicas, p->nreplicas);
        print_ids("isr", p->isr, p->nisr);
        printf("\n");
    }
    kafc_metadata_free(m);
    return rc;
}

/* [BROKER]...: broker, directory, topic, partition, size, lag, future; of directories without replicas the first two */
static kafc_err log_dirs(char **arg)
{
    int32_t brokers[MANY];
    int n = count(arg);
    kafc_log_dirs *d = NULL;
    for (int i = 0; i < n; i++)
        brokers[i] = atoi(arg[i]);
    kafc_err rc = kafc_admin_describe_log_dirs(client, brokers, n, NULL, KAFC_ALL_PARTITIONS,
                                               PATIENCE, &d, &err);
    for (int32_t i = 0; d && i < d->ndirs; i++) {
        const kafc_log_dir *g = &d->dirs[i];
        printf("%d %s %s %s\n", (int)g->broker, g->path, kafc_err_name(g->result),
               g->total_bytes >= g->usable_bytes && g->usable_bytes > 0 ? "sized" : "-");
        for (int32_t r = 0; r < g->nreplicas; r++)
            printf("%d %s %s %d %" PRId64 " %" PRId64 " %s\n", (int)g->broker, g->path,
                   g->replicas[r].topic, (int)g->replicas[r].partition, g->replicas[r].size,
                   g->replicas[r].lag, g->replicas[r].future ? "future" : "present");
    }
    kafc_log_dirs_free(d);
    return rc;
}

/* TOPIC PARTITION BROKER PATH */
static kafc_err move(char **arg)
{
    kafc_replica_move q = {
        .topic = arg[0], .partition = number(arg[1]), .broker = number(arg[2]), .path = arg[3]
    };
    kafc_err rc = kafc_admin_alter_replica_log_dirs(client, &q, 1, PATIENCE, &err);
    printf("%s\n", kafc_err_name(q.result));
    return rc;
}

/* --- Producers and transactions ---------------------------------------------------------------- */

/* TOPIC PARTITION: producer, epoch, last sequence, start of the open transaction */
static kafc_err producers(char **arg)
{
    kafc_topic_partition p = { arg[0], number(arg[1]) };
    kafc_producer_list *l = NULL;
    kafc_err rc = kafc_admin_describe_producers(client, &p, 1, KAFC_BY_ROUTE, PATIENCE, &l, &err);
    for (int32_t i = 0; l && i < l->partitions[0].nproducers; i++) {
        const kafc_producer_state *s = &l->partitions[0].producers[i];
        printf("%" PRId64 " %d %d %" PRId64 "\n", s->producer_id, s->epoch, (int)s->last_sequence,
               s->transaction_start);
    }
    kafc_producer_list_free(l);
    return rc;
}

/* TOPIC PARTITION: the transaction that is open there */
static kafc_err abort_one(char **arg)
{
    kafc_topic_partition p = { arg[0], number(arg[1]) };
    kafc_producer_list *l = NULL;
    kafc_err rc = kafc_admin_describe_producers(client, &p, 1, KAFC_BY_ROUTE, PATIENCE, &l, &err);
    for (int32_t i = 0; rc == KAFC_OK && i < l->partitions[0].nproducers; i++)
        if (l->partitions[0].producers[i].transaction_start != KAFC_OFFSET_UNKNOWN)
            rc = kafc_admin_abort_transaction(client, arg[0], number(arg[1]),
                                              &l->partitions[0].producers[i], PATIENCE, &err);
    kafc_producer_list_free(l);
    return rc;
}

static void say(const kafc_transaction_list *l)
{
    for (int32_t i = 0; l && i < l->ntransactions; i++)
        printf("%s %s %" PRId64 "\n", l->transactions[i].transactional_id, l->transactions[i].state,
               l->transactions[i].producer_id);
}

/* [state=S] [producer=ID] [open=MS] [pattern=RE] */
static kafc_err transactions(char **arg)
{
    kafc_transaction_filter f = { 0 };
    const char *state;
    int64_t producer;
    kafc_transaction_list *l = NULL;
    for (; *arg; arg++) {
        const char *value = strchr(*arg, '=') + 1;
        switch (**arg) {
        case 's': state = value, f.states = &state, f.nstates = 1; break;
        case 'p':
            if ((*arg)[1] == 'a') {
                f.pattern = value;
                break;
            }
            producer = atoll(value), f.producer_ids = &producer, f.nproducer_ids = 1;
            break;
        default: f.open_ms = atoll(value);
        }
    }
    kafc_err rc = kafc_admin_list_transactions(client, &f, PATIENCE, &l, &err);
    say(l);
    kafc_transaction_list_free(l);
    return rc;
}

/* ID...: id, result, state, producer, epoch, partitions */
static kafc_err describe(char **arg)
{
    kafc_transaction_descriptions *d = NULL;
    kafc_err rc = kafc_admin_describe_transactions(client, (const char *const *)arg, count(arg),
                                                   PATIENCE, &d, &err);
    for (int32_t i = 0; d && i < d->ntransactions; i++) {
        const kafc_described_transaction *t = &d->transactions[i];
        printf("%s %s %s %" PRId64 " %d", t->transactional_id, kafc_err_name(t->result), t->state,
               t->producer_id, t->epoch);
        for (int32_t p = 0; p < t->npartitions; p++)
            printf(" %s-%d", t->partitions[p].topic, (int)t->partitions[p].partition);
        printf("\n");
    }
    kafc_transaction_descriptions_free(d);
    return rc;
}

/* ID... */
static kafc_err fence(char **arg)
{
    kafc_fenced_producer q[MANY] = { { 0 } };
    int n = count(arg);
    for (int i = 0; i < n; i++)
        q[i].transactional_id = arg[i];
    kafc_err rc = kafc_admin_fence_producers(client, q, n, PATIENCE, &err);
    for (int i = 0; i < n; i++)
        printf("%s %s %" PRId64 " %d\n", q[i].transactional_id, kafc_err_name(q[i].result),
               q[i].producer_id, q[i].epoch);
    return rc;
}

/* TOPIC PARTITION ID: leaves a transaction open of which no coordinator knows */
static kafc_err hang(char **arg)
{
    struct kafc_init_producer_id_req init;
    struct kafc_produce_req q;
    struct kafc_produce_req_topic topic;
    struct kafc_produce_req_partition part;
    uint8_t batch[TXN_BATCH];
    kafc_answer *a = NULL;
    kafc__msg_defaults(&kafc_init_producer_id_req_schema, &init);
    init.transactional_id = (kafc_str){ arg[2], (int32_t)strlen(arg[2]) };
    init.transaction_timeout_ms = 60000;
    kafc_err rc = kafc_client_call(client, &kafc_init_producer_id_api, -1, &init, KAFC_BY_ROUTE,
                                   PATIENCE, &a, &err);
    if (rc != KAFC_OK)
        return rc;
    const struct kafc_init_producer_id_resp *id = a->resp;
    txn_batch(batch, id->producer_id, id->producer_epoch, 0);
    kafc_answer_free(a);
    kafc__msg_defaults(&kafc_produce_req_schema, &q);
    kafc__msg_defaults(&kafc_produce_req_topic_schema, &topic);
    kafc__msg_defaults(&kafc_produce_req_partition_schema, &part);
    q.transactional_id = init.transactional_id;
    q.acks = -1;
    q.timeout_ms = PATIENCE;
    q.topic_data.v = &topic;
    q.topic_data.n = 1;
    topic.name = (kafc_str){ arg[0], (int32_t)strlen(arg[0]) };
    topic.partition_data.v = &part;
    topic.partition_data.n = 1;
    part.index = number(arg[1]);
    part.records = (struct kafc_records){ batch, sizeof batch, NULL };
    rc = kafc_client_call(client, &kafc_produce_api, 7, &q, KAFC_BY_ROUTE, PATIENCE, &a, &err);
    if (rc == KAFC_OK)
        printf("%s\n", kafc_err_name(((const struct kafc_produce_resp *)a->resp)
                                         ->responses.v[0]
                                         .partition_responses.v[0]
                                         .error_code));
    kafc_answer_free(a);
    return rc;
}

/* --- Features ------------------------------------------------------------------------------------ */

/* NAME LEVEL upgrade|safe|unsafe [dry] */
static kafc_err feature(char **arg)
{
    kafc_feature_update q = { .feature = arg[0], .level = number(arg[1]) };
    q.change = arg[2][1] == 'p'   ? KAFC_FEATURE_UPGRADE
               : arg[2][0] == 's' ? KAFC_FEATURE_SAFE_DOWNGRADE
                                  : KAFC_FEATURE_UNSAFE_DOWNGRADE;
    return kafc_admin_update_features(client, &q, 1, arg[3] != NULL, PATIENCE, &err);
}

/* BROKER */
static kafc_err unregister(char **arg)
{
    return kafc_admin_unregister_broker(client, number(arg[0]), PATIENCE, &err);
}

/* --- Groups ---------------------------------------------------------------------------------------- */

/* GROUP [MEMBER]...: none: all */
static kafc_err remove_members(char **arg)
{
    kafc_member_removal q[MANY] = { { 0 } };
    int n = count(arg + 1);
    for (int i = 0; i < n; i++)
        q[i].member_id = arg[1 + i];
    kafc_err rc = kafc_admin_remove_members(client, arg[0], n ? q : NULL, n ? n : KAFC_ALL_MEMBERS,
                                            "a test", PATIENCE, &err);
    for (int i = 0; i < n; i++)
        printf("%s\n", kafc_err_name(q[i].result));
    return rc;
}

/* GROUP...: group, topic, partition, offset */
static kafc_err offsets(char **arg)
{
    kafc_offsets_of_groups *o = NULL;
    kafc_err rc = kafc_admin_offsets_of_groups(client, (const char *const *)arg, count(arg), false,
                                               PATIENCE, &o, &err);
    for (int32_t i = 0; o && i < o->ngroups; i++)
        for (int32_t k = 0; k < o->groups[i].noffsets; k++)
            printf("%s %s %d %" PRId64 "\n", o->groups[i].group, o->groups[i].offsets[k].topic,
                   (int)o->groups[i].offsets[k].partition, o->groups[i].offsets[k].offset);
    kafc_offsets_of_groups_free(o);
    return rc;
}

/* GROUP: topic, partition, offset, words */
static kafc_err group_offsets(char **arg)
{
    kafc_group_offsets *o = NULL;
    kafc_err rc = kafc_admin_group_offsets(client, arg[0], PATIENCE, &o, &err);
    for (int32_t i = 0; o && i < o->noffsets; i++)
        printf("%s %d %" PRId64 " %s\n", o->offsets[i].topic, (int)o->offsets[i].partition,
               o->offsets[i].offset, o->offsets[i].metadata ? o->offsets[i].metadata : "-");
    kafc_group_offsets_free(o);
    return rc;
}

/* GROUP TOPIC PARTITION */
static kafc_err forget(char **arg)
{
    kafc_offset q = { .topic = arg[1], .partition = number(arg[2]) };
    kafc_err rc = kafc_admin_delete_offsets(client, arg[0], &q, 1, PATIENCE, &err);
    printf("%s\n", kafc_err_name(q.result));
    return rc;
}

/* GROUP...: group, result, type, state, lag */
static kafc_err lags(char **arg)
{
    kafc_group_lags *l = NULL;
    kafc_err rc = kafc_admin_group_lags(client, (const char *const *)arg, count(arg),
                                        KAFC_ISOLATION_DEFAULT, PATIENCE, &l, &err);
    for (int32_t i = 0; l && i < l->ngroups; i++) {
        const kafc_described_group *d = l->groups[i].description;
        printf("%s %s %s %s %" PRId64 "\n", l->groups[i].group, kafc_err_name(l->groups[i].result),
               d ? d->type : "-", d ? d->state : "-", l->groups[i].lag);
    }
    kafc_group_lags_free(l);
    return rc;
}

/* groups|transactions KEY...: key, node */
static kafc_err coordinators(char **arg)
{
    kafc_coordinators *f = NULL;
    kafc_err rc = kafc_admin_find_coordinators(
        client, arg[0][0] == 'g' ? KAFC_COORDINATED_GROUPS : KAFC_COORDINATED_TRANSACTIONS,
        (const char *const *)arg + 1, count(arg + 1), PATIENCE, &f, &err);
    for (int32_t i = 0; f && i < f->ncoordinators; i++)
        printf("%s %d\n", f->coordinators[i].key, (int)f->coordinators[i].node);
    kafc_coordinators_free(f);
    return rc;
}

/* GROUP...: group, topic, partition, start, lag */
static kafc_err share(char **arg)
{
    kafc_share_offsets *o = NULL;
    kafc_err rc = kafc_admin_share_group_offsets(client, (const char *const *)arg, count(arg),
                                                 PATIENCE, &o, &err);
    for (int32_t i = 0; o && i < o->ngroups; i++)
        for (int32_t k = 0; k < o->groups[i].noffsets; k++)
            printf("%s %s %d %" PRId64 " %" PRId64 "\n", o->groups[i].group,
                   o->groups[i].offsets[k].topic, (int)o->groups[i].offsets[k].partition,
                   o->groups[i].offsets[k].start, o->groups[i].offsets[k].lag);
    kafc_share_offsets_free(o);
    return rc;
}

/* GROUP TOPIC PARTITION START */
static kafc_err share_move(char **arg)
{
    kafc_share_offset q = { .topic = arg[1], .partition = number(arg[2]), .start = number(arg[3]) };
    kafc_err rc = kafc_admin_alter_share_group_offsets(client, arg[0], &q, 1, PATIENCE, &err);
    printf("%s\n", kafc_err_name(q.result));
    return rc;
}

/* GROUP TOPIC */
static kafc_err share_forget(char **arg)
{
    return kafc_admin_delete_share_group_offsets(client, arg[0], (const char *const *)&arg[1], 1,
                                                 NULL, PATIENCE, &err);
}

/* GROUP: type, state, members */
static kafc_err group(char **arg)
{
    kafc_group_descriptions *d = NULL;
    kafc_err rc = kafc_admin_describe_groups(client, (const char *const *)arg, 1, PATIENCE, &d,
                                             &err);
    if (rc == KAFC_OK)
        printf("%s %s %d\n", d->groups[0].type, d->groups[0].state, (int)d->groups[0].nmembers);
    for (int32_t i = 0; d && i < d->groups[0].nmembers; i++)
        printf("%s\n", d->groups[0].members[i].member_id);
    kafc_group_descriptions_free(d);
    return rc;
}

static const struct {
    const char *name;
    int least; /* arguments */
    kafc_err (*run)(char **arg);
} commands[] = {
    { "reassign", 3, reassign },
    { "reassigning", 0, reassigning },
    { "elect", 1, elect },
    { "where", 1, where },
    { "log-dirs", 0, log_dirs },
    { "move", 4, move },
    { "producers", 2, producers },
    { "abort", 2, abort_one },
    { "transactions", 0, transactions },
    { "describe", 1, describe },
    { "fence", 1, fence },
    { "hang", 3, hang },
    { "feature", 3, feature },
    { "unregister", 1, unregister },
    { "remove", 1, remove_members },
    { "offsets", 1, offsets },
    { "group-offsets", 1, group_offsets },
    { "forget", 3, forget },
    { "lags", 1, lags },
    { "coordinators", 2, coordinators },
    { "share", 1, share },
    { "share-move", 4, share_move },
    { "share-forget", 2, share_forget },
    { "group", 1, group },
};

int main(int argc, char **argv)
{
    for (size_t i = 0; argc > 2 && argc < MANY && i < sizeof commands / sizeof *commands; i++) {
        if (strcmp(commands[i].name, argv[2]) != 0 || argc - 3 < commands[i].least)
            continue;
        client = kafc_client_open(KAFC_CLIENT(.brokers = argv[1]), &err);
        kafc_err rc = client ? commands[i].run(argv + 3) : err.code;
        kafc_client_free(client);
        if (rc != KAFC_OK)
            fprintf(stderr, "%s\n", err.message);
        return rc != KAFC_OK;
    }
    fprintf(stderr, "usage: admin BROKERS COMMAND [ARG]...\n");
    return 2;
}
