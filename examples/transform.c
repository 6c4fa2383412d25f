/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Reads a topic to its end, writes each message in capitals to another one,
 * and keeps its place in a group's offsets: all in transactions, so that each
 * message is transformed exactly once, however often this is started, stopped
 * or killed. Readers of the other topic read committed messages, as by default.
 *
 *   transform [BROKERS [FROM [TO [MESSAGES IN A TRANSACTION]]]]
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

static kafc_offset place[PARTITIONS]; /* where to go on */
static kafc_offset done[PARTITIONS]; /* what the transaction has read; offset 0: nothing */
static int32_t npartitions;

/* From where the last committed transaction has ended, to the end as it is now. */
static kafc_err go_to_committed(void)
{
    kafc_assignment a[PARTITIONS] = { { 0 } };
    kafc_err rc = kafc_client_committed(client, "transform", place, npartitions, WAIT, &err);

    for (int32_t i = 0; i < npartitions; i++)
        a[i] = (kafc_assignment){ .topic = from, .partition = i, .stop = KAFC_LAST,
                                  .start = place[i].offset == KAFC_OFFSET_UNKNOWN ? KAFC_FIRST
                                                                                  : KAFC_AT(place[i].offset) };
    return rc ? rc : kafc_reader_assign(reader, a, npartitions, &err);
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
    static const kafc_group_metadata group = { .group = "transform" };
    kafc_offset read[PARTITIONS];
    kafc_message m;
    int32_t n = 0;
    kafc_err end = KAFC_OK, rc = kafc_transaction_begin(writer, &err);

    for (int32_t i = 0; i < npartitions; i++)
        done[i].offset = 0;
    while (!rc && !end && messages-- > 0) {
        end = kafc_reader_fetch(reader, &m, WAIT, &err);
        if (!end)
            rc = transform(&m);
        else if (end != KAFC_ERR_END_OF_RANGE)
            rc = end;
    }
    for (int32_t i = 0; i < npartitions; i++)
        if (done[i].offset)
            read[n++] = done[i];
    if (!rc)
        rc = kafc_transaction_send_offsets(writer, &group, read, n, WAIT, &err);
    if (!rc)
        rc = kafc_transaction_commit(writer, WAIT, &err);
    return rc ? rc : end;
}

static kafc_err all(int messages)
{
    kafc_err rc = kafc_transaction_init(writer, WAIT, &err); /* ends what a former run has left open, and only then */

    if (!rc)
        rc = go_to_committed();
    while (!rc) {
        rc = one(messages);
        if (rc && err.cls == KAFC_CLASS_ABORT) { /* nothing of it is seen: the same again */
            fprintf(stderr, "once more: %s\n", err.message);
            rc = kafc_transaction_abort(writer, WAIT, &err);
            rc = rc ? rc : go_to_committed();
        }
    }
    return rc;
}

static kafc_err open_all(const char *brokers)
{
    kafc_metadata *m;

    client = kafc_client_open(KAFC_CLIENT(.brokers = brokers), &err);
    reader = client ? kafc_reader_open(client, KAFC_READER(.start = KAFC_FIRST), &err) : NULL;
    writer = reader ? kafc_writer_open(client, KAFC_WRITER(.topic = to, .transactional_id = "transform",
                                                           .create_topics = KAFC_ON),
                                       &err)
                    : NULL;
    if (!writer || kafc_client_metadata(client, &from, 1, WAIT, &m, &err))
        return err.code;
    npartitions = m->topics[0].npartitions < PARTITIONS ? m->topics[0].npartitions : PARTITIONS;
    for (int32_t i = 0; i < npartitions; i++)
        place[i] = (kafc_offset){ .topic = from, .partition = i };
    kafc_metadata_free(m);
    return KAFC_OK;
}

int main(int argc, char **argv)
{
    kafc_err rc;

    from = argc > 2 ? argv[2] : from;
    to = argc > 3 ? argv[3] : to;
    rc = open_all(argc > 1 ? argv[1] : "localhost:9092");
    if (!rc)
        rc = all(argc > 4 ? atoi(argv[4]) : 100);
    if (rc != KAFC_ERR_END_OF_RANGE)
        fprintf(stderr, "%s\n", err.message);
    kafc_writer_free(writer); /* aborts what is open */
    kafc_reader_free(reader);
    kafc_client_free(client);
    return rc == KAFC_ERR_END_OF_RANGE ? 0 : 1;
}
