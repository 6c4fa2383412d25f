/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Random groups through the assignors of the Java client, for tests/interop/assign.c to do the same:
 *
 *   Assign SEED GROUPS
 *
 * Each group lives for some rounds, in which members come, go, miss a round or claim what is another's, topics grow
 * and subscriptions change. Prints for each round, tab-separated and in hex what is bytes:
 *
 *   A assignor
 *   T name partitions racks     of the replicas, with commas; partitions with semicolons; - is unknown
 *   M id instance subscription assignment
 *   E                           or F and why: Java failed
 */
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Assignment;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.GroupSubscription;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.consumer.RoundRobinAssignor;
import org.apache.kafka.clients.consumer.StickyAssignor;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;

public final class Assign
{
    private static final String[] LETTERS = { "a", "b", "Z", "0", "-", "é", "語", "\uffee", "😀", "𐀀" };

    @SuppressWarnings("removal") // 3.9.2 and 4.3.1 have this constructor alone in common
    private static ConsumerGroupMetadata metadata(int generation, String id, String instance)
    {
        return new ConsumerGroupMetadata("g", generation, id, Optional.ofNullable(instance));
    }

    private static final class Member
    {
        final String id, instance, rack;
        final ConsumerPartitionAssignor assignor; // its own memory
        List<String> topics;
        List<TopicPartition> owned = new ArrayList<>();
        int generation = -1;
        boolean away;

        Member(String id, String instance, String rack, ConsumerPartitionAssignor assignor)
        {
            this.id = id;
            this.instance = instance;
            this.rack = rack;
            this.assignor = assignor;
        }

        void assigned(Assignment assignment, int generation)
        {
            owned = new ArrayList<>(assignment.partitions());
            this.generation = generation;
            assignor.onAssignment(assignment, metadata(generation, id, instance));
        }
    }

    private final Random random;
    private final Map<String, Integer> topics = new LinkedHashMap<>();
    private final Map<String, List<List<String>>> racks = new HashMap<>();
    private final List<Member> members = new ArrayList<>();
    private String kind;
    private int nracks, generation, born;
    private boolean alike;
    private List<String> all;

    private Assign(long seed)
    {
        random = new Random(seed);
    }

    private boolean one(int in)
    {
        return random.nextInt(in) == 0;
    }

    private ConsumerPartitionAssignor make()
    {
        switch (kind) {
        case "range": return new RangeAssignor();
        case "roundrobin": return new RoundRobinAssignor();
        case "sticky": return new StickyAssignor();
        default: return new CooperativeStickyAssignor();
        }
    }

    private String word()
    {
        StringBuilder b = new StringBuilder();
        for (int i = random.nextInt(4) + 1; i > 0; i--)
            b.append(LETTERS[random.nextInt(one(2) ? LETTERS.length : 4)]);
        return b.toString();
    }

    private List<String> subscription()
    {
        List<String> list = new ArrayList<>();
        for (String topic : topics.keySet())
            if (alike ? all.contains(topic) : one(2))
                list.add(topic);
        if (!alike && one(10))
            list.add("gone");
        if (list.isEmpty())
            list.add(topics.keySet().iterator().next());
        Collections.shuffle(list, random);
        return list;
    }

    private void join()
    {
        Member m = new Member(word() + born, one(4) ? word() + born : null,
            nracks > 0 && !one(6) ? "r" + random.nextInt(nracks + (one(10) ? 1 : 0)) : null, make());
        born++;
        m.topics = subscription();
        members.add(random.nextInt(members.size() + 1), m);
    }

    private void grow(String topic, int by)
    {
        List<List<String>> of = racks.computeIfAbsent(topic, t -> new ArrayList<>());
        boolean everywhere = one(8), unknown = one(12);
        topics.merge(topic, by, Integer::sum);
        for (int i = 0; i < by; i++) {
            List<String> names = new ArrayList<>();
            for (int j = 0; nracks > 0 && !unknown && j < (everywhere ? nracks : 1 + random.nextInt(2)); j++)
                names.add("r" + (everywhere ? j : random.nextInt(nracks)));
            of.add(names);
        }
    }

    private void begin()
    {
        kind = new String[] { "range", "roundrobin", "sticky", "cooperative-sticky", "sticky", "cooperative-sticky" }
            [random.nextInt(6)];
        nracks = one(2) ? 0 : 1 + random.nextInt(4);
        int size = one(10) ? 200 : 12;
        boolean same = one(3);
        int count = 1 + random.nextInt(size);
        for (int i = 1 + random.nextInt(one(5) ? 20 : 6); i > 0; i--)
            grow(word() + i, same ? count : 1 + random.nextInt(size));
        alike = one(2);
        all = new ArrayList<>(topics.keySet());
        if (one(3))
            all.remove(0);
        if (all.isEmpty())
            all = new ArrayList<>(topics.keySet());
        for (int i = 1 + random.nextInt(one(6) ? 60 : 9); i > 0; i--)
            join();
    }

    private void change()
    {
        for (int i = random.nextInt(3); i > 0 && members.size() > 1; i--)
            members.remove(random.nextInt(members.size()));
        members.forEach(m -> m.away = m != members.get(0) && one(8));
        for (int i = random.nextInt(3); i > 0; i--)
            join();
        if (one(4))
            grow(new ArrayList<>(topics.keySet()).get(random.nextInt(topics.size())), 1 + random.nextInt(5));
        if (one(4))
            for (Member m : members)
                if (one(3))
                    m.topics = subscription();
        if (one(8)) { // a member of the same or another generation claims what is another's
            Member a = members.get(random.nextInt(members.size())), b = members.get(random.nextInt(members.size()));
            if (a.generation < 0)
                return;
            Set<TopicPartition> both = new LinkedHashSet<>(a.owned);
            both.addAll(b.owned.subList(0, b.owned.size() / 2));
            a.assigned(new Assignment(new ArrayList<>(both)), a.generation);
        }
    }

    private Cluster cluster()
    {
        List<Node> nodes = new ArrayList<>();
        List<PartitionInfo> infos = new ArrayList<>();
        for (Map.Entry<String, Integer> e : topics.entrySet())
            for (int p = 0; p < e.getValue(); p++) {
                List<String> names = racks.get(e.getKey()).get(p);
                Node[] replicas = new Node[Math.max(1, names.size())];
                for (int i = 0; i < replicas.length; i++)
                    replicas[i] = new Node(nodes.size() + i, "h", 1, names.isEmpty() ? null : names.get(i));
                Collections.addAll(nodes, replicas);
                infos.add(new PartitionInfo(e.getKey(), p, replicas[0], replicas, replicas));
            }
        return new Cluster("c", nodes, infos, Collections.emptySet(), Collections.emptySet());
    }

    private static String hex(ByteBuffer bytes)
    {
        StringBuilder b = new StringBuilder();
        for (ByteBuffer d = bytes.duplicate(); d.hasRemaining();)
            b.append(String.format("%02x", d.get()));
        return b.toString();
    }

    private static String hex(String s)
    {
        return s == null ? "-" : hex(ByteBuffer.wrap(s.getBytes(StandardCharsets.UTF_8)));
    }

    private ByteBuffer metadata(Member m)
    {
        return ConsumerProtocol.serializeSubscription(new Subscription(m.topics, m.assignor.subscriptionUserData(
            new HashSet<>(m.topics)), kind.startsWith("coop") ? m.owned : Collections.emptyList(), m.generation,
            Optional.ofNullable(m.rack)));
    }

    private void round()
    {
        Map<String, Subscription> subscriptions = new LinkedHashMap<>();
        Map<String, ByteBuffer> sent = new HashMap<>();
        System.out.println("A\t" + kind);
        for (String t : topics.keySet()) {
            StringBuilder b = new StringBuilder();
            for (List<String> names : racks.get(t))
                b.append(b.length() > 0 ? ";" : "").append(names.isEmpty() ? "-" : String.join(",", names));
            System.out.println("T\t" + hex(t) + '\t' + topics.get(t) + '\t' + b);
        }
        for (Member m : members) {
            if (m.away)
                continue;
            sent.put(m.id, metadata(m));
            Subscription s = ConsumerProtocol.deserializeSubscription(sent.get(m.id).duplicate());
            s.setGroupInstanceId(Optional.ofNullable(m.instance));
            subscriptions.put(m.id, s);
        }
        Map<String, Assignment> got;
        try {
            got = make().assign(cluster(), new GroupSubscription(subscriptions)).groupAssignment();
        } catch (RuntimeException e) {
            System.out.println("F\t" + e);
            return;
        }
        generation++;
        for (Member m : members) {
            if (m.away)
                continue;
            System.out.println("M\t" + hex(m.id) + '\t' + hex(m.instance) + '\t' + hex(sent.get(m.id)) + '\t' +
                hex(ConsumerProtocol.serializeAssignment(got.get(m.id))));
            m.assigned(got.get(m.id), generation);
        }
        System.out.println("E");
    }

    public static void main(String[] args)
    {
        long seed = Long.parseLong(args[0]);
        for (int i = 0; i < Integer.parseInt(args[1]); i++) {
            Assign group = new Assign(seed * 1000003 + i);
            group.begin();
            for (int j = 1 + group.random.nextInt(6); j > 0; j--) {
                group.round();
                group.change();
            }
        }
    }
}
