/* SPDX-License-Identifier: BSD-2-Clause
 *
 * TLS and logins of what the command is not made of:
 *
 *   secure conn BROKERS TOPIC [NAME=VALUE]...      a kafc_conn to the leader of partition 0
 *   secure driven BROKERS TOPIC [NAME=VALUE]...    a client without a thread, in a loop of our own, reads a message
 *
 * Exits with 1 and says why if it cannot. tests/interop/run builds it.
 */
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include <kafc/kafc.h>

enum { PATIENCE = 30000, FDS = 64, PARTITIONS = 4 };

static kafc_error err;

static kafc_properties *properties(char **arg)
{
    kafc_properties *p = kafc_properties_new();
    for (; p && *arg; arg++) {
        char *eq = strchr(*arg, '=');
        *eq = '\0';
        if (kafc_properties_set(p, *arg, eq + 1, &err) != KAFC_OK)
            return NULL;
    }
    return p;
}

static kafc_err conn(const char *brokers, const char *topic, const kafc_properties *p)
{
    int64_t at;
    kafc_conn *c = kafc_conn_dial(KAFC_CONN(.properties = p, .topic = topic), brokers, PATIENCE, &err);
    kafc_err rc = c ? kafc_conn_offset_at(c, KAFC_LAST, PATIENCE, &at, &err) : err.code;
    kafc_conn_free(c);
    return rc;
}

/* Until there is a message, or an error. */
static kafc_err loop(kafc_client *c, kafc_reader *r)
{
    kafc_message m;
    kafc_err rc;
    while ((rc = kafc_reader_fetch(r, &m, 0, &err)) == KAFC_ERR_WOULD_BLOCK) {
        struct pollfd p[FDS];
        int n = kafc_client_pollfds(c, p, FDS, &err);
        if (n < 0 || n > FDS || poll(p, (nfds_t)n, kafc_client_timeout(c)) < 0)
            return KAFC_ERR_SYSTEM;
        if ((rc = kafc_client_process(c, &err)) != KAFC_OK)
            return rc;
    }
    return rc;
}

static kafc_err driven(const char *brokers, const char *topic, const kafc_properties *p)
{
    kafc_assignment a[PARTITIONS];
    kafc_client *c = kafc_client_open(
        KAFC_CLIENT(.brokers = brokers, .properties = p, .driven = KAFC_ON), &err);
    kafc_reader *r = c ? kafc_reader_open(c, KAFC_READER(.properties = p), &err) : NULL;
    for (int32_t i = 0; i < PARTITIONS; i++)
        a[i] = (kafc_assignment){ .topic = topic, .partition = i, .start = KAFC_FIRST };
    kafc_err rc = r ? kafc_reader_assign(r, a, PARTITIONS, &err) : err.code;
    if (rc == KAFC_OK)
        rc = loop(c, r);
    kafc_reader_free(r);
    kafc_client_free(c);
    return rc;
}

int main(int argc, char **argv)
{
    kafc_properties *p = argc < 4 ? NULL : properties(argv + 4);
    kafc_err rc = !p ? KAFC_ERR_USAGE
                     : (strcmp(argv[1], "conn") == 0 ? conn : driven)(argv[2], argv[3], p);
    if (rc != KAFC_OK)
        fprintf(stderr, "%s\n", err.message);
    kafc_properties_free(p);
    return rc == KAFC_OK ? 0 : p ? 1 : 2;
}
