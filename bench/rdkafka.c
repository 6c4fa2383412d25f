/* SPDX-License-Identifier: BSD-2-Clause
 *
 * rdkafka produce HOST:PORT TOPIC COUNT SIZE CODEC
 * rdkafka latency HOST:PORT TOPIC COUNT SIZE RATE: librdkafka under the load of
 * `kafc perf`, with what it prints but e2e_us. The topic must be there.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <librdkafka/rdkafka.h>

#include "tools/kafc/load.h"

enum { SERVE = 1024, WAIT_MS = 60000 };

struct property {
    const char *name, *value;
};

static const struct property fast[] = {
    { "acks", "1" },
    { "linger.ms", "5" },
    { "batch.size", "1000000" },
    { "batch.num.messages", "1000000" },
    { "queue.buffering.max.messages", "1000000" },
    { "partitioner", "murmur2_random" },
    { NULL, NULL },
};
static const struct property prompt[] = {
    { "linger.ms", "0" },
    { "enable.idempotence", "true" }, /* as kafc does, unless told otherwise */
    { "socket.nagle.disable", "true" },
    { "partitioner", "murmur2_random" },
    { NULL, NULL },
};

static struct load load;
static rd_kafka_t *rk;
static rd_kafka_topic_t *topic;
static uint64_t acknowledged;
static int64_t begin, interval; /* ns */
static uint32_t *ack;           /* us by message; NULL: nobody asks */
static atomic_bool done;

static void die(const char *what, const char *why)
{
    fprintf(stderr, "rdkafka: %s: %s\n", what, why);
    exit(1);
}

static void on_delivery(rd_kafka_t *k, const rd_kafka_message_t *m, void *ctx)
{
    (void)k;
    (void)ctx;
    if (m->err)
        die("delivery", rd_kafka_err2str(m->err));
    acknowledged++;
    if (ack && (uintptr_t)m->_private)
        ack[(uintptr_t)m->_private - 1] =
            (uint32_t)((load_now_ns() - begin - ((int64_t)(uintptr_t)m->_private - 1) * interval) /
                       1000);
}

static void set(rd_kafka_conf_t *conf, const char *name, const char *value)
{
    char why[256];

    if (rd_kafka_conf_set(conf, name, value, why, sizeof why) != RD_KAFKA_CONF_OK)
        die(name, why);
}

static void open_producer(const char *brokers, const char *name, const struct property *p,
                          const char *codec)
{
    const struct rd_kafka_metadata *m;
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    char why[256];

    set(conf, "bootstrap.servers", brokers);
    set(conf, "compression.codec", codec);
    for (; p->name; p++)
        set(conf, p->name, p->value);
    rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
    rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof why);
    if (!rk)
        die("librdkafka", why);
    topic = rd_kafka_topic_new(rk, name, NULL);
    if (!topic || rd_kafka_metadata(rk, 0, topic, &m, WAIT_MS))
        die(name, "no metadata");
    rd_kafka_metadata_destroy(m);
}

static void send_one(uint64_t i, void *opaque)
{
    while (rd_kafka_produce(topic, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY,
                            (void *)(uintptr_t)load_value(&load), load.size, load_key(&load, i),
                            LOAD_KEY, opaque)) {
        if (rd_kafka_last_error() != RD_KAFKA_RESP_ERR__QUEUE_FULL)
            die("produce", rd_kafka_err2str(rd_kafka_last_error()));
        (void)rd_kafka_poll(rk, 1);
    }
}

static void flush(void)
{
    if (rd_kafka_flush(rk, WAIT_MS))
        die("flush", "timed out");
}

static void produce(uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        send_one(i, NULL);
        if (i % SERVE == 0)
            (void)rd_kafka_poll(rk, 0);
    }
    flush();
}

static void *serve(void *arg)
{
    while (!done)
        (void)rd_kafka_poll(rk, 100);
    return arg;
}

static void latency(uint64_t count)
{
    pthread_t thread;

    send_one(0, NULL); /* connects */
    flush();
    acknowledged = 0;
    if (pthread_create(&thread, NULL, serve, NULL))
        die("thread", "cannot be started");
    begin = load_now_ns() + 1000000;
    for (uint64_t i = 0; i < count; i++) {
        load_wait_until(begin + (int64_t)i * interval);
        send_one(i, (void *)(uintptr_t)(i + 1));
    }
    flush();
    done = true;
    (void)pthread_join(thread, NULL);
}

int main(int argc, char **argv)
{
    struct load_span span;
    uint64_t count;
    bool timed = argc == 7 && strcmp(argv[1], "latency") == 0;

    if (argc != 7 || (!timed && strcmp(argv[1], "produce") != 0) ||
        !load_init(&load, strtoul(argv[5], NULL, 10)))
        die("usage", "produce HOST:PORT TOPIC COUNT SIZE CODEC, or latency … RATE");
    count = strtoull(argv[4], NULL, 10);
    if (timed) {
        interval = 1000000000 / strtoll(argv[6], NULL, 10);
        ack = calloc(count, sizeof *ack);
        if (!ack)
            die("memory", "there is none");
    }
    open_producer(argv[2], argv[3], timed ? prompt : fast, timed ? "none" : argv[6]);
    load_begin(&span);
    if (timed)
        latency(count);
    else
        produce(count);
    load_end(&span);
    if (acknowledged != count)
        die("delivery", "some are missing");
    load_print(&span, count, (double)count * (double)load.size);
    if (timed) {
        putchar(',');
        load_print_times("ack_us", ack, count);
    }
    puts("}");
    rd_kafka_topic_destroy(topic);
    rd_kafka_destroy(rk);
    return 0;
}
