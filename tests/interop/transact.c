/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Writers with transactional ids, moved by lines of standard input, for the interoperability tests:
 *
 *   transact BROKERS < SCRIPT
 *
 *   open W ID                        a writer, named by a letter
 *   init W, begin W, commit W, abort W, close W
 *   send W TOPIC PARTITION N TEXT    N messages "TEXT 0", "TEXT 1", …
 *   flush W
 *   offset W GROUP TOPIC PARTITION OFFSET
 *   state W
 *   committed GROUP TOPIC PARTITION  what the group has committed
 *   until GROUP TOPIC PARTITION OFFSET   the same, once it is so much: before 2.5 a commit ends before its offsets hold
 *
 * Answers each by a line: "ok", with a word if there is something to tell, or "CLASS NAME: the sentence", CLASS being
 * retry, abort, fatal or usage. tests/interop/run builds it.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kafc/kafc.h>

enum { PATIENCE = 60000, WRITERS = 26, WORDS = 6 };

static kafc_client *client;
static kafc_writer *writers[WRITERS];
static kafc_error err;
static char told[64]; /* behind "ok" */

static kafc_err do_open(kafc_writer **w, char **arg)
{
    *w = kafc_writer_open(client, KAFC_WRITER(.transactional_id = arg[0]), &err);
    return *w ? KAFC_OK : err.code;
}

static kafc_err do_init(kafc_writer **w, char **arg)
{
    (void)arg;
    return kafc_transaction_init(*w, PATIENCE, &err);
}

static kafc_err do_begin(kafc_writer **w, char **arg)
{
    (void)arg;
    return kafc_transaction_begin(*w, &err);
}

static kafc_err do_commit(kafc_writer **w, char **arg)
{
    (void)arg;
    return kafc_transaction_commit(*w, PATIENCE, &err);
}

static kafc_err do_abort(kafc_writer **w, char **arg)
{
    (void)arg;
    return kafc_transaction_abort(*w, PATIENCE, &err);
}

static kafc_err do_close(kafc_writer **w, char **arg)
{
    kafc_err rc = kafc_writer_close(*w, PATIENCE, &err);
    (void)arg;
    kafc_writer_free(*w);
    *w = NULL;
    return rc;
}

static kafc_err do_send(kafc_writer **w, char **arg)
{
    int32_t partition = atoi(arg[1]);
    kafc_err rc = KAFC_OK;
    for (int i = 0; i < atoi(arg[2]) && !rc; i++) {
        char value[64];
        (void)snprintf(value, sizeof value, "%s %d", arg[3], i);
        kafc_message m = { .topic = arg[0], .value = KAFC_STR(value) };
        m.to_partition = partition ? partition : KAFC_ZERO;
        rc = kafc_writer_send(*w, &m, NULL, PATIENCE, &err);
    }
    return rc;
}

static kafc_err do_flush(kafc_writer **w, char **arg)
{
    (void)arg;
    return kafc_writer_flush(*w, PATIENCE, &err);
}

static kafc_err do_offset(kafc_writer **w, char **arg)
{
    kafc_group_metadata g = { .group = arg[0] };
    kafc_offset o = { .topic = arg[1], .partition = atoi(arg[2]), .offset = atoll(arg[3]), .metadata = "here" };
    return kafc_transaction_send_offsets(*w, &g, &o, 1, PATIENCE, &err);
}

static kafc_err do_state(kafc_writer **w, char **arg)
{
    (void)arg;
    (void)snprintf(told, sizeof told, " %s", kafc_txn_state_name(kafc_transaction_state(*w)));
    return KAFC_OK;
}

static kafc_err do_committed(kafc_writer **w, char **arg)
{
    kafc_offset q = { .topic = arg[1], .partition = atoi(arg[2]) };
    kafc_err rc = kafc_client_committed(client, arg[0], &q, 1, PATIENCE, &err);
    (void)w;
    if (q.offset == KAFC_OFFSET_UNKNOWN)
        (void)snprintf(told, sizeof told, " none");
    else
        (void)snprintf(told, sizeof told, " %lld", (long long)q.offset);
    return rc;
}

static kafc_err do_until(kafc_writer **w, char **arg)
{
    kafc_err rc = KAFC_OK;
    for (int ms = 0; ms < PATIENCE && !rc; ms += 20) {
        rc = do_committed(w, arg);
        if (strcmp(told + 1, arg[3]) == 0)
            return rc;
        (void)poll(NULL, 0, 20);
    }
    return rc;
}

static const struct {
    const char *name;
    kafc_err (*run)(kafc_writer **w, char **arg);
    int words; /* behind the name and the writer's letter */
    bool free; /* of writers */
} commands[] = {
    { "open", do_open, 1, false },   { "init", do_init, 0, false },         { "begin", do_begin, 0, false },
    { "commit", do_commit, 0, false }, { "abort", do_abort, 0, false },     { "close", do_close, 0, false },
    { "send", do_send, 4, false },   { "flush", do_flush, 0, false },       { "offset", do_offset, 4, false },
    { "state", do_state, 0, false }, { "committed", do_committed, 3, true },
    { "until", do_until, 4, true },
};

static const char *class_name(kafc_err_class cls)
{
    return cls == KAFC_CLASS_ABORT   ? "abort"
           : cls == KAFC_CLASS_FATAL ? "fatal"
           : cls == KAFC_CLASS_USAGE ? "usage"
                                     : "retry";
}

static void obey(char *line)
{
    char *word[WORDS + 1] = { NULL }, *rest = NULL;
    int n = 0;
    for (char *w = strtok_r(line, " \n", &rest); w && n < WORDS; w = strtok_r(NULL, " \n", &rest))
        word[n++] = w;
    for (size_t i = 0; n && i < sizeof commands / sizeof commands[0]; i++) {
        int from = commands[i].free ? 1 : 2, which = from == 1 ? 0 : word[1] ? word[1][0] - 'a' : -1;
        if (strcmp(word[0], commands[i].name) != 0)
            continue;
        if (n != from + commands[i].words || which < 0 || which >= WRITERS)
            break;
        told[0] = '\0';
        kafc_err rc = commands[i].run(&writers[which], word + from);
        if (rc)
            printf("%s %s: %s\n", class_name(err.cls), kafc_err_name(rc), err.message);
        else
            printf("ok%s\n", told);
        (void)fflush(stdout);
        return;
    }
    if (n)
        printf("usage: %s\n", word[0]);
}

int main(int argc, char **argv)
{
    char line[512];
    client = argc == 2 ? kafc_client_open(KAFC_CLIENT(.brokers = argv[1]), &err) : NULL;
    if (!client) {
        fprintf(stderr, "transact: %s\n", argc == 2 ? err.message : "BROKERS are missing");
        return 2;
    }
    while (fgets(line, sizeof line, stdin))
        obey(line);
    for (int i = 0; i < WRITERS; i++)
        kafc_writer_free(writers[i]);
    kafc_client_free(client);
    return 0;
}
