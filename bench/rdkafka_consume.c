/* SPDX-License-Identifier: BSD-2-Clause
 *
 * rdkafka_consume HOST:PORT TOPIC PARTITIONS COUNT [GROUP]: librdkafka under
 * the load of `kafc perf consume`, or of group-consume, with what it prints. The
 * topic must be there.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <librdkafka/rdkafka.h>

#include "bench/rdkafka_tls.h"
#include "tools/kafc/load.h"

enum { WAIT_MS = 60000 };

static void die(const char *what, const char *why)
{
    fprintf(stderr, "rdkafka_consume: %s: %s\n", what, why);
    exit(1);
}

/* group: NULL to read without one. */
static rd_kafka_t *open_consumer(const char *brokers, const char *topic, int32_t partitions, const char *group)
{
    const char *const properties[][2] = {
        { "group.id", group ? group : "bench" }, /* it wants one, though nobody joins it */
        { "enable.auto.commit", group ? "true" : "false" }, /* of what was taken, on the interval */
        { "auto.offset.reset", "earliest" },
    };
    rd_kafka_topic_partition_list_t *all = rd_kafka_topic_partition_list_new(partitions);
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_t *rk;
    char why[256];

    if (rd_kafka_conf_set(conf, "bootstrap.servers", brokers, why, sizeof why) || !rdkafka_tls(conf, why))
        die(brokers, why);
    for (size_t i = 0; i < sizeof properties / sizeof *properties; i++)
        if (rd_kafka_conf_set(conf, properties[i][0], properties[i][1], why, sizeof why))
            die(properties[i][0], why);
    rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, why, sizeof why);
    if (!rk)
        die("librdkafka", why);
    for (int32_t p = 0; p < (group ? 1 : partitions); p++) /* a group assigns partitions */
        rd_kafka_topic_partition_list_add(all, topic, p)->offset = RD_KAFKA_OFFSET_BEGINNING;
    if (rd_kafka_poll_set_consumer(rk) || (group ? rd_kafka_subscribe(rk, all) : rd_kafka_assign(rk, all)))
        die(topic, "cannot be assigned");
    rd_kafka_topic_partition_list_destroy(all);
    return rk;
}

int main(int argc, char **argv)
{
    uint64_t count, bytes = 0;
    struct load_span span;
    rd_kafka_t *rk;

    if (argc != 5 && argc != 6)
        die("usage", "rdkafka_consume HOST:PORT TOPIC PARTITIONS COUNT [GROUP]");
    count = strtoull(argv[4], NULL, 10);
    load_begin(&span);
    rk = open_consumer(argv[1], argv[2], (int32_t)strtol(argv[3], NULL, 10), argv[5]);
    for (uint64_t n = 0; n < count;) {
        rd_kafka_message_t *m = rd_kafka_consumer_poll(rk, WAIT_MS);

        if (!m)
            die("consume", "nothing came");
        if (m->err && m->err != RD_KAFKA_RESP_ERR__PARTITION_EOF)
            die("consume", rd_kafka_message_errstr(m));
        bytes += m->err ? 0 : m->len;
        n += !m->err;
        rd_kafka_message_destroy(m);
    }
    load_end(&span);
    load_print(&span, count, (double)bytes);
    puts("}");
    (void)fflush(stdout);
    _exit(0); /* to clear away what was fetched ahead is not measured */
}
