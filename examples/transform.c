/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Reads a topic to its end in a group, writes each message in capitals to
 * another one, and commits what it has read with what it has written: all in
 * transactions, so that each message is transformed exactly once, however
 * often this is started, stopped or killed. Readers of the other topic read
 * committed messages, as by default.
 *
 *   transform [BROKERS [FROM [TO [MESSAGES IN A TRANSACTION [MEMBER]]]]]
 *
 * A member that comes back under its name goes on at once with what it had, also after it was killed. "-" is no name:
 * brokers before 2.3 know none, and one that was killed is missed until its session ends.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include <kafc/kafc.h>

enum { WAIT = 30000, PARTITIONS = 1000 };

static const char *from = "orders", *to = "orders-in-capitals";
static kafc_client *client;
static kafc_writer *writer;
static kafc_reader *reader;
static kafc_error err;

static kafc_offset done[PARTITIONS]; /* what the transaction has read; offset 0: nothing */
static kafc_err failed; /* what on_rebalance could not do */

static kafc_err begin(void)
{
    for (int32_t i = 0; i < PARTITIONS; i++)
        done[i].offset = 0;
    return kafc_transaction_begin(writer, &err);
}

/* What was read and what was written hold together, or not at all. */
static kafc_err commit(void)
{
    kafc_group_metadata group;
    kafc_offset read[PARTITIONS];
    int32_t n = 0;
    kafc_err rc = KAFC_OK;

    for (int32_t i = 0; i < PARTITIONS; i++)
        if (done[i].offset)
            read[n++] = done[i];
    if (n)
        rc = kafc_reader_group_metadata(reader, &group, &err);
    if (!rc && n)
        rc = kafc_transaction_send_offsets(writer, &group, read, n, WAIT, &err);
    return rc ? rc : kafc_transaction_commit(writer, WAIT, &err);
}

/* Nothing of it is seen, and all of it is read again. */
static kafc_err undo(void)
{
    kafc_topic_partition mine[PARTITIONS];
    int32_t n = kafc_reader_assignment(reader, mine, PARTITIONS);
    kafc_err rc = kafc_transaction_abort(writer, WAIT, &err);

    for (int32_t i = 0; !rc && i < n; i++)
        rc = kafc_reader_seek(reader, mine[i].topic, mine[i].partition, KAFC_COMMITTED, &err);
    return rc;
}

/* Heals what an abort can heal. */
static kafc_err heal(kafc_err rc)
{
    if (rc && (err.cls == KAFC_CLASS_ABORT || rc == KAFC_ERR_NOT_ASSIGNED)) {
        fprintf(stderr, "once more: %s\n", err.message);
        rc = undo();
    }
    return rc;
}

/* Before partitions go to another member what was read of them is committed, or given up. */
static void on_rebalance(void *ctx, kafc_reader *r, const kafc_rebalance *what)
{
    kafc_txn_state state = kafc_transaction_state(writer);

    (void)ctx, (void)r;
    if (what->kind == KAFC_ASSIGNED || state == KAFC_TXN_READY || state == KAFC_TXN_NONE)
        return;
    failed = what->kind == KAFC_REVOKED ? heal(commit()) : undo();
    if (!failed)
        failed = begin();
}

static kafc_err transform(const kafc_message *m)
{
    kafc_message out = { .key = m->key, .value = m->value, .headers = m->headers, .nheaders = m->nheaders };
    const unsigned char *value = m->value.p;
    char *text = malloc((size_t)m->value.len + 1);
    kafc_err rc;

    if (!text)
        return KAFC_ERR_NO_MEMORY;
    for (int32_t i = 0; i < m->value.len; i++)
        text[i] = (char)toupper(value[i]);
    if (value) /* null stays null */
        out.value.p = text;
    rc = kafc_writer_send(writer, &out, NULL, WAIT, &err);
    free(text);
    if (!rc) {
        done[m->partition] = kafc_offset_after(m);
        done[m->partition].topic = from; /* outlives the message */
    }
    return rc;
}

/* One transaction: KAFC_OK, KAFC_ERR_END_OF_RANGE when it was the last one, or why it cannot be committed. */
static kafc_err one(int messages)
{
    kafc_message m;
    kafc_err end = KAFC_OK, rc = begin();

    while (!rc && !end && messages-- > 0) {
        end = kafc_reader_fetch(reader, &m, WAIT, &err);
        if (failed)
            rc = failed;
        else if (!end)
            rc = transform(&m);
        else if (end != KAFC_ERR_END_OF_RANGE)
            rc = end;
    }
    if (!rc)
        rc = commit();
    return rc ? heal(rc) : end;
}

static kafc_err all(int messages)
{
    kafc_err rc = kafc_transaction_init(writer, WAIT, &err); /* ends what a former run has left open */

    while (!rc)
        rc = one(messages);
    return rc;
}

static bool open_all(const char *brokers, const char *member)
{
    client = kafc_client_open(KAFC_CLIENT(.brokers = brokers), &err);
    writer = client ? kafc_writer_open(client, KAFC_WRITER(.topic = to, .transactional_id = "transform",
                                                           .create_topics = KAFC_ON),
                                       &err)
                    : NULL;
    reader = writer ? kafc_reader_open(client, KAFC_READER(.topic = from, .group = "transform", .stop = KAFC_LAST,
                                                           .group_instance = *member == '-' ? NULL : member,
                                                           .session_timeout_ms = 10000,
                                                           .on_rebalance = on_rebalance),
                                       &err)
                    : NULL;
    return reader != NULL;
}

int main(int argc, char **argv)
{
    kafc_err rc;

    from = argc > 2 ? argv[2] : from;
    to = argc > 3 ? argv[3] : to;
    failed = KAFC_OK;
    rc = open_all(argc > 1 ? argv[1] : "localhost:9092", argc > 5 ? argv[5] : "transform")
             ? all(argc > 4 ? atoi(argv[4]) : 100)
             : err.code;
    if (rc != KAFC_ERR_END_OF_RANGE)
        fprintf(stderr, "%s\n", err.message);
    kafc_writer_free(writer); /* aborts what is open */
    writer = NULL;
    if (reader)
        kafc_reader_close(reader, WAIT, NULL);
    kafc_reader_free(reader);
    kafc_client_free(client);
    return rc == KAFC_ERR_END_OF_RANGE ? 0 : 1;
}
