/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A member of a consumer group that tells what happens to it, for the interoperability tests:
 *
 *   member BROKERS GROUP TOPICS HOW [stall=MS] [each=N] [metadata=TEXT] [property=value]...
 *
 * TOPICS: names or '^expressions', a comma between them; if HOW is `hand` or `ask`, TOPIC:PARTITION. HOW offsets are
 * committed:
 *
 *   mark, read           as kafc/group.h has it
 *   commit, async        behind each message that is the N-th (1), and in the notice of a revocation
 *   delivered            by kafc_reader_commit_delivered(), at the same times
 *   claims               marked, by a thread for each partition
 *   hand                 no member: partitions by hand, offsets committed with the metadata
 *   ask                  the same, but only tells what is committed
 *
 * stall: so long the first message takes. Ends on SIGTERM. A line for each event, its fields separated by tabs, each
 * written at once, so that what is not there was not handled; Member.java prints the same:
 *
 *   US begin                                  US: monotonic microseconds, in every process the same
 *   US record TOPIC PARTITION OFFSET KEY
 *   US assigned|revoked|lost TOPIC PARTITION
 *   US joined COUNT                           behind those that were assigned, also if there are none
 *   US committed TOPIC PARTITION OFFSET
 *   US kept TOPIC PARTITION OFFSET METADATA
 *   US error NAME SENTENCE
 *   US end                                    left, with all that it had to commit
 *
 * tests/interop/run builds it.
 */
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <kafc/kafc.h>

enum { PATIENCE = 30000, TOPICS = 16, OWNED = 1024, NAME = 250 };

enum how { MARK, READ, COMMIT, ASYNC, DELIVERED, CLAIMS, HAND, ASK };

static kafc_client *client;
static kafc_reader *reader;
static enum how how;
static int stall, each = 1;
static const char *metadata;
static atomic_bool stopped;

static const char *const hows[] = { "mark", "read", "commit", "async", "delivered", "claims", "hand", "ask" };

/* ---- telling ---- */

static long long now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (long long)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void say(void *ctx, kafc_log_level level, const char *line)
{
    (void)ctx;
    (void)level;
    fprintf(stderr, "%lld %s\n", now_us(), line);
}

static void tell_error(const kafc_error *err)
{
    printf("%lld\terror\t%s\t%s\n", now_us(), kafc_err_name(err->code), err->message);
}

static void tell_record(const kafc_message *m)
{
    printf("%lld\trecord\t%s\t%d\t%lld\t%.*s\n", now_us(), m->topic, (int)m->partition, (long long)m->offset,
           m->key.len, m->key.p ? (const char *)m->key.p : "");
}

static void tell_committed(const kafc_offset *v, int32_t n)
{
    for (int32_t i = 0; i < n; i++)
        if (!v[i].result)
            printf("%lld\tcommitted\t%s\t%d\t%lld\n", now_us(), v[i].topic, (int)v[i].partition,
                   (long long)v[i].offset);
}

static _Noreturn void die(const char *what, const kafc_error *err)
{
    fprintf(stderr, "member: %s: %s\n", what, err->message);
    exit(2);
}

/* ---- commits ---- */

/* What was handled since the last commit, by partition. */
static kafc_offset done[OWNED];
static char topic_of[OWNED][NAME]; /* the message's is gone with it */
static int ndone;

static void note(const kafc_message *m)
{
    int i = 0;
    while (i < ndone && (done[i].partition != m->partition || strcmp(done[i].topic, m->topic) != 0))
        i++;
    if (i == OWNED)
        abort();
    ndone += i == ndone;
    (void)snprintf(topic_of[i], NAME, "%s", m->topic);
    done[i] = kafc_offset_after(m);
    done[i].topic = topic_of[i];
    done[i].metadata = metadata;
}

static void on_committed(void *ctx, const kafc_offset *v, int32_t n, kafc_err code, const kafc_error *err)
{
    (void)ctx;
    tell_committed(v, n);
    if (code)
        tell_error(err);
}

static void commit(bool wait)
{
    kafc_error err;
    kafc_err rc = KAFC_OK;
    if (how == DELIVERED)
        rc = kafc_reader_commit_delivered(reader, PATIENCE, &err);
    else if (ndone && how == ASYNC && !wait)
        rc = kafc_reader_commit_async(reader, done, ndone, on_committed, NULL, &err);
    else if (ndone) {
        rc = kafc_reader_commit_offsets(reader, done, ndone, PATIENCE, &err);
        tell_committed(done, ndone);
    }
    if (rc)
        tell_error(&err);
    ndone = 0;
}

static void handled(const kafc_message *m)
{
    static int count;
    kafc_error err;
    if (how == MARK && kafc_reader_mark(reader, m, &err))
        tell_error(&err);
    if (how == MARK || how == READ)
        return;
    if (how != DELIVERED)
        note(m);
    if (++count % each == 0)
        commit(false);
}

/* ---- the group ---- */

static void on_rebalance(void *ctx, kafc_reader *r, const kafc_rebalance *what)
{
    static const char *const kinds[] = { "", "assigned", "revoked", "lost" };
    (void)ctx;
    (void)r;
    if (what->kind == KAFC_LOST)
        ndone = 0;
    else if (what->kind == KAFC_REVOKED && (how == COMMIT || how == ASYNC || how == DELIVERED))
        commit(true);
    for (int32_t i = 0; i < what->n; i++)
        printf("%lld\t%s\t%s\t%d\n", now_us(), kinds[what->kind], what->partitions[i].topic,
               (int)what->partitions[i].partition);
    if (what->kind == KAFC_ASSIGNED)
        printf("%lld\tjoined\t%d\n", now_us(), (int)what->n);
    if (what->kind == KAFC_LOST)
        tell_error(what->why);
}

/* Whether to call again after what a fetch or a claim returned. */
static bool goes_on(kafc_err rc, const kafc_error *err)
{
    if (rc == KAFC_ERR_TIMED_OUT || rc == KAFC_ERR_INTERRUPTED)
        return !stopped;
    tell_error(err);
    return !stopped && err->cls != KAFC_CLASS_FATAL && err->cls != KAFC_CLASS_USAGE;
}

static int fetch_all(void)
{
    kafc_error err;
    kafc_message m;
    while (!stopped) {
        kafc_err rc = how == READ ? kafc_reader_read(reader, &m, PATIENCE, &err)
                                  : kafc_reader_fetch(reader, &m, PATIENCE, &err);
        if (!rc) {
            tell_record(&m);
            (void)poll(NULL, 0, stall);
            stall = 0;
            handled(&m);
        } else if (!goes_on(rc, &err)) {
            break;
        }
    }
    commit(true);
    return !stopped;
}

static void *work(void *arg)
{
    kafc_claim *claim = arg;
    kafc_error err;
    kafc_message m;
    kafc_err rc;
    while ((rc = kafc_claim_fetch(claim, &m, PATIENCE, &err)) != KAFC_ERR_CLAIM_ENDED) {
        if (!rc) {
            tell_record(&m);
            rc = kafc_claim_mark(claim, &m, &err);
        }
        if (rc && rc != KAFC_ERR_TIMED_OUT)
            tell_error(&err);
        if (rc == KAFC_ERR_CLOSED)
            break;
    }
    kafc_claim_free(claim);
    return NULL;
}

static int claim_all(void)
{
    kafc_error err;
    while (!stopped) {
        kafc_claim *claim;
        pthread_t thread;
        kafc_err rc = kafc_reader_claim(reader, &claim, PATIENCE, &err);
        if (!rc) {
            if (pthread_create(&thread, NULL, work, claim) || pthread_detach(thread))
                abort();
        } else if (!goes_on(rc, &err)) {
            break;
        }
    }
    return !stopped;
}

/* ---- setting up ---- */

static int split(char *list, char **out)
{
    int n = 0;
    for (char *one; (one = strsep(&list, ",")) && n < TOPICS;)
        out[n++] = one;
    return n;
}

static kafc_err begin(char *topics, kafc_error *err)
{
    char *names[TOPICS];
    kafc_assignment a[TOPICS];
    int n = split(topics, names);
    if (how < HAND)
        return kafc_reader_subscribe(reader, (const char *const *)names, n, err);
    for (int i = 0; i < n; i++) {
        const char *topic = strsep(&names[i], ":");
        a[i] = (kafc_assignment){ .topic = topic, .partition = names[i] ? atoi(names[i]) : 0 };
    }
    return kafc_reader_assign(reader, a, n, err);
}

static int ask(void)
{
    kafc_error err;
    kafc_offset v[TOPICS] = { { 0 } };
    kafc_topic_partition owned[TOPICS];
    int32_t n = kafc_reader_assignment(reader, owned, TOPICS);
    for (int32_t i = 0; i < n; i++)
        v[i] = (kafc_offset){ .topic = owned[i].topic, .partition = owned[i].partition };
    if (kafc_reader_committed(reader, v, n, PATIENCE, &err)) {
        tell_error(&err);
        return 1;
    }
    for (int32_t i = 0; i < n; i++)
        printf("%lld\tkept\t%s\t%d\t%lld\t%s\n", now_us(), v[i].topic, (int)v[i].partition,
               (long long)v[i].offset, v[i].metadata ? v[i].metadata : "");
    return 0;
}

/* An option of our own, or a property. */
static void set(kafc_properties *props, char *word)
{
    kafc_error err;
    char *value = word;
    const char *name = strsep(&value, "=");
    value = value ? value : "";
    if (strcmp(name, "stall") == 0)
        stall = atoi(value);
    else if (strcmp(name, "each") == 0)
        each = atoi(value);
    else if (strcmp(name, "metadata") == 0)
        metadata = value;
    else if (kafc_properties_set(props, name, value, &err))
        die(name, &err);
}

static void on_signal(int sig)
{
    (void)sig;
    stopped = true;
    kafc_reader_wake(reader);
}

int main(int argc, char **argv)
{
    kafc_error err;
    kafc_properties *props = kafc_properties_new();
    while (argc > 4 && how <= ASK && strcmp(hows[how], argv[4]) != 0)
        how++;
    if (argc < 5 || how > ASK) {
        fprintf(stderr, "member: see the top of member.c\n");
        return 2;
    }
    for (int i = 5; i < argc; i++)
        set(props, argv[i]);
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    client = kafc_client_open(
        KAFC_CLIENT(.brokers = argv[1], .properties = props, .log = say, .log_level = KAFC_LOG_DEBUG), &err);
    reader = client ? kafc_reader_open(client,
                                       KAFC_READER(.properties = props, .group = argv[2],
                                                   .on_rebalance = on_rebalance),
                                       &err)
                    : NULL;
    if (!reader)
        die("open", &err);
    struct sigaction action = { .sa_handler = on_signal };
    (void)sigaction(SIGTERM, &action, NULL);
    printf("%lld\tbegin\n", now_us());
    if (begin(argv[3], &err))
        die("begin", &err);
    int status = how == CLAIMS ? claim_all() : how == ASK ? ask() : fetch_all();
    if (kafc_reader_close(reader, PATIENCE, &err)) {
        tell_error(&err);
        status = 1;
    }
    kafc_reader_free(reader);
    kafc_client_free(client);
    kafc_properties_free(props);
    printf("%lld\tend\n", now_us());
    return status;
}
