/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc_conn on real brokers, for what tests/interop/records.c does not use:
 *
 *   conns seek BROKERS TOPIC PARTITION        each place, from where one is, in and out of the log
 *   conns options BROKERS TOPIC PARTITION     codecs, acks and limits of single calls; what comes with batches
 *   conns versions BROKERS                    api, lowest and highest version, a line for each
 *   conns socket HOST:PORT TOPIC PARTITION N  reads N records on from offset 0 of this broker, leader or not, through
 *                                             a socket of its own
 *
 * Prints what came of it, a line for each step. tests/interop/run builds it.
 */
#include <kafc/conn.h>

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PATIENCE = 30000 }; /* ms */

static kafc_error err;

static _Noreturn void die(const char *what, const char *why)
{
    fprintf(stderr, "conns: %s: %s\n", what, why);
    exit(1);
}

static void must(kafc_err e, const char *what)
{
    if (e)
        die(what, err.message);
}

static void seek_to(kafc_conn *c, const char *what, kafc_position to)
{
    int64_t at = -1, is = -1;
    kafc_err asked = kafc_conn_offset_at(c, to, PATIENCE, &at, &err);
    kafc_err rc = kafc_conn_seek(c, to, PATIENCE, &is, &err);
    printf("%s %s %lld %s %lld\n", what, kafc_err_name(asked), (long long)at, kafc_err_name(rc), (long long)is);
}

static void read_one(kafc_conn *c)
{
    kafc_message m;
    kafc_err rc = kafc_conn_read(c, &m, PATIENCE, &err);
    printf("read %s %lld\n", kafc_err_name(rc), rc ? -1 : (long long)m.offset);
}

static void seek_all(kafc_conn *c)
{
    seek_to(c, "current+1", KAFC_CURRENT(1)); /* nothing was read: from the start */
    read_one(c);
    seek_to(c, "current", KAFC_CURRENT(0));
    seek_to(c, "current-2", KAFC_CURRENT(-2));
    read_one(c);
    seek_to(c, "first", KAFC_FIRST);
    seek_to(c, "before", KAFC_CURRENT(-1));
    seek_to(c, "tail", KAFC_TAIL(3));
    seek_to(c, "last", KAFC_LAST);
    seek_to(c, "beyond", KAFC_CURRENT(1));
    read_one(c);
    seek_to(c, "at", KAFC_AT(20));
    read_one(c);
}

static void produce(kafc_conn *c, const char *what, const kafc_conn_options *o)
{
    static char text[6000]; /* more than a fetch of an old broker begins with */
    memset(text, 'x', sizeof text);
    kafc_produced at;
    kafc_message m = { .value = { text, sizeof text } };
    must(kafc_conn_configure(c, o, &err), what);
    kafc_err rc = kafc_conn_produce(c, &m, 1, PATIENCE, &at, &err);
    printf("%s %s %lld\n", what, kafc_err_name(rc), (long long)at.base_offset);
}

static void fetch(kafc_conn *c, const char *what, const kafc_conn_options *o)
{
    kafc_batch *b;
    kafc_batch_info is;
    kafc_message m;
    int n = 0;
    must(kafc_conn_configure(c, o, &err), what);
    must(kafc_conn_fetch(c, &b, PATIENCE, &err), what);
    while (kafc_batch_next(b, &m, &err))
        n++;
    kafc_batch_info_get(b, &is);
    printf("%s %d messages to %lld of %lld, stable to %lld, from %lld on\n", what, n, (long long)is.offset,
           (long long)is.high_watermark, (long long)is.last_stable, (long long)is.log_start);
    kafc_batch_free(b);
}

static void options_all(kafc_conn *c)
{
    produce(c, "all", KAFC_CONN(.acks = KAFC_ACKS_ALL));
    produce(c, "leader", KAFC_CONN(.acks = KAFC_ACKS_LEADER, .compression = KAFC_GZIP));
    produce(c, "nobody", KAFC_CONN(.acks = KAFC_ACKS_NONE, .compression = KAFC_LZ4));
    produce(c, "defaults", NULL);
    fetch(c, "small", KAFC_CONN(.max_bytes = 1));
    fetch(c, "defaults", NULL);
}

static void versions(kafc_conn *c)
{
    kafc_api_range v[128];
    int32_t n = kafc_conn_api_versions(c, v, 128);
    for (int32_t i = 0; i < n; i++)
        printf("%d %d %d\n", v[i].api, v[i].min, v[i].max);
}

/* TCP of our own, blocking. */
static int connect_to(void *ctx, const char *host, int32_t port, int timeout_ms, kafc_error *e)
{
    char service[16];
    struct addrinfo hints = { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM }, *list;
    (void)ctx, (void)timeout_ms;
    e->code = KAFC_ERR_CONNECT;
    (void)snprintf(service, sizeof service, "%d", (int)port);
    if (getaddrinfo(host, service, &hints, &list) != 0)
        return -1;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd >= 0 && connect(fd, list->ai_addr, list->ai_addrlen) != 0) {
        (void)close(fd);
        fd = -1;
    }
    freeaddrinfo(list);
    return fd;
}

static void read_here(kafc_conn *c, int n)
{
    int64_t sum = 0;
    kafc_message m;
    must(kafc_conn_seek(c, KAFC_AT(0), 0, NULL, &err), "seek");
    for (int i = 0; i < n; i++) {
        must(kafc_conn_read(c, &m, PATIENCE, &err), "read");
        sum += m.offset;
    }
    printf("%d %lld %s\n", n, (long long)sum, kafc_conn_remote_address(c));
}

int main(int argc, char **argv)
{
    bool own = argc > 5 && strcmp(argv[1], "socket") == 0;
    bool led = argc > 4 && (strcmp(argv[1], "seek") == 0 || strcmp(argv[1], "options") == 0);
    if (!own && !led && !(argc == 3 && strcmp(argv[1], "versions") == 0))
        die("usage", "see the top of conns.c");
    kafc_conn_options o = *KAFC_CONN(.topic = own || led ? argv[3] : NULL, .partition = own || led ? atoi(argv[4]) : 0);
    if (own) {
        o.find_leader = KAFC_OFF;
        o.connect = connect_to;
    }
    kafc_conn *c = kafc_conn_dial(&o, argv[2], PATIENCE, &err);
    if (!c)
        die("dial", err.message);
    if (own)
        read_here(c, atoi(argv[5]));
    else if (!led)
        versions(c);
    else if (strcmp(argv[1], "seek") == 0)
        seek_all(c);
    else
        options_all(c);
    kafc_conn_free(c);
    return fflush(stdout) ? 1 : 0;
}
