/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The codec against Apache Kafka's own classes, with random messages of both sides:
 *
 *   Codec KAFC RELEASE SEED N OURS FOLDER
 *
 * OURS is what tests/interop/messages wrote: Java must read each message, write it again to the same bytes, make the
 * same JSON of it and the same message of our JSON. Then N messages of every version and N batches of every kind that
 * Java makes go through `kafc decode`, `kafc decode --reencode` and `kafc encode`, by way of files in FOLDER. What
 * RELEASE has otherwise, rightly, is the table KNOWN. Prints a line for each difference; exit status 1 if there is one.
 */
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.protocol.types.RawTaggedField;

public final class Codec
{
    /* CALLED: message or field goes by another name; ABSENT: a tagged field that it takes for an unknown one; OTHER:
     * another message of the same name. */
    private enum How { CALLED, ABSENT, OTHER }

    private static final Object[][] KNOWN = {
        // Never final in 3.9, and other bytes in 4.
        { "3.9.2", How.OTHER, "ReadShareGroupStateSummaryResponse" },
        { "3.9.2", How.OTHER, "ShareGroupMetadataValue" },
        // Renamed, with the same bytes.
        { "3.9.2", How.CALLED, "ListConfigResourcesRequest", "ListClientMetricsResourcesRequest" },
        { "3.9.2", How.CALLED, "ListConfigResourcesResponse", "ListClientMetricsResourcesResponse" },
        { "3.9.2", How.CALLED, "ListConfigResourcesResponse.configResources", "clientMetricsResources" },
        { "3.9.2", How.CALLED, "ListConfigResourcesResponse.resourceName", "name" },
        { "3.9.2", How.CALLED, "VoteRequest.replicaEpoch", "candidateEpoch" },
        { "3.9.2", How.CALLED, "VoteRequest.replicaId", "candidateId" },
        { "3.9.2", How.CALLED, "VoteRequest.replicaDirectoryId", "candidateDirectoryId" },
        // Tagged fields that came without a new version.
        { "3.9.2", How.ABSENT, "OffsetCommitValue.topicId" },
        { "3.9.2", How.ABSENT, "TransactionLogValue.previousProducerId" },
        { "3.9.2", How.ABSENT, "TransactionLogValue.nextProducerId" },
        { "3.9.2", How.ABSENT, "TransactionLogValue.nextProducerEpoch" },
        { "3.9.2", How.ABSENT, "TransactionLogValue.clientTransactionVersion" },
        { "3.9.2", How.ABSENT, "ConsumerGroupMetadataValue.metadataHash" },
        { "3.9.2", How.ABSENT, "ConsumerGroupTargetAssignmentMetadataValue.assignmentTimestamp" },
        { "3.9.2", How.ABSENT, "ConsumerGroupCurrentMemberAssignmentValue.assignmentEpochs" },
    };
    private static final String[] PACKAGES = { "common.message", "coordinator.group.generated",
        "coordinator.transaction.generated", "coordinator.share.generated", "raft.generated" };
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final ObjectMapper ASCII = new ObjectMapper(
        JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build()); // of surrogates, too
    private static final JsonNodeFactory MAKE = JsonNodeFactory.instance;
    private static final int TOLD = 20; // differences that are printed; the others are counted

    /* A message of the release. */
    private static final class Kind
    {
        final String ours, theirs;
        final Class<?> type;
        final Method read, write;
        final short low, high;
        final Map<String, String> toTheirs = new LinkedHashMap<>(), toOurs = new LinkedHashMap<>(); // null: absent

        Kind(String ours, String theirs, Class<?> type) throws ReflectiveOperationException
        {
            this.ours = ours;
            this.theirs = theirs;
            this.type = type;
            Class<?> converter = Class.forName(type.getName() + "JsonConverter");
            read = converter.getMethod("read", JsonNode.class, short.class);
            write = converter.getMethod("write", type, short.class, boolean.class);
            low = type.getField("LOWEST_SUPPORTED_VERSION").getShort(null);
            high = type.getField("HIGHEST_SUPPORTED_VERSION").getShort(null);
        }

        Message make() throws ReflectiveOperationException
        {
            return (Message)type.getConstructor().newInstance();
        }

        Message fromJson(JsonNode json, short version) throws ReflectiveOperationException
        {
            return (Message)read.invoke(null, json, version);
        }

        /* Bytes of records are not shown: their number stands in "recordsSizeInBytes". */
        JsonNode toJson(Message message, short version) throws ReflectiveOperationException
        {
            return (JsonNode)write.invoke(null, message, version, false);
        }
    }

    /* What Java made, until kafc has answered. */
    private static final class Sample
    {
        final Kind kind; // null: records
        final short version;
        final boolean unknown;
        final String hex;
        final JsonNode input, json; // json: what Java makes of it

        Sample(Kind kind, short version, boolean unknown, String hex, JsonNode input, JsonNode json)
        {
            this.kind = kind;
            this.version = version;
            this.unknown = unknown;
            this.hex = hex;
            this.input = input;
            this.json = json;
        }

        String line(String rest)
        {
            return (kind == null ? "Records\t-" : kind.ours + '\t' + version) + '\t' + rest;
        }

        @Override
        public String toString()
        {
            return kind == null ? "Records" : kind.ours + ' ' + version;
        }
    }

    private final String kafc, release;
    private final Path folder;
    private final Random random;
    private final Map<String, Kind> kinds = new LinkedHashMap<>();
    private int read, without, faults;

    private Codec(String kafc, String release, long seed, Path folder)
    {
        this.kafc = kafc;
        this.release = release;
        this.random = new Random(seed);
        this.folder = folder;
    }

    public static void main(String[] args) throws Exception
    {
        Codec codec = new Codec(args[0], args[1], Long.parseLong(args[2]), Paths.get(args[5]));
        int n = Integer.parseInt(args[3]);
        codec.readOurs(Paths.get(args[4]));
        List<Sample> samples = codec.samples(n);
        codec.decode(samples);
        codec.reencode(samples);
        codec.encode(samples);
        if (codec.faults > TOLD)
            System.out.println("… and " + (codec.faults - TOLD) + " more");
        System.out.printf("%d of ours, %d of Java's, %d not in this release%n", codec.read, samples.size(),
            codec.without);
        System.exit(codec.faults > 0 || codec.read == 0 || samples.isEmpty() ? 1 : 0);
    }

    private void fault(String what, String hex, String why)
    {
        if (++faults <= TOLD)
            System.out.println(release + ' ' + what + ": " + cut(why) + "\n    " + cut(hex));
    }

    private static String cut(String text)
    {
        return text.length() > 400 ? text.substring(0, 400) + '…' : text;
    }

    // ---- what the release has ----

    private Kind kindOf(String ours) throws Exception
    {
        if (!kinds.containsKey(ours))
            kinds.put(ours, findKind(ours));
        return kinds.get(ours);
    }

    private Kind findKind(String ours) throws Exception
    {
        String theirs = ours;
        for (Object[] known : KNOWN)
            if (known[0].equals(release) && known[2].equals(ours)) {
                if (known[1] == How.OTHER)
                    return null;
                theirs = (String)known[3];
            }
        Class<?> type = classOf(theirs);
        if (type == null && RandomMessage.defined(theirs))
            throw new IllegalStateException(theirs + " is defined, but its class was not found");
        if (type == null)
            return null;
        Kind kind = new Kind(ours, theirs, type);
        for (Object[] known : KNOWN)
            if (known[0].equals(release) && ((String)known[2]).startsWith(ours + '.')) {
                String field = ((String)known[2]).substring(ours.length() + 1);
                kind.toTheirs.put(field, known[1] == How.CALLED ? (String)known[3] : null);
                if (known[1] == How.CALLED)
                    kind.toOurs.put((String)known[3], field);
            }
        return kind;
    }

    private static Class<?> classOf(String name)
    {
        for (String at : PACKAGES)
            for (String end : new String[] { "Data", "" })
                try {
                    Class<?> type = Class.forName("org.apache.kafka." + at + '.' + name + end);
                    if (Message.class.isAssignableFrom(type))
                        return type;
                } catch (ClassNotFoundException e) {
                    continue;
                }
        return null;
    }

    // ---- bytes ----

    private static byte[] encode(Message message, short version)
    {
        ObjectSerializationCache cache = new ObjectSerializationCache();
        ByteBuffer buffer = ByteBuffer.allocate(message.size(cache, version));
        message.write(new ByteBufferAccessor(buffer), cache, version);
        return Arrays.copyOf(buffer.array(), buffer.position());
    }

    private static String hex(byte[] bytes)
    {
        StringBuilder text = new StringBuilder(2 * bytes.length);
        for (byte b : bytes)
            text.append(Character.forDigit(b >> 4 & 15, 16)).append(Character.forDigit(b & 15, 16));
        return text.toString();
    }

    private static byte[] unhex(String text)
    {
        byte[] bytes = new byte[text.length() / 2];
        for (int i = 0; i < bytes.length; i++)
            bytes[i] = (byte)Integer.parseInt(text.substring(2 * i, 2 * i + 2), 16);
        return bytes;
    }

    /* The message and every struct in it. */
    private static void eachStruct(Message message, Consumer<Message> what) throws IllegalAccessException
    {
        what.accept(message);
        for (Field field : message.getClass().getDeclaredFields()) {
            if (Modifier.isStatic(field.getModifiers()))
                continue;
            field.setAccessible(true);
            Object value = field.get(message);
            if (value instanceof Message)
                eachStruct((Message)value, what);
            if (value instanceof Collection)
                for (Object element : (Collection<?>)value)
                    if (element instanceof Message)
                        eachStruct((Message)element, what);
        }
    }

    // ---- JSON ----

    private static boolean isDefault(Message message)
    {
        try {
            return message.equals(message.getClass().getConstructor().newInstance());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /* The same with fields renamed, or left out where the new name is null. */
    private static JsonNode renamed(JsonNode node, Map<String, String> names)
    {
        if (names.isEmpty())
            return node;
        if (node.isArray()) {
            ArrayNode array = MAKE.arrayNode();
            for (JsonNode element : node)
                array.add(renamed(element, names));
            return array;
        }
        if (!node.isObject())
            return node;
        ObjectNode object = MAKE.objectNode();
        for (Iterator<String> i = node.fieldNames(); i.hasNext();) {
            String name = i.next(), other = names.getOrDefault(name, name);
            if (other != null)
                object.set(other, renamed(node.get(name), names));
        }
        return object;
    }

    /* Where the two are not the same, or null. */
    private static String difference(JsonNode ours, JsonNode theirs, String path) throws IOException
    {
        boolean same;
        if (ours == null || theirs == null)
            return path + (ours == null ? " is missing" : " should not be there");
        if (theirs.isObject())
            return ours.isObject() ? difference((ObjectNode)ours, (ObjectNode)theirs, path) : path + " is no object";
        if (theirs.isArray()) {
            for (int i = 0; ours.isArray() && i < Math.max(ours.size(), theirs.size()); i++) {
                String inside = difference(ours.get(i), theirs.get(i), path + '[' + i + ']');
                if (inside != null)
                    return inside;
            }
            return ours.isArray() ? null : path + " is no array";
        }
        if (theirs.isIntegralNumber())
            same = ours.isIntegralNumber() && ours.canConvertToLong() && ours.longValue() == theirs.longValue();
        else if (theirs.isNumber())
            same = ours.isNumber() && Double.compare(ours.doubleValue(), theirs.doubleValue()) == 0;
        else if (theirs.isTextual() || theirs.isBinary())
            same = ours.isTextual() && ours.asText().equals(theirs.asText());
        else
            same = ours.equals(theirs);
        return same ? null : path + " is " + ours + " with us, " + theirs + " with Java";
    }

    private static String difference(ObjectNode ours, ObjectNode theirs, String path) throws IOException
    {
        int extra = ours.size() - theirs.size();
        for (Iterator<String> i = theirs.fieldNames(); i.hasNext();) {
            String name = i.next(), there = path + '.' + name, inside;
            String records = name.endsWith("SizeInBytes") ? name.substring(0, name.length() - 11) : name;
            if (!ours.has(name) && ours.has(records))
                inside = ours.get(records).binaryValue().length == theirs.get(name).intValue() ? null : there;
            else
                inside = difference(ours.get(name), theirs.get(name), there);
            if (inside != null)
                return inside;
        }
        return extra == 0 ? null : path + " has " + extra + " fields that Java has not: " + ours;
    }

    // ---- ours, read by Java ----

    private void readOurs(Path file) throws Exception
    {
        try (BufferedReader in = Files.newBufferedReader(file)) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String[] column = line.split("\t", -1);
                String what = column[0] + ' ' + column[1], why;
                try {
                    why = column[0].equals("Records") ? readRecords(column[2], unhex(column[3]))
                                                      : readMessage(column, unhex(column[3]));
                } catch (InvocationTargetException e) {
                    why = "Java fails: " + e.getCause();
                } catch (RuntimeException e) {
                    why = "Java fails: " + e;
                }
                if (why != null)
                    fault(what, column[3], why);
            }
        }
    }

    private String readRecords(String json, byte[] bytes) throws IOException
    {
        read++;
        return difference(MAPPER.readTree(json).get("records"), Batches.read(bytes).get("records"), "records");
    }

    private String readMessage(String[] column, byte[] bytes) throws Exception
    {
        Kind kind = kindOf(column[0]);
        short version = Short.parseShort(column[1]);
        if (kind == null || version < kind.low || version > kind.high) {
            without++;
            return null;
        }
        read++;
        Message message = kind.make();
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        message.read(new ByteBufferAccessor(buffer), version);
        if (buffer.hasRemaining())
            return "Java leaves " + buffer.remaining() + " bytes";
        if (!Arrays.equals(encode(message, version), bytes))
            return "Java writes " + hex(encode(message, version));
        JsonNode json = renamed(MAPPER.readTree(column[2]), kind.toTheirs);
        String why = difference(json, kind.toJson(message, version), "");
        if (why != null)
            return why;
        // JSON has no unknown tagged fields.
        eachStruct(message, struct -> struct.unknownTaggedFields().clear());
        Message again = kind.fromJson(json, version);
        return again.equals(message) && Arrays.equals(encode(again, version), encode(message, version))
            ? null : "Java reads our JSON as " + again;
    }

    // ---- Java's, read by us ----

    private List<Sample> samples(int n) throws Exception
    {
        List<Sample> samples = new ArrayList<>();
        for (Kind kind : kinds.values()) {
            if (kind == null)
                continue;
            RandomMessage maker = new RandomMessage(kind.theirs, random);
            for (short version = kind.low; version <= kind.high; version++)
                for (int i = 0; i < n; i++)
                    samples.add(sample(kind, maker, version));
        }
        Batches batches = new Batches(random);
        for (int kind = 0; kind < Batches.KINDS; kind++)
            for (int i = 0; i < n; i++) {
                byte[] bytes = batches.make(kind);
                samples.add(new Sample(null, (short)-1, false, hex(bytes), null, Batches.read(bytes)));
            }
        return samples;
    }

    private Sample sample(Kind kind, RandomMessage maker, short version) throws Exception
    {
        JsonNode input = maker.make(version);
        Message message = kind.fromJson(input, version);
        JsonNode json = kind.toJson(message, version);
        boolean unknown = maker.flexible(version) && random.nextInt(4) == 0;
        if (unknown)
            eachStruct(message, struct -> addUnknown(struct, struct == message, maker));
        return new Sample(kind, version, unknown, hex(encode(message, version)), input, json);
    }

    /* Not to a struct at its default, which may be one that the version does not carry. */
    private void addUnknown(Message message, boolean outermost, RandomMessage maker)
    {
        int tag = 100;
        if (!outermost && isDefault(message))
            return;
        for (int n = random.nextInt(3); n > 0; n--) {
            message.unknownTaggedFields().add(new RawTaggedField(tag, maker.bytes()));
            tag += 1 + random.nextInt(random.nextBoolean() ? 10 : 1 << 24);
        }
    }

    /* An answer for each line. */
    private List<String> run(List<String> lines, String... arguments) throws IOException, InterruptedException
    {
        Path in = folder.resolve("in"), out = folder.resolve("out");
        try (BufferedWriter writer = Files.newBufferedWriter(in)) {
            for (String line : lines)
                writer.append(line).append('\n');
        }
        List<String> command = new ArrayList<>(Arrays.asList(arguments));
        command.add(0, kafc);
        new ProcessBuilder(command).redirectInput(in.toFile()).redirectOutput(out.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT).start().waitFor();
        List<String> answers = Files.readAllLines(out);
        if (answers.size() != lines.size())
            throw new IOException(String.join(" ", command) + ": " + answers.size() + " answers to " + lines.size());
        return answers;
    }

    private void decode(List<Sample> samples) throws Exception
    {
        List<String> lines = new ArrayList<>();
        for (Sample sample : samples)
            lines.add(sample.line(sample.hex));
        List<String> answers = run(lines, "decode");
        for (int i = 0; i < lines.size(); i++) {
            Sample sample = samples.get(i);
            String answer = answers.get(i), why = answer;
            if (!answer.startsWith("error: "))
                why = sample.kind == null
                    ? sameBatches(MAPPER.readTree(answer), sample.json)
                    : difference(renamed(MAPPER.readTree(answer), sample.kind.toTheirs), sample.json, "");
            if (why != null)
                fault("kafc decode, " + sample, sample.hex, why);
        }
    }

    private static String sameBatches(JsonNode ours, JsonNode theirs) throws IOException
    {
        ArrayNode records = MAKE.arrayNode(), batches = MAKE.arrayNode();
        for (JsonNode batch : ours.get("batches")) {
            for (JsonNode record : batch.get("records"))
                records.add(((ObjectNode)record).without("controlType"));
            ObjectNode header = MAKE.objectNode();
            for (Iterator<String> i = theirs.path("batches").path(0).fieldNames(); i.hasNext();) {
                String name = i.next();
                header.set(name, batch.get(name));
            }
            if (batch.get("magic").intValue() == 2)
                batches.add(header);
        }
        String why = difference(records, theirs.get("records"), "records");
        return why != null ? why : difference(batches, theirs.get("batches"), "batches");
    }

    private void reencode(List<Sample> samples) throws Exception
    {
        List<Sample> messages = new ArrayList<>();
        List<String> lines = new ArrayList<>();
        for (Sample sample : samples)
            if (sample.kind != null) {
                messages.add(sample);
                lines.add(sample.line(sample.hex));
            }
        sameBytes(messages, run(lines, "decode", "--reencode"), "kafc decode --reencode");
    }

    private void encode(List<Sample> samples) throws Exception
    {
        List<Sample> messages = new ArrayList<>();
        List<String> lines = new ArrayList<>();
        for (Sample sample : samples)
            if (sample.kind != null && !sample.unknown) {
                messages.add(sample);
                ObjectMapper mapper = lines.size() % 2 == 0 ? MAPPER : ASCII;
                lines.add(sample.line(mapper.writeValueAsString(renamed(sample.input, sample.kind.toOurs))));
            }
        sameBytes(messages, run(lines, "encode"), "kafc encode");
    }

    private void sameBytes(List<Sample> samples, List<String> answers, String what)
    {
        for (int i = 0; i < samples.size(); i++)
            if (!answers.get(i).equals(samples.get(i).hex))
                fault(what + ", " + samples.get(i), samples.get(i).hex, answers.get(i));
    }
}
