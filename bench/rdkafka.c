/* SPDX-License-Identifier: BSD-2-Clause
 *
 * rdkafka produce HOST:PORT TOPIC COUNT SIZE CODEC
 * rdkafka latency HOST:PORT TOPIC COUNT SIZE RATE: librdkafka under the load of
 * `kafc perf`, with what it prints. The topic must be there.
 */
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <librdkafka/rdkafka.h>

#include "bench/rdkafka_tls.h"
#include "tools/kafc/load.h"

enum { SERVE = 1024, WAIT_MS = 60000, DIGITS = 8 /* which message it is, in front of its value */ };

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
static uint32_t *ack, *e2e;     /* us by message; NULL: nobody asks */
static atomic_bool done;

static void die(const char *what, const char *why)
{
    fprintf(stderr, "rdkafka: %s: %s\n", what, why);
    exit(1);
}

static uint32_t since_due(uint64_t i)
{
    return (uint32_t)((load_now_ns() - begin - (int64_t)i * interval) / 1000);
}

static void on_delivery(rd_kafka_t *k, const rd_kafka_message_t *m, void *ctx)
{
    (void)k;
    (void)ctx;
    if (m->err)
        die("delivery", rd_kafka_err2str(m->err));
    acknowledged++;
    if (ack && (uintptr_t)m->_private)
        ack[(uintptr_t)m->_private - 1] = since_due((uintptr_t)m->_private - 1);
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
    if (!rdkafka_tls(conf, why))
        die("TLS", why);
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

static void send_one(uint64_t i, const void *value, void *opaque)
{
    while (rd_kafka_produce(topic, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, (void *)(uintptr_t)value,
                            load.size, load_key(&load, i), LOAD_KEY, opaque)) {
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
        send_one(i, load_value(&load), NULL);
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

/* ---- the reader of the same messages: by hand, from the end as it is ---- */

static rd_kafka_t *consumer;
static sem_t warm; /* the first has come */
static uint64_t expected;

static void open_consumer(const char *brokers, const char *name)
{
    rd_kafka_topic_partition_list_t *all = rd_kafka_topic_partition_list_new(1);
    const struct rd_kafka_metadata *m;
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    char why[256];

    set(conf, "bootstrap.servers", brokers);
    set(conf, "group.id", "none"); /* it wants one, and nothing is committed */
    set(conf, "enable.auto.commit", "false");
    set(conf, "check.crcs", "true"); /* as kafc does */
    consumer = rd_kafka_new(RD_KAFKA_CONSUMER, conf, why, sizeof why);
    if (!consumer)
        die("librdkafka", why);
    if (rd_kafka_metadata(consumer, 0, topic, &m, WAIT_MS) || m->topic_cnt != 1)
        die(name, "no metadata");
    for (int32_t i = 0; i < m->topics[0].partition_cnt; i++) {
        int64_t low, high;

        if (rd_kafka_query_watermark_offsets(consumer, name, i, &low, &high, WAIT_MS))
            die(name, "no offsets");
        rd_kafka_topic_partition_list_add(all, name, i)->offset = high;
    }
    if (rd_kafka_assign(consumer, all))
        die(name, "cannot be assigned");
    rd_kafka_metadata_destroy(m);
    rd_kafka_topic_partition_list_destroy(all);
}

static void take(const rd_kafka_message_t *m)
{
    uint64_t i = 0;

    for (int k = 0; k < DIGITS; k++)
        i = i * 10 + (uint64_t)(((const char *)m->payload)[k] - '0');
    if (i < expected)
        e2e[i] = since_due(i);
    else
        (void)sem_post(&warm);
}

/* Until `expected` have come besides the first. */
static void *consume(void *arg)
{
    uint64_t left = expected + 1;

    while (left) {
        rd_kafka_message_t *m = rd_kafka_consumer_poll(consumer, WAIT_MS);

        if (!m || (m->err && m->err != RD_KAFKA_RESP_ERR__PARTITION_EOF))
            die("consume", m ? rd_kafka_err2str(m->err) : "nothing comes");
        if (!m->err) {
            take(m);
            left--;
        }
        rd_kafka_message_destroy(m);
    }
    return arg;
}

static void number(char *value, uint64_t i)
{
    memcpy(value, load_value(&load), load.size);
    for (int k = DIGITS - 1; k >= 0; k--, i /= 10)
        value[k] = (char)('0' + i % 10);
}

static void latency(uint64_t count)
{
    pthread_t thread, reading;
    char *value = malloc(load.size);

    if (!value || sem_init(&warm, 0, 0) || pthread_create(&reading, NULL, consume, NULL))
        die("thread", "cannot be started");
    number(value, count);
    send_one(0, value, NULL); /* connects */
    flush();
    (void)sem_wait(&warm);
    acknowledged = 0;
    if (pthread_create(&thread, NULL, serve, NULL))
        die("thread", "cannot be started");
    begin = load_now_ns() + 1000000;
    for (uint64_t i = 0; i < count; i++) {
        number(value, i);
        load_wait_until(begin + (int64_t)i * interval);
        send_one(i, value, (void *)(uintptr_t)(i + 1));
    }
    flush();
    done = true;
    (void)pthread_join(thread, NULL);
    (void)pthread_join(reading, NULL);
    free(value);
}

int main(int argc, char **argv)
{
    struct load_span span;
    uint64_t count;
    bool timed = argc == 7 && strcmp(argv[1], "latency") == 0;

    if (argc != 7 || (!timed && strcmp(argv[1], "produce") != 0) ||
        !load_init(&load, strtoul(argv[5], NULL, 10)) || (timed && load.size < DIGITS))
        die("usage", "produce HOST:PORT TOPIC COUNT SIZE CODEC, or latency … RATE");
    count = strtoull(argv[4], NULL, 10);
    if (timed) {
        interval = 1000000000 / strtoll(argv[6], NULL, 10);
        ack = calloc(2 * count, sizeof *ack);
        if (!ack)
            die("memory", "there is none");
        e2e = ack + count;
        expected = count;
    }
    open_producer(argv[2], argv[3], timed ? prompt : fast, timed ? "none" : argv[6]);
    if (timed)
        open_consumer(argv[2], argv[3]);
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
        putchar(',');
        load_print_times("e2e_us", e2e, count);
        (void)rd_kafka_consumer_close(consumer);
        rd_kafka_destroy(consumer);
    }
    puts("}");
    rd_kafka_topic_destroy(topic);
    rd_kafka_destroy(rk);
    return 0;
}
