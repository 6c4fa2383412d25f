/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The Java client as a peer of the interoperability tests: the newest that talks to the broker, see versions.sh.
 * Arguments: the brokers, then name=value for every producer.
 */
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

public final class Peer
{
    private final String brokers;
    private final Map<String, KafkaProducer<byte[], byte[]>> transactions = new HashMap<>();
    private final Map<String, Member> members = new HashMap<>();

    private final Properties producing;

    private Peer(String[] args)
    {
        brokers = args[0];
        producing = Lines.properties(args, 1);
    }

    public static void main(String[] args) throws IOException
    {
        Lines.serve(new Peer(args)::obey);
    }

    private void obey(String[] words) throws Exception
    {
        switch (words[0]) {
        case "hello":
            break;
        case "create":
            create(words);
            break;
        case "delete":
            delete(words[1]);
            break;
        case "write":
            write(words);
            break;
        case "begin":
            begin(words);
            break;
        case "commit":
            transactions.get(words[1]).commitTransaction();
            break;
        case "abort":
            transactions.get(words[1]).abortTransaction();
            break;
        case "settle":
            settle(words[1]);
            break;
        case "read":
            read(words);
            break;
        case "times":
            times(words);
            break;
        case "grow":
            grow(words);
            break;
        case "join":
            join(words);
            break;
        case "leave":
            members.remove(words[1]).leave();
            break;
        case "keep":
            keep(words);
            break;
        case "kept":
            kept(words);
            break;
        case "coordinator":
            coordinator(words);
            break;
        default:
            throw new IllegalArgumentException("unknown command " + words[0]);
        }
    }

    private Properties properties(String[] words, int from)
    {
        Properties properties = Lines.properties(words, from);
        properties.put("bootstrap.servers", brokers);
        return properties;
    }

    /* create TOPIC PARTITIONS REPLICAS [config=value]... and wait until each partition is led */
    private void create(String[] words) throws Exception
    {
        Map<String, String> configs = new HashMap<>();
        for (int i = 4; i < words.length; i++) {
            configs.put(words[i].split("=")[0], words[i].split("=")[1]);
        }
        NewTopic topic =
            new NewTopic(words[1], Integer.parseInt(words[2]), Short.parseShort(words[3]));
        try (Admin admin = Admin.create(properties(words, words.length))) {
            admin.createTopics(List.of(topic.configs(configs))).all().get();
            for (int tries = 0; !led(admin, words[1], topic.numPartitions()); tries++) {
                if (tries == 300) {
                    throw new IllegalStateException("no leaders for " + words[1]);
                }
                Thread.sleep(50);
            }
        }
    }

    private static boolean led(Admin admin, String topic, int partitions) throws Exception
    {
        try {
            TopicDescription d =
                admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic);
            return d.partitions().size() == partitions
                && d.partitions().stream().allMatch(p -> p.leader() != null);
        } catch (ExecutionException e) {
            return false;
        }
    }

    private void delete(String topic) throws Exception
    {
        try (Admin admin = Admin.create(properties(new String[0], 0))) {
            admin.deleteTopics(List.of(topic)).all().get();
        }
    }

    /* write FILE [property=value]... */
    private void write(String[] words) throws Exception
    {
        try (KafkaProducer<byte[], byte[]> producer = producer(properties(words, 2))) {
            send(producer, Paths.get(words[1]));
        }
    }

    /* begin ID FILE [property=value]...: writes the records in a transaction left open */
    private void begin(String[] words) throws Exception
    {
        KafkaProducer<byte[], byte[]> producer = transactions.get(words[1]);
        if (producer == null) {
            Properties properties = properties(words, 3);
            properties.put("transactional.id", words[1]);
            producer = producer(properties);
            producer.initTransactions();
            transactions.put(words[1], producer);
        }
        producer.beginTransaction();
        send(producer, Paths.get(words[2]));
    }

    private KafkaProducer<byte[], byte[]> producer(Properties properties)
    {
        producing.forEach(properties::putIfAbsent);
        properties.putIfAbsent("linger.ms", "20");
        // A broker takes any first number of a producer it has not met, so that of several first batches, of which
        // one found the new partition not led yet, the wrong one may be first, and the rest fail for ever.
        properties.putIfAbsent("max.in.flight.requests.per.connection", "1");
        return new KafkaProducer<>(
            properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static void send(KafkaProducer<byte[], byte[]> producer, Path file) throws Exception
    {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
            sent.add(producer.send(record(line)));
        }
        producer.flush();
        for (Future<RecordMetadata> one : sent) {
            one.get();
        }
    }

    /* topic, partition or -, timestamp or -, key, value [, name=value]...; separated by tabs */
    private static ProducerRecord<byte[], byte[]> record(String line)
    {
        String[] f = line.split("\t", -1);
        RecordHeaders headers = new RecordHeaders();
        for (int i = 5; i < f.length; i++) {
            int equals = f[i].indexOf('=');
            String name = new String(Lines.bytes(f[i].substring(0, equals)), StandardCharsets.UTF_8);
            headers.add(name, Lines.bytes(f[i].substring(equals + 1)));
        }
        return new ProducerRecord<>(f[0], f[1].equals("-") ? null : Integer.valueOf(f[1]),
            f[2].equals("-") ? null : Long.valueOf(f[2]), Lines.bytes(f[3]), Lines.bytes(f[4]), headers);
    }

    private KafkaConsumer<byte[], byte[]> consumer(Properties properties)
    {
        properties.put("auto.offset.reset", "earliest");
        properties.put("enable.auto.commit", "false");
        properties.put("fetch.max.wait.ms", "20");
        return new KafkaConsumer<>(
            properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private static List<TopicPartition> partitions(KafkaConsumer<?, ?> consumer, String topic)
    {
        List<TopicPartition> all = new ArrayList<>();
        for (PartitionInfo p : consumer.partitionsFor(topic)) {
            all.add(new TopicPartition(topic, p.partition()));
        }
        return all;
    }

    /* read FILE TOPIC [property=value]...: all there is, as kcat's
     * %p\t%o\t%T\t%K\t%k\t%S\t%s\t%h\n with the kind of the timestamp behind it */
    private void read(String[] words) throws Exception
    {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(properties(words, 3));
             OutputStream out =
                 new BufferedOutputStream(Files.newOutputStream(Paths.get(words[1])))) {
            List<TopicPartition> all = partitions(consumer, words[2]);
            Map<TopicPartition, Long> ends = consumer.endOffsets(all);
            consumer.assign(all);
            consumer.seekToBeginning(all);
            long deadline = System.nanoTime() + 60_000_000_000L;
            while (!all.stream().allMatch(p -> consumer.position(p) >= ends.get(p))) {
                for (ConsumerRecord<byte[], byte[]> r : consumer.poll(Duration.ofMillis(100))) {
                    print(out, r);
                }
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException("the end was not reached");
                }
            }
        }
    }

    private static void print(OutputStream out, ConsumerRecord<byte[], byte[]> r)
        throws IOException
    {
        Lines.text(out, r.partition() + "\t" + r.offset() + "\t" + r.timestamp());
        Lines.sized(out, r.key());
        Lines.sized(out, r.value());
        Lines.text(out, "\t");
        String comma = "";
        for (Header h : r.headers()) {
            Lines.text(out, comma + h.key() + "=");
            out.write(h.value() == null ? "NULL".getBytes(StandardCharsets.UTF_8) : h.value());
            comma = ",";
        }
        Lines.text(out, "\t" + r.timestampType() + "\n");
    }

    /* settle TOPIC: until no transaction is left open */
    private void settle(String topic) throws Exception
    {
        Properties committed = properties(new String[0], 0);
        committed.put("isolation.level", "read_committed");
        try (KafkaConsumer<byte[], byte[]> stable = consumer(committed);
             KafkaConsumer<byte[], byte[]> all = consumer(properties(new String[0], 0))) {
            List<TopicPartition> partitions = partitions(all, topic);
            for (int tries = 0;
                 !stable.endOffsets(partitions).equals(all.endOffsets(partitions)); tries++) {
                if (tries == 300) {
                    throw new IllegalStateException("a transaction stays open");
                }
                Thread.sleep(20);
            }
        }
    }

    /* times FILE TOPIC MS: a line "partition offset" each, -1 where there is none so late */
    private void times(String[] words) throws Exception
    {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(properties(words, 4))) {
            Map<TopicPartition, Long> asked = new HashMap<>();
            for (TopicPartition p : partitions(consumer, words[2])) {
                asked.put(p, Long.valueOf(words[3]));
            }
            List<String> lines = new ArrayList<>();
            for (Map.Entry<TopicPartition, OffsetAndTimestamp> e :
                consumer.offsetsForTimes(asked).entrySet()) {
                long offset = e.getValue() == null ? -1 : e.getValue().offset();
                lines.add(e.getKey().partition() + " " + offset);
            }
            lines.sort(null);
            Files.write(Paths.get(words[1]), lines);
        }
    }

    /* grow TOPIC PARTITIONS */
    private void grow(String[] words) throws Exception
    {
        int partitions = Integer.parseInt(words[2]);
        try (Admin admin = Admin.create(properties(words, words.length))) {
            admin.createPartitions(Map.of(words[1], NewPartitions.increaseTo(partitions))).all().get();
        }
    }

    /* join ID FILE GROUP TOPICS [property=value]... */
    private void join(String[] words) throws Exception
    {
        Properties properties = properties(words, 5);
        properties.put("group.id", words[3]);
        members.put(words[1], new Member(words[2], words[4], properties));
    }

    /* keep GROUP TOPIC PARTITION OFFSET METADATA: commits, without being a member */
    private void keep(String[] words)
    {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(grouped(words[1]))) {
            consumer.commitSync(Map.of(new TopicPartition(words[2], Integer.parseInt(words[3])),
                new OffsetAndMetadata(Long.parseLong(words[4]), words[5])));
        }
    }

    /* kept FILE GROUP TOPIC: a line "partition offset metadata" for each partition that has something committed */
    private void kept(String[] words) throws Exception
    {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(grouped(words[2]))) {
            List<String> lines = new ArrayList<>();
            for (Map.Entry<TopicPartition, OffsetAndMetadata> e :
                consumer.committed(new HashSet<>(partitions(consumer, words[3]))).entrySet()) {
                if (e.getValue() != null) {
                    lines.add(e.getKey().partition() + " " + e.getValue().offset() + " " + e.getValue().metadata());
                }
            }
            lines.sort(null);
            Files.write(Paths.get(words[1]), lines);
        }
    }

    /* coordinator FILE GROUP: the number of the broker */
    private void coordinator(String[] words) throws Exception
    {
        Properties hasty = properties(words, words.length);
        hasty.put("request.timeout.ms", "3000");
        hasty.put("default.api.timeout.ms", "5000");
        try (Admin admin = Admin.create(hasty)) {
            Files.write(Paths.get(words[1]), List.of(String.valueOf(
                admin.describeConsumerGroups(List.of(words[2])).all().get().get(words[2]).coordinator().id())));
        }
    }

    private Properties grouped(String group)
    {
        Properties properties = properties(new String[0], 0);
        properties.put("group.id", group);
        return properties;
    }
}
