/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The clients of 0.8 as a peer of the interoperability tests, for brokers that no later one talks to: topics are made
 * in ZooKeeper, records have neither times nor headers. Arguments: the brokers, then ZooKeeper.
 */
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.Future;
import kafka.admin.AdminUtils;
import kafka.api.FetchRequestBuilder;
import kafka.api.OffsetRequest;
import kafka.api.PartitionOffsetRequestInfo;
import kafka.cluster.Broker;
import kafka.common.ErrorMapping;
import kafka.common.TopicAndPartition;
import kafka.javaapi.FetchResponse;
import kafka.javaapi.OffsetResponse;
import kafka.javaapi.PartitionMetadata;
import kafka.javaapi.TopicMetadata;
import kafka.javaapi.TopicMetadataRequest;
import kafka.javaapi.consumer.SimpleConsumer;
import kafka.message.MessageAndOffset;
import kafka.utils.ZKStringSerializer$;
import org.I0Itec.zkclient.ZkClient;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

public final class OldPeer
{
    private static final int PATIENCE = 30_000; // ms
    private static final int FETCH_BYTES = 16 << 20;

    private final String brokers;
    private final ZkClient zookeeper;

    private OldPeer(String brokers, String zookeeper)
    {
        this.brokers = brokers;
        this.zookeeper = new ZkClient(zookeeper, PATIENCE, PATIENCE, ZKStringSerializer$.MODULE$);
    }

    public static void main(String[] args) throws IOException
    {
        Lines.serve(new OldPeer(args[0], args[1])::obey);
    }

    private void obey(String[] words) throws Exception
    {
        switch (words[0]) {
        case "create":
            create(words);
            break;
        case "delete":
            AdminUtils.deleteTopic(zookeeper, words[1]);
            break;
        case "write":
            write(words);
            break;
        case "read":
            read(words);
            break;
        default:
            throw new IllegalArgumentException("0.8 knows no " + words[0]);
        }
    }

    /* create TOPIC PARTITIONS REPLICAS [config=value]... and wait until each partition is led */
    private void create(String[] words) throws Exception
    {
        int partitions = Integer.parseInt(words[2]);
        AdminUtils.createTopic(
            zookeeper, words[1], partitions, Integer.parseInt(words[3]), Lines.properties(words, 4));
        for (int tries = 0; leaders(words[1]).size() != partitions; tries++) {
            if (tries == 300) {
                throw new IllegalStateException("no leaders for " + words[1]);
            }
            Thread.sleep(50);
        }
    }

    private static SimpleConsumer consumer(String host, int port)
    {
        return new SimpleConsumer(host, port, PATIENCE, 1 << 16, "peer");
    }

    /* the partitions that have a leader */
    private List<PartitionMetadata> leaders(String topic)
    {
        String[] first = brokers.split(",")[0].split(":");
        SimpleConsumer consumer = consumer(first[0], Integer.parseInt(first[1]));
        try {
            List<PartitionMetadata> led = new ArrayList<>();
            TopicMetadataRequest request = new TopicMetadataRequest(Collections.singletonList(topic));
            for (TopicMetadata t : consumer.send(request).topicsMetadata()) {
                for (PartitionMetadata p : t.partitionsMetadata()) {
                    if (p.leader() != null) {
                        led.add(p);
                    }
                }
            }
            return led;
        } finally {
            consumer.close();
        }
    }

    /* write FILE [property=value]... */
    private void write(String[] words) throws Exception
    {
        Properties properties = Lines.properties(words, 2);
        properties.put("bootstrap.servers", brokers);
        properties.put("acks", "all");
        properties.putIfAbsent("linger.ms", "20");
        KafkaProducer<byte[], byte[]> producer =
            new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
        try {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (String line : Files.readAllLines(Paths.get(words[1]), StandardCharsets.ISO_8859_1)) {
                sent.add(producer.send(record(line)));
            }
            for (Future<RecordMetadata> one : sent) {
                one.get();
            }
        } finally {
            producer.close();
        }
    }

    /* topic, partition or -, -, key, value; separated by tabs */
    private static ProducerRecord<byte[], byte[]> record(String line)
    {
        String[] f = line.split("\t", -1);
        if (f.length != 5 || !f[2].equals("-")) {
            throw new IllegalArgumentException("0.8 has neither times nor headers: " + line);
        }
        return new ProducerRecord<>(
            f[0], f[1].equals("-") ? null : Integer.valueOf(f[1]), Lines.bytes(f[3]), Lines.bytes(f[4]));
    }

    /* read FILE TOPIC: all there is, as Peer.java */
    private void read(String[] words) throws Exception
    {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(Paths.get(words[1])))) {
            for (PartitionMetadata p : leaders(words[2])) {
                Broker leader = p.leader();
                SimpleConsumer consumer = consumer(leader.host(), leader.port());
                try {
                    read(out, consumer, words[2], p.partitionId());
                } finally {
                    consumer.close();
                }
            }
        }
    }

    private static void read(OutputStream out, SimpleConsumer consumer, String topic, int partition) throws IOException
    {
        long end = offset(consumer, topic, partition, OffsetRequest.LatestTime());
        long next = offset(consumer, topic, partition, OffsetRequest.EarliestTime());
        while (next < end) {
            FetchResponse response = consumer.fetch(
                new FetchRequestBuilder().clientId("peer").addFetch(topic, partition, next, FETCH_BYTES).build());
            check(response.errorCode(topic, partition));
            long before = next;
            for (MessageAndOffset m : response.messageSet(topic, partition)) {
                // A compressed set comes whole, whatever its first offset.
                if (m.offset() >= next) {
                    Lines.text(out, partition + "\t" + m.offset() + "\t-1");
                    Lines.sized(out, bytes(m.message().key()));
                    Lines.sized(out, bytes(m.message().payload()));
                    Lines.text(out, "\t\tNoTimestampType\n");
                    next = m.nextOffset();
                }
            }
            if (next == before) {
                throw new IllegalStateException("no message at " + next);
            }
        }
    }

    private static byte[] bytes(ByteBuffer field)
    {
        if (field == null) {
            return null;
        }
        byte[] bytes = new byte[field.remaining()];
        field.get(bytes);
        return bytes;
    }

    private static long offset(SimpleConsumer consumer, String topic, int partition, long time)
    {
        OffsetResponse response = consumer.getOffsetsBefore(new kafka.javaapi.OffsetRequest(
            Collections.singletonMap(new TopicAndPartition(topic, partition), new PartitionOffsetRequestInfo(time, 1)),
            OffsetRequest.CurrentVersion(), "peer"));
        check(response.errorCode(topic, partition));
        return response.offsets(topic, partition)[0];
    }

    private static void check(short code)
    {
        if (code != ErrorMapping.NoError()) {
            throw new IllegalStateException(String.valueOf(ErrorMapping.exceptionFor(code)));
        }
    }
}
