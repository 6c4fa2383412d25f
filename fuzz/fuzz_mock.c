/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Target Functions: kafc__cluster_received, all of mock/api_*.
 *
 * Requests of any bytes to a cluster in memory. The input is a list of frames
 * (two bytes: which of four connections, and the length; then API key, version
 * and body): each becomes a framed request; the cluster answers, now or when
 * others have asked, or closes, and goes on with a new connection. The last
 * connection wants a login.
 */
#include <string.h>

#include "fuzz/fuzz.h"
#include "mock/cluster.h"

enum { CONNS = 4 };

static void drain(struct kafc_cluster *c, uint64_t conn)
{
    const void *p;
    size_t n;

    for (kafc__cluster_output(c, conn, &p, &n); n; kafc__cluster_output(c, conn, &p, &n))
        kafc__cluster_consumed(c, conn, n);
}

static void give(struct kafc_cluster *c, uint64_t conn, const uint8_t *p, size_t n)
{
    while (n) {
        void *to;
        size_t room;

        kafc__cluster_recv_room(c, conn, &to, &room);
        if (!room)
            return;
        room = room < n ? room : n;
        memcpy(to, p, room);
        kafc__cluster_received(c, conn, room);
        p += room;
        n -= room;
    }
}

/* Size, API key, version, correlation id, client id "f". */
static void request(struct kafc_cluster *c, uint64_t conn, const uint8_t *p, size_t n)
{
    uint8_t head[15] = { 0, 0, 0, 0, 0, p[0], 0, p[1], 0, 0, 0, 1, 0, 1, 'f' };
    size_t len = sizeof(head) - 4 + n - 2;

    head[2] = (uint8_t)(len >> 8);
    head[3] = (uint8_t)len;
    give(c, conn, head, sizeof(head));
    give(c, conn, p + 2, n - 2);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    kafc_mock_options o;
    struct kafc_cluster *c;
    uint64_t conn[CONNS] = { 0 };
    int64_t now = 1000000;

    kafc_mock_options_init(&o);
    o.brokers = 1;
    c = kafc__cluster_new(&o, NULL);
    if (!c)
        return 0;
    (void)kafc__cluster_create_topic(c, "t", 1, 1);
    (void)kafc__cluster_set_user(c, "u", "p");
    (void)kafc__cluster_set_marker_delay(
        c, 700); /* one request comes before the markers, the next one behind */
    while (size >= 4) {
        size_t n = (size_t)(data[0] << 8 | data[1]) % 4096, i = (data[0] >> 4) % CONNS;

        n = n > size - 2 ? size - 2 : n < 2 ? 2 : n;
        if (!conn[i]) {
            (void)kafc__cluster_set_login(
                c, i == CONNS - 1 ? "PLAIN,SCRAM-SHA-256,OAUTHBEARER" : NULL, 2000);
            conn[i] = kafc__cluster_open(c, 1);
        }
        request(c, conn[i], data + 2, n);
        now += 600000; /* parked fetches answer */
        kafc__cluster_time(c, now, now / 1000);
        kafc__cluster_tick(c);
        for (i = 0; i < CONNS; i++) {
            drain(c, conn[i]);
            if (kafc__cluster_closing(c, conn[i])) {
                kafc__cluster_close(c, conn[i]);
                conn[i] = 0;
            }
        }
        data += 2 + n;
        size -= 2 + n;
    }
    kafc__cluster_free(c);
    return 0;
}
