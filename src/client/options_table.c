/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The rows. Names and units are the Java client's, librdkafka's are aliases;
 * defaults are kafc's. Read by options.c and properties.c.
 */
#include <kafc/conn.h>

#include "base/log.h"
#include "client/options.h"
#include "core/partitioner.h"

#define CLIENT_(m) offsetof(kafc_client_options, m), sizeof(((kafc_client_options *)0)->m)
#define WRITER_(m) offsetof(kafc_writer_options, m), sizeof(((kafc_writer_options *)0)->m)
#define READER_(m) offsetof(kafc_reader_options, m), sizeof(((kafc_reader_options *)0)->m)
#define CONN_(m) offsetof(kafc_conn_options, m), sizeof(((kafc_conn_options *)0)->m)
#define SECURITY_(m) offsetof(kafc_security, m), sizeof(((kafc_security *)0)->m)

#define ROW_(offset_, width_, kind_, field_, name_, aliases_, dflt_, min_, max_, text_, choices_, doc_) \
    { .offset = (offset_), .width = (width_), .kind = KAFC_OPTION_##kind_, .field = (field_), \
      .name = (name_), .aliases = (aliases_), .dflt = (dflt_), .min = (min_), .max = (max_), .text = (text_), \
      .choices = (choices_), .doc = (doc_) }
#define ROW_X_(...) ROW_(__VA_ARGS__)

#define INT32(OBJ, m, name, aliases, dflt, min, max, doc) \
    ROW_X_(OBJ##_(m), INT32, #m, name, aliases, dflt, min, max, NULL, NULL, doc)
#define INT64(OBJ, m, name, aliases, dflt, min, max, doc) \
    ROW_X_(OBJ##_(m), INT64, #m, name, aliases, dflt, min, max, NULL, NULL, doc)
#define SWITCH(OBJ, m, name, aliases, dflt, doc) \
    ROW_X_(OBJ##_(m), SWITCH, #m, name, aliases, dflt, 0, 2, NULL, switch_choices, doc)
#define ENUM(OBJ, m, name, aliases, dflt, min, max, choices, doc) \
    ROW_X_(OBJ##_(m), ENUM, #m, name, aliases, dflt, min, max, NULL, choices, doc)
#define STRING(OBJ, m, name, aliases, text, doc) \
    ROW_X_(OBJ##_(m), STRING, #m, name, aliases, 0, 0, 0, text, NULL, doc)
#define POSITION(OBJ, m, name, dflt, choices, doc) \
    ROW_X_(OBJ##_(m), POSITION, #m, name, NULL, dflt, 0, 0, NULL, choices, doc)
#define OPAQUE(OBJ, m, doc) ROW_X_(OBJ##_(m), OPAQUE, #m, NULL, NULL, 0, 0, 0, NULL, NULL, doc)

#define END { NULL, 0 }
static const struct kafc_choice switch_choices[] = { { "true", KAFC_ON }, { "false", KAFC_OFF }, END };
static const struct kafc_choice recovery_choices[] = { { "rebootstrap", KAFC_RECOVERY_REBOOTSTRAP },
                                                       { "none", KAFC_RECOVERY_NONE }, END };
static const struct kafc_choice acks_choices[] = { { "all", -1 }, { "-1", -1 }, { "0", 0 }, { "1", 1 }, END };
static const struct kafc_choice compression_choices[] = { { "none", KAFC_NONE }, { "gzip", KAFC_GZIP },
                                                          { "snappy", KAFC_SNAPPY }, { "lz4", KAFC_LZ4 },
                                                          { "zstd", KAFC_ZSTD }, END };
static const struct kafc_choice isolation_choices[] = { { "read_committed", KAFC_READ_COMMITTED },
                                                        { "read_uncommitted", KAFC_READ_UNCOMMITTED }, END };
static const struct kafc_choice start_choices[] = { { "earliest", KAFC_POSITION_FIRST },
                                                    { "latest", KAFC_POSITION_LAST },
                                                    { "none", KAFC_POSITION_COMMITTED },
                                                    { "smallest", KAFC_POSITION_FIRST }, /* librdkafka's */
                                                    { "beginning", KAFC_POSITION_FIRST },
                                                    { "largest", KAFC_POSITION_LAST },
                                                    { "end", KAFC_POSITION_LAST },
                                                    { "error", KAFC_POSITION_COMMITTED },
                                                    { "by_duration:", KAFC_POSITION_AGO }, END };
static const struct kafc_choice reset_choices[] = { { "earliest", KAFC_RESET_FIRST }, { "latest", KAFC_RESET_LAST },
                                                    { "none", KAFC_RESET_FAIL },
                                                    { "smallest", KAFC_RESET_FIRST }, /* librdkafka's */
                                                    { "beginning", KAFC_RESET_FIRST },
                                                    { "largest", KAFC_RESET_LAST },
                                                    { "end", KAFC_RESET_LAST },
                                                    { "error", KAFC_RESET_FAIL },
                                                    { "by_duration:", KAFC_RESET_START }, END };

static const struct kafc_choice protocol_choices[] = { { "PLAINTEXT", KAFC_PLAINTEXT },
                                                       { "SSL", KAFC_SSL },
                                                       { "SASL_PLAINTEXT", KAFC_SASL_PLAINTEXT },
                                                       { "SASL_SSL", KAFC_SASL_SSL },
                                                       { "plaintext", KAFC_PLAINTEXT }, /* librdkafka's */
                                                       { "ssl", KAFC_SSL },
                                                       { "sasl_plaintext", KAFC_SASL_PLAINTEXT },
                                                       { "sasl_ssl", KAFC_SASL_SSL }, END };
static const struct kafc_choice hostname_choices[] = { { "https", KAFC_ON }, { "none", KAFC_OFF },
                                                       { "", KAFC_OFF } /* Java's */, END };

/* syslog's, as librdkafka has it */
static const struct kafc_choice level_choices[] = { { "7", KAFC_LOG_DEBUG }, { "6", KAFC_LOG_INFO },
                                                    { "5", KAFC_LOG_INFO },  { "4", KAFC_LOG_WARN },
                                                    { "3", KAFC_LOG_ERROR }, { "2", KAFC_LOG_ERROR },
                                                    { "1", KAFC_LOG_ERROR }, { "0", KAFC_LOG_ERROR }, END };
#define LEVEL_DOC \
    "Log lines above this level are dropped. By name it is syslog's: 7 debugging, 6 and 5 news, 4 warnings, below " \
    "errors; in the struct kafc_log_level"
#define DEBUG_DOC \
    "Lines for debugging in these contexts and no others, whatever log_level is: broker (connections, throttling), " \
    "protocol (requests and answers, with their times), metadata, topic (leaders), msg (batches that fail), fetch, " \
    "cgrp (groups and offsets), eos (transactions), admin, security, generic, all. librdkafka's other contexts have " \
    "no lines"

#define MS_MAX INT32_MAX

/* clang-format off */
static const struct kafc_option client_rows[] = {
    STRING(CLIENT, brokers, "bootstrap.servers", "metadata.broker.list", NULL,
           "Brokers to begin with: host:port,host:port; port 9092 where none is given. Required"),
    STRING(CLIENT, client_id, "client.id", NULL, "kafc", "The name that brokers see in requests, logs and quotas"),
    STRING(CLIENT, rack, "client.rack", NULL, NULL, "Where this client stands"),
    OPAQUE(CLIENT, security, "Whom brokers speak to and who they are: see below"),
    INT32(CLIENT, connect_timeout_ms, "socket.connection.setup.timeout.ms", NULL, 10000, 1, MS_MAX,
          "Time for one connection: name, addresses, TLS, login"),
    INT32(CLIENT, request_timeout_ms, "request.timeout.ms", "socket.timeout.ms", 30000, 1, MS_MAX,
          "Time for one request"),
    INT32(CLIENT, retry_backoff_ms, "retry.backoff.ms", NULL, 100, 0, MS_MAX,
          "Pause before the first retry; doubles from there, with 20 % jitter"),
    INT32(CLIENT, retry_backoff_max_ms, "retry.backoff.max.ms", NULL, 1000, 0, MS_MAX,
          "The longest pause between retries"),
    INT32(CLIENT, reconnect_backoff_ms, "reconnect.backoff.ms", NULL, 50, 0, MS_MAX,
          "Pause before a broker is connected to again; doubles from there, with 20 % jitter"),
    INT32(CLIENT, reconnect_backoff_max_ms, "reconnect.backoff.max.ms", NULL, 1000, 0, MS_MAX,
          "The longest pause between connection attempts"),
    INT32(CLIENT, metadata_max_age_ms, "metadata.max.age.ms", "topic.metadata.refresh.interval.ms", 300000, 1, MS_MAX,
          "Metadata older than this is asked for again"),
    ENUM(CLIENT, metadata_recovery, "metadata.recovery.strategy", NULL, KAFC_RECOVERY_REBOOTSTRAP,
         KAFC_RECOVERY_REBOOTSTRAP, KAFC_RECOVERY_NONE, recovery_choices,
         "When no known broker answers: try the list of the beginning as well, or not"),
    INT32(CLIENT, rebootstrap_trigger_ms, "metadata.recovery.rebootstrap.trigger.ms", NULL, 300000, 0, MS_MAX,
          "Without metadata for so long, known brokers are forgotten and the list is all there is"),
    INT32(CLIENT, connections_max_idle_ms, "connections.max.idle.ms", NULL, 540000, -1, MS_MAX,
          "A connection without requests is closed after this; -1 or 0: never"),
    INT32(CLIENT, receive_max_bytes, "receive.message.max.bytes", NULL, 104857600, 1000, INT32_MAX,
          "A response above this closes the connection"),
    INT32(CLIENT, send_buffer_bytes, "send.buffer.bytes", "socket.send.buffer.bytes", 0, -1, INT32_MAX,
          "SO_SNDBUF; 0 or -1: the system's"),
    INT32(CLIENT, receive_buffer_bytes, "receive.buffer.bytes", "socket.receive.buffer.bytes", 0, -1, INT32_MAX,
          "SO_RCVBUF; 0 or -1: the system's"),
    ENUM(CLIENT, log_level, "log_level", NULL, KAFC_LOG_INFO, KAFC_LOG_ERROR, KAFC_LOG_DEBUG, level_choices,
         LEVEL_DOC),
    { .kind = KAFC_OPTION_STRING, .field = "debug", .name = "debug", .offset = offsetof(kafc_client_options, debug),
      .width = sizeof(char *), .names = kafc__debug_name, .list = true, .doc = DEBUG_DOC },
    STRING(CLIENT, local_address, NULL, NULL, NULL,
           "The address to connect from; brokers' of the other family are left out"),
    INT32(CLIENT, fallback_delay_ms, NULL, NULL, 250, -1, MS_MAX,
          "An address of a name that has not answered for so long has company of the next; -1: its part of the time"),
    OPAQUE(CLIENT, log, "Takes log lines"),
    OPAQUE(CLIENT, log_error, "Takes the log's errors apart"),
    OPAQUE(CLIENT, resolve, "Resolves names in place of getaddrinfo"),
    OPAQUE(CLIENT, hooks, "Functions that are told of connections, requests and messages"),
    OPAQUE(CLIENT, ctx, "For the functions"),
    OPAQUE(CLIENT, allocator, "Memory"),
    SWITCH(CLIENT, driven, NULL, NULL, KAFC_OFF,
           "Your own loop drives the client, which has no thread: kafc/loop.h"),
};

static const struct kafc_option writer_rows[] = {
    STRING(WRITER, topic, NULL, NULL, NULL, "Where messages go that name no topic"),
    ENUM(WRITER, acks, "acks", "request.required.acks", -1, -1, 1, acks_choices,
         "Who must have a batch before it is acknowledged: all in-sync replicas, the leader (1), nobody (0)"),
    SWITCH(WRITER, idempotence, "enable.idempotence", NULL, KAFC_DEFAULT,
           "No duplicates by retries. Default: on where acks is all, giving way to brokers that cannot"),
    ENUM(WRITER, compression, "compression.type", "compression.codec", KAFC_NONE, KAFC_NONE, KAFC_ZSTD,
         compression_choices, "Compression of batches"),
    INT32(WRITER, compression_level, "compression.level", NULL, KAFC_ZERO, -131072, 22,
          "Of the codec: gzip -1 to 9, lz4 -100 to 12, zstd -131072 to 22, snappy none. Default: the codec's own"),
    OPAQUE(WRITER, topics, "Topics that have a codec of their own"),
    OPAQUE(WRITER, ntopics, "So many"),
    INT32(WRITER, linger_ms, "linger.ms", "queue.buffering.max.ms", 5, 0, MS_MAX,
          "How long a batch waits to become full"),
    INT32(WRITER, batch_bytes, "batch.size", NULL, 1000000, 1, INT32_MAX, "A batch's size at most, compressed"),
    INT32(WRITER, batch_messages, "batch.num.messages", NULL, 0, 0, INT32_MAX, "Messages of a batch; 0: no limit"),
    INT32(WRITER, message_max_bytes, "max.request.size", "message.max.bytes", 1000000, 1, INT32_MAX,
          "A larger message is refused"),
    INT64(WRITER, buffer_bytes, "buffer.memory", NULL, 33554432, 1, INT64_MAX,
          "Bytes that the writer holds at most; then send waits"),
    INT32(WRITER, delivery_timeout_ms, "delivery.timeout.ms", "message.timeout.ms", 120000, 1, MS_MAX,
          "From send to verdict; above linger.ms"),
    INT32(WRITER, request_timeout_ms, "request.timeout.ms", "socket.timeout.ms", 0, 1, MS_MAX,
          "Time for one Produce request. Default: the client's"),
    INT32(WRITER, retries, "retries", "message.send.max.retries", INT32_MAX, 0, INT32_MAX,
          "Attempts at a batch after the first one that was sent; delivery.timeout.ms ends them, too"),
    INT32(WRITER, max_block_ms, "max.block.ms", NULL, -1, 0, MS_MAX,
          "How long a send, or a call for a transaction, waits that names no time of its own. Default: no limit"),
    INT32(WRITER, max_in_flight, "max.in.flight.requests.per.connection", "max.in.flight", 0, 1, 5,
          "Batches of a partition on their way. Default: 5 with idempotence, 1 without"),
    { .kind = KAFC_OPTION_STRING, .field = "partitioner", .name = "partitioner",
      .aliases = "topic.partitioner", .offset = offsetof(kafc_writer_options, partitioner),
      .width = sizeof(((kafc_writer_options *)0)->partitioner), .text = "murmur2", .names = kafc__partitioner_name,
      .doc = "Which partition a message goes to: docs/PARTITIONERS.md" },
    OPAQUE(WRITER, on_partition, "Picks a partition in place of the partitioner"),
    SWITCH(WRITER, adaptive, "partitioner.adaptive.partitioning.enable", NULL, KAFC_ON,
           "Sticky messages shun brokers with long queues (KIP-794)"),
    INT32(WRITER, availability_timeout_ms, "partitioner.availability.timeout.ms", NULL, 0, 0, MS_MAX,
          "Sticky messages pass by a broker that has left a Produce request without an answer for so long; 0: never"),
    SWITCH(WRITER, ignore_keys, "partitioner.ignore.keys", NULL, KAFC_OFF,
           "Keys do not choose the partition: messages stick as those without do"),
    INT32(WRITER, metadata_max_idle_ms, "metadata.max.idle.ms", NULL, 300000, 5000, MS_MAX,
          "A topic that no message has named for so long is asked for no more, until one does"),
    SWITCH(WRITER, create_topics, "allow.auto.create.topics", NULL, KAFC_OFF, "Brokers may create missing topics"),
    ENUM(WRITER, reports, NULL, NULL, KAFC_REPORTS_DEFAULT, KAFC_REPORTS_ALL, KAFC_REPORTS_BATCHES, NULL,
         "Which messages get a report. Default: all with on_delivery or on_batch, else none"),
    INT32(WRITER, report_slots, NULL, NULL, 1000000, 1, INT32_MAX, "Reports that wait to be collected at most"),
    OPAQUE(WRITER, on_delivery, "Takes reports"),
    OPAQUE(WRITER, on_batch, "Takes settled batches, and their reports where they are wanted"),
    OPAQUE(WRITER, on_room, "Is told when there is room again"),
    OPAQUE(WRITER, ctx, "For the functions"),
    STRING(WRITER, transactional_id, "transactional.id", NULL, NULL,
           "Messages are written in transactions, under this name that fences an earlier writer of the same"),
    INT32(WRITER, transaction_timeout_ms, "transaction.timeout.ms", NULL, 60000, 1, MS_MAX,
          "A transaction that is open for longer is aborted by the broker, whose own limit is 15 minutes"),
};

static const struct kafc_option reader_rows[] = {
    STRING(READER, topic, NULL, NULL, NULL, "What is read from the start"),
    INT32(READER, partition, NULL, NULL, -1, 0, INT32_MAX, "Default: all partitions of the topic"),
    POSITION(READER, start, "auto.offset.reset", KAFC_POSITION_FIRST, start_choices,
             "Where to begin; by_duration: so long ago (KIP-1106)"),
    POSITION(READER, stop, NULL, KAFC_POSITION_DEFAULT, NULL, "Where to end. Default: never"),
    ENUM(READER, reset, "auto.offset.reset", NULL, KAFC_RESET_DEFAULT, KAFC_RESET_FIRST, KAFC_RESET_START,
         reset_choices,
         "When the position is not in the log. Default: below it the first offset, with a notice; above it an error. "
         "by_duration: so long before then"),
    ENUM(READER, isolation, "isolation.level", NULL, KAFC_READ_COMMITTED, KAFC_READ_COMMITTED, KAFC_READ_UNCOMMITTED,
         isolation_choices, "Whether records of open and aborted transactions are seen"),
    SWITCH(READER, check_crcs, "check.crcs", NULL, KAFC_ON, "Verify the sum of each batch"),
    SWITCH(READER, notify_end, "enable.partition.eof", NULL, KAFC_OFF, "A notice when a partition's end is reached"),
    INT32(READER, min_bytes, "fetch.min.bytes", NULL, 1, 0, INT32_MAX, "What a broker waits to have before it answers"),
    INT32(READER, max_bytes, "fetch.max.bytes", NULL, 52428800, 1, INT32_MAX, "Bytes of one fetch"),
    INT32(READER, partition_max_bytes, "max.partition.fetch.bytes", "fetch.message.max.bytes", 1048576, 1, INT32_MAX,
          "The same of one partition; a larger batch comes all the same"),
    INT32(READER, max_wait_ms, "fetch.max.wait.ms", "fetch.wait.max.ms", 500, 0, MS_MAX,
          "How long a broker waits for fetch.min.bytes"),
    INT64(READER, buffer_bytes, "queued.max.bytes", NULL, 67108864, 1, INT64_MAX,
          "Bytes fetched ahead and held at most"),
    STRING(READER, group, "group.id", NULL, NULL, "The group that topics are read in and offsets are kept by"),
    STRING(READER, group_instance, "group.instance.id", NULL, NULL,
           "A static member, which comes back under this name without a rebalance"),
    STRING(READER, assignors, "partition.assignment.strategy", NULL, "range,cooperative-sticky",
           "How the group's leader shares out, the best first: range, roundrobin, sticky, cooperative-sticky, "
           "rack-affinity"),
    OPAQUE(READER, custom_assignors, "Rules of one's own, which assignors may name"),
    OPAQUE(READER, ncustom_assignors, "So many"),
    INT32(READER, session_timeout_ms, "session.timeout.ms", NULL, 45000, 1, MS_MAX,
          "A member that is silent for so long is dead"),
    INT32(READER, heartbeat_interval_ms, "heartbeat.interval.ms", NULL, 3000, 1, MS_MAX,
          "Between two heartbeats of a member; below a third of session.timeout.ms"),
    INT32(READER, max_poll_interval_ms, "max.poll.interval.ms", NULL, 300000, 1, MS_MAX,
          "Who is not back in a call that takes messages loses its partitions; others wait so long in a rebalance"),
    INT32(READER, commit_interval_ms, "auto.commit.interval.ms", NULL, 5000, -1, MS_MAX,
          "What is marked is committed so often; -1: only by a call, and before partitions are given up"),
    OPAQUE(READER, on_rebalance, "Is told what the member owns"),
    OPAQUE(READER, ctx, "For it, and for on_commit"),
    OPAQUE(READER, on_commit, "Is told of commits that no call asked for"),
    SWITCH(READER, leave_static, NULL, NULL, KAFC_OFF,
           "Unsubscribe and close take a static member out of the group at once"),
};

static const struct kafc_option conn_rows[] = {
    STRING(CONN, topic, NULL, NULL, NULL, "Lead to a partition of this topic. Default: to the broker itself"),
    INT32(CONN, partition, NULL, NULL, 0, 0, INT32_MAX, "Of the topic"),
    SWITCH(CONN, find_leader, NULL, NULL, KAFC_ON,
           "Of the partition, and dial it; off: the broker that is dialled is asked"),
    SWITCH(CONN, create_topic, "allow.auto.create.topics", NULL, KAFC_OFF, "The broker may create a missing topic"),
    STRING(CONN, client_id, "client.id", NULL, "kafc", "The name that brokers see in requests, logs and quotas"),
    STRING(CONN, rack, "client.rack", NULL, NULL, "Where this client stands"),
    OPAQUE(CONN, security, "Who speaks to whom: see below"),
    INT32(CONN, connect_timeout_ms, "socket.connection.setup.timeout.ms", NULL, 10000, 1, MS_MAX,
          "Time for one connection: name, addresses, TLS, login"),
    INT32(CONN, request_timeout_ms, "request.timeout.ms", "socket.timeout.ms", 30000, 1, MS_MAX,
          "Silence of the broker that ends the connection"),
    INT32(CONN, receive_max_bytes, "receive.message.max.bytes", NULL, 104857600, 1000, INT32_MAX,
          "A response above this ends the connection"),
    INT32(CONN, send_buffer_bytes, "send.buffer.bytes", "socket.send.buffer.bytes", 0, -1, INT32_MAX,
          "SO_SNDBUF; 0 or -1: the system's"),
    INT32(CONN, receive_buffer_bytes, "receive.buffer.bytes", "socket.receive.buffer.bytes", 0, -1, INT32_MAX,
          "SO_RCVBUF; 0 or -1: the system's"),
    STRING(CONN, local_address, NULL, NULL, NULL,
           "The address to connect from; brokers' of the other family are left out"),
    INT32(CONN, fallback_delay_ms, NULL, NULL, 250, -1, MS_MAX,
          "An address of a name that has not answered for so long has company of the next; -1: its part of the time"),
    ENUM(CONN, acks, "acks", "request.required.acks", -1, -1, 1, acks_choices, "As of a writer"),
    ENUM(CONN, compression, "compression.type", "compression.codec", KAFC_NONE, KAFC_NONE, KAFC_ZSTD,
         compression_choices, "Compression of batches"),
    INT32(CONN, compression_level, "compression.level", NULL, KAFC_ZERO, -131072, 22,
          "Of the codec: gzip -1 to 9, lz4 -100 to 12, zstd -131072 to 22, snappy none. Default: the codec's own"),
    ENUM(CONN, isolation, "isolation.level", NULL, KAFC_READ_COMMITTED, KAFC_READ_COMMITTED, KAFC_READ_UNCOMMITTED,
         isolation_choices, "Whether records of open and aborted transactions are seen"),
    SWITCH(CONN, check_crcs, "check.crcs", NULL, KAFC_ON, "Verify the sum of each batch"),
    INT32(CONN, min_bytes, "fetch.min.bytes", NULL, 1, 0, INT32_MAX, "What a broker waits to have before it answers"),
    INT32(CONN, max_bytes, "fetch.max.bytes", NULL, 1048576, 1, INT32_MAX,
          "Bytes of one fetch; a larger batch comes all the same"),
    INT32(CONN, max_wait_ms, "fetch.max.wait.ms", "fetch.wait.max.ms", 500, 0, MS_MAX,
          "How long a broker waits for fetch.min.bytes"),
    ENUM(CONN, log_level, "log_level", NULL, KAFC_LOG_INFO, KAFC_LOG_ERROR, KAFC_LOG_DEBUG, level_choices,
         LEVEL_DOC),
    { .kind = KAFC_OPTION_STRING, .field = "debug", .name = "debug", .offset = offsetof(kafc_conn_options, debug),
      .width = sizeof(char *), .names = kafc__debug_name, .list = true, .doc = DEBUG_DOC },
    OPAQUE(CONN, log, "Takes log lines"),
    OPAQUE(CONN, log_error, "Takes the log's errors apart"),
    OPAQUE(CONN, resolve, "Resolves names in place of getaddrinfo"),
    OPAQUE(CONN, hooks, "Functions that are told of connections and requests"),
    OPAQUE(CONN, connect, "Gives connected sockets in place of TCP"),
    OPAQUE(CONN, ctx, "For the functions"),
    OPAQUE(CONN, allocator, "Memory"),
};
static const struct kafc_option security_rows[] = {
    ENUM(SECURITY, protocol, "security.protocol", NULL, KAFC_PLAINTEXT, KAFC_PLAINTEXT, KAFC_SASL_SSL, protocol_choices,
         "How brokers are spoken to"),
    STRING(SECURITY, ca_location, "ssl.truststore.location", "ssl.ca.location", NULL,
           "Whom to trust: a file, PEM or PKCS#12, or a folder as of c_rehash. Default: the system's authorities"),
    STRING(SECURITY, ca_password, "ssl.truststore.password", NULL, NULL, "Of a PKCS#12 file"),
    STRING(SECURITY, ca_pem, "ssl.truststore.certificates", "ssl.ca.pem", NULL, "Whom to trust, as PEM text"),
    STRING(SECURITY, crl_location, "ssl.crl.location", NULL, NULL, "A PEM file of revoked certificates"),
    STRING(SECURITY, server_name, NULL, NULL, NULL, "The name that the certificate must have. Default: the host"),
    ENUM(SECURITY, check_hostname, "ssl.endpoint.identification.algorithm", NULL, KAFC_ON, KAFC_ON, KAFC_OFF,
         hostname_choices, "Whether the certificate must be of the host that was dialled"),
    SWITCH(SECURITY, verify, "enable.ssl.certificate.verification", NULL, KAFC_ON,
           "Off: anybody is believed to be the broker"),
    OPAQUE(SECURITY, verify_certificate, "Judges certificates"),
    STRING(SECURITY, certificate_location, "ssl.certificate.location", NULL, NULL,
           "Our certificate and its chain, a PEM file, for brokers that ask for one"),
    STRING(SECURITY, certificate_pem, "ssl.keystore.certificate.chain", "ssl.certificate.pem", NULL,
           "The same as PEM text"),
    STRING(SECURITY, key_location, "ssl.key.location", NULL, NULL, "Its key, a PEM file"),
    STRING(SECURITY, key_pem, "ssl.keystore.key", "ssl.key.pem", NULL, "Its key as PEM text"),
    STRING(SECURITY, key_password, "ssl.key.password", NULL, NULL, "Of the key"),
    STRING(SECURITY, keystore_location, "ssl.keystore.location", NULL, NULL,
           "Certificate and key in one file, PEM or PKCS#12"),
    STRING(SECURITY, keystore_password, "ssl.keystore.password", NULL, NULL, "Of a PKCS#12 file"),
    STRING(SECURITY, protocols, "ssl.enabled.protocols", NULL, "TLSv1.2,TLSv1.3", "From the lowest to the highest"),
    STRING(SECURITY, ciphers, "ssl.cipher.suites", NULL, NULL,
           "OpenSSL's or Java's names, best first. Default: OpenSSL's own"),
    SWITCH(SECURITY, resume, NULL, NULL, KAFC_ON, "TLS sessions are resumed"),
    SWITCH(SECURITY, saslprep, "sasl.scram.saslprep", NULL, KAFC_OFF,
           "SCRAM prepares name and password by RFC 4013; Kafka's brokers and tools do not"),
    OPAQUE(SECURITY, ssl_ctx, "An SSL_CTX of one's own"),
    STRING(SECURITY, mechanism, "sasl.mechanism", "sasl.mechanisms", NULL,
           "PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER, or one of one's own"),
    STRING(SECURITY, username, "sasl.username", NULL, NULL, "For PLAIN and SCRAM"),
    STRING(SECURITY, password, "sasl.password", NULL, NULL, "For PLAIN and SCRAM"),
    STRING(SECURITY, jaas, "sasl.jaas.config", NULL, NULL, "The same in Java's form, with its login modules"),
    STRING(SECURITY, token, NULL, NULL, NULL, "For OAUTHBEARER, one that lasts"),
    STRING(SECURITY, extensions, "sasl.oauthbearer.extensions", NULL, NULL, "Of OAUTHBEARER: name=value,name=value"),
    STRING(SECURITY, unsecured, "sasl.oauthbearer.config", NULL, NULL,
           "Claims of an unsigned OAUTHBEARER token for tests, such as principal=admin lifeSeconds=60"),
    OPAQUE(SECURITY, credentials, "Is asked for credentials by each connection"),
    OPAQUE(SECURITY, mechanisms, "Mechanisms of one's own"),
    OPAQUE(SECURITY, nmechanisms, "So many"),
    OPAQUE(SECURITY, ctx, "For the functions"),
};
/* clang-format on */

#define SET(object_) \
    const struct kafc_option_set kafc__##object_##_options = { \
        #object_, object_##_rows, sizeof(object_##_rows) / sizeof(object_##_rows[0]), sizeof(kafc_##object_##_options) \
    }
SET(client);
SET(writer);
SET(reader);
SET(conn);
/* Its struct is not called after an object's options. */
const struct kafc_option_set kafc__security_options = {
    "security", security_rows, sizeof(security_rows) / sizeof(security_rows[0]), sizeof(kafc_security)
};

/* Copied with the same care; it has functions alone. */
const struct kafc_option_set kafc__hooks_options = { "hooks", NULL, 0, sizeof(kafc_hooks) };

const struct kafc_option_set *const kafc__option_sets[KAFC_OPTION_SETS] = {
    &kafc__client_options, &kafc__writer_options, &kafc__reader_options, &kafc__conn_options, &kafc__security_options
};
