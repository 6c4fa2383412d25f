/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A member of a consumer group by the Java client, in a thread of the peer; it tells what happens to it in the lines of
 * member.c, and commits behind each poll and when partitions are revoked.
 */
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

final class Member implements ConsumerRebalanceListener, Runnable
{
    private static final Map<String, String> ASSIGNORS = Map.of("range", "RangeAssignor", "roundrobin",
        "RoundRobinAssignor", "sticky", "StickyAssignor", "cooperative-sticky", "CooperativeStickyAssignor");

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Map<TopicPartition, OffsetAndMetadata> done = new HashMap<>();
    private final PrintStream out;
    private final String topics;
    private final Thread thread = new Thread(this);
    private volatile boolean stopped;

    /* topics: names with commas between them, or ^EXPRESSION */
    Member(String file, String topics, Properties properties) throws Exception
    {
        String[] names = properties.getProperty("partition.assignment.strategy", "range").split(",");
        properties.put("partition.assignment.strategy",
            Arrays.stream(names).map(n -> "org.apache.kafka.clients.consumer." + ASSIGNORS.get(n))
                .collect(Collectors.toList()));
        properties.putIfAbsent("auto.offset.reset", "earliest");
        properties.put("enable.auto.commit", "false");
        this.topics = topics;
        out = new PrintStream(new FileOutputStream(file, true), false, StandardCharsets.UTF_8);
        consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        thread.start();
    }

    void leave() throws Exception
    {
        stopped = true;
        consumer.wakeup();
        thread.join();
        out.close();
    }

    private void tell(String words)
    {
        out.print(System.nanoTime() / 1000 + "\t" + words + "\n");
        out.flush();
    }

    private void commit()
    {
        try {
            if (!done.isEmpty()) {
                consumer.commitSync(done);
                done.forEach((p, o) -> tell("committed\t" + name(p) + "\t" + o.offset()));
            }
        } catch (RebalanceInProgressException e) {
            return; // it can be committed later
        } catch (WakeupException e) {
            stopped = true;
            commit();
        } catch (KafkaException e) {
            tell("error\t" + e.getClass().getSimpleName() + "\t" + String.valueOf(e.getMessage()).replace('\n', ' '));
        }
        done.clear();
    }

    private static String name(TopicPartition p)
    {
        return p.topic() + "\t" + p.partition();
    }

    @Override public void run()
    {
        if (topics.startsWith("^")) {
            consumer.subscribe(Pattern.compile(topics + ".*"), this); // Java wants the whole name
        } else {
            consumer.subscribe(List.of(topics.split(",")), this);
        }
        try (consumer) {
            while (!stopped) {
                poll();
            }
        } catch (KafkaException e) {
            tell("error\t" + e.getClass().getSimpleName() + "\t" + String.valueOf(e.getMessage()).replace('\n', ' '));
        }
        tell("end");
    }

    private void poll()
    {
        try {
            ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofMillis(1000));
            for (ConsumerRecord<byte[], byte[]> r : records) {
                TopicPartition p = new TopicPartition(r.topic(), r.partition());
                tell("record\t" + name(p) + "\t" + r.offset() + "\t"
                    + (r.key() == null ? "" : new String(r.key(), StandardCharsets.UTF_8)));
                done.put(p, new OffsetAndMetadata(r.offset() + 1));
            }
        } catch (WakeupException e) {
            stopped = true;
        }
        commit();
    }

    @Override public void onPartitionsRevoked(Collection<TopicPartition> partitions)
    {
        commit();
        partitions.forEach(p -> tell("revoked\t" + name(p)));
    }

    @Override public void onPartitionsLost(Collection<TopicPartition> partitions)
    {
        done.clear();
        partitions.forEach(p -> tell("lost\t" + name(p)));
    }

    @Override public void onPartitionsAssigned(Collection<TopicPartition> partitions)
    {
        partitions.forEach(p -> tell("assigned\t" + name(p)));
        tell("joined\t" + partitions.size());
    }
}
