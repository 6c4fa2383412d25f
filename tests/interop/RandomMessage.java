/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Random messages in JSON by Apache Kafka's own definitions, which its jars carry: edges more often than chance would
 * have them.
 */
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.Random;
import org.apache.kafka.common.Uuid;

final class RandomMessage
{
    private static final ObjectMapper MAPPER = new ObjectMapper(
        JsonFactory.builder().enable(JsonReadFeature.ALLOW_JAVA_COMMENTS).build());
    private static final JsonNodeFactory MAKE = JsonNodeFactory.instance;

    private final JsonNode definition;
    private final Random random;

    RandomMessage(String name, Random random) throws IOException
    {
        definition = definition(name);
        this.random = random;
    }

    /* null: there is none. */
    private static JsonNode definition(String name) throws IOException
    {
        try (InputStream in = RandomMessage.class.getResourceAsStream("/common/message/" + name + ".json")) {
            return in == null ? null : MAPPER.readTree(in);
        }
    }

    /* In one version at least. */
    static boolean defined(String name) throws IOException
    {
        JsonNode definition = definition(name);
        return definition != null && !definition.get("validVersions").asText().equals("none");
    }

    ObjectNode make(int version)
    {
        return struct(definition.get("fields"), version);
    }

    boolean flexible(int version)
    {
        return within(definition.get("flexibleVersions"), version);
    }

    /* "0+", "1-3", "4", "none" */
    private static boolean within(JsonNode range, int version)
    {
        String text = range == null ? "none" : range.asText();
        if (text.equals("none"))
            return false;
        if (text.endsWith("+"))
            return version >= Integer.parseInt(text.substring(0, text.length() - 1));
        String[] ends = text.split("-");
        return version >= Integer.parseInt(ends[0]) && version <= Integer.parseInt(ends[ends.length - 1]);
    }

    private boolean one(int in)
    {
        return random.nextInt(in) == 0;
    }

    private ObjectNode struct(JsonNode fields, int version)
    {
        ObjectNode node = MAKE.objectNode();
        for (JsonNode field : fields) {
            if (!within(field.get("versions"), version))
                continue;
            String name = field.get("name").asText();
            name = Character.toLowerCase(name.charAt(0)) + name.substring(1);
            if (within(field.get("taggedVersions"), version) && one(5))
                continue; // the default
            boolean none = within(field.get("nullableVersions"), version) && one(4);
            node.set(name, none ? MAKE.nullNode() : value(field, field.get("type").asText(), version));
        }
        return node;
    }

    private JsonNode value(JsonNode field, String type, int version)
    {
        switch (type) {
        case "bool":
            return MAKE.booleanNode(random.nextBoolean());
        case "int8":
            return MAKE.numberNode(number(Byte.MIN_VALUE, Byte.MAX_VALUE));
        case "int16":
            return MAKE.numberNode(number(Short.MIN_VALUE, Short.MAX_VALUE));
        case "uint16":
            return MAKE.numberNode(number(0, 0xffff));
        case "int32":
            return MAKE.numberNode(number(Integer.MIN_VALUE, Integer.MAX_VALUE));
        case "int64":
            return MAKE.numberNode(number(Long.MIN_VALUE, Long.MAX_VALUE));
        case "float64":
            return MAKE.numberNode(real());
        case "uuid":
            return MAKE.textNode(new Uuid(random.nextLong(), random.nextLong()).toString());
        case "string":
            return MAKE.textNode(text());
        case "bytes":
        case "records":
            return MAKE.binaryNode(bytes());
        default:
            return type.startsWith("[]") ? array(field, type.substring(2), version)
                                         : struct(fieldsOf(field, type), version);
        }
    }

    private JsonNode fieldsOf(JsonNode field, String type)
    {
        if (field.has("fields"))
            return field.get("fields");
        for (JsonNode struct : definition.path("commonStructs"))
            if (struct.get("name").asText().equals(type))
                return struct.get("fields");
        throw new IllegalStateException("no struct " + type);
    }

    private ArrayNode array(JsonNode field, String type, int version)
    {
        ArrayNode array = MAKE.arrayNode();
        for (int n = one(200) ? 120 + random.nextInt(20) : random.nextInt(4); n > 0; n--)
            array.add(value(field, type, version));
        return array;
    }

    private long number(long min, long max)
    {
        switch (random.nextInt(6)) {
        case 0:
            return min;
        case 1:
            return max;
        case 2:
            return min < 0 ? -1 : 0;
        case 3:
            return random.nextInt(100);
        default:
            long all = random.nextLong(), span = max - min + 1;
            return span == 0 ? all : min + Long.remainderUnsigned(all, span);
        }
    }

    private double real()
    {
        double d = Double.longBitsToDouble(random.nextLong());
        if (one(3) || Double.isNaN(d) || Double.isInfinite(d))
            return one(4) ? -0.0 : number(Integer.MIN_VALUE, Integer.MAX_VALUE) / 8.0;
        return d;
    }

    private int length()
    {
        if (one(2000))
            return 16380 + random.nextInt(8);
        return one(16) ? 120 + random.nextInt(16) : one(6) ? 0 : random.nextInt(14);
    }

    /* So many bytes of UTF-8; NUL, other control characters and those beyond 16 bits among them. */
    private String text()
    {
        int[] first = { 0, 0x80, 0x800, 0x10000, 0x110000 };
        StringBuilder text = new StringBuilder();
        for (int left = length(), more; left > 0; left -= more + 1) {
            more = Math.max(0, random.nextInt(8) - 4);
            if (more >= left)
                more = 0;
            int c = first[more] + random.nextInt(first[more + 1] - first[more]);
            text.appendCodePoint(c >= 0xd800 && c < 0xe000 ? c - 0x800 : c);
        }
        return text.toString();
    }

    byte[] bytes()
    {
        byte[] bytes = new byte[length()];
        random.nextBytes(bytes);
        return bytes;
    }
}
