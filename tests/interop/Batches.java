/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Batches and message sets, written and read by Apache Kafka's own classes. Before 4.2 these were in another package:
 * tests/interop/codec takes the word `internal` out of the imports then.
 */
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.utils.Utils;

final class Batches
{
    private static final JsonNodeFactory MAKE = JsonNodeFactory.instance;
    private static final String[] CODECS = { "none", "gzip", "snappy", "lz4", "zstd" };
    private static final String[] NAMES = { "", "a", "\u00e9\ud83d\udca6", "name" };
    static final int KINDS = 3 * CODECS.length - 2; // formats 0 and 1 have no zstd

    private final Random random;

    Batches(Random random)
    {
        this.random = random;
    }

    /* One to three batches, the last perhaps cut off as brokers do. */
    byte[] make(int kind)
    {
        int magic = kind < 4 ? 0 : kind < 8 ? 1 : 2;
        String codec = CODECS[magic < 2 ? kind % 4 : kind - 8];
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        long offset = random.nextInt(8) == 0 ? Long.MAX_VALUE / 2 : random.nextInt(1000);
        int n = 1 + random.nextInt(3), last = 0;
        for (int i = 0; i < n; i++, offset += 1000) {
            byte[] batch = magic == 2 && random.nextInt(8) == 0 ? marker(offset) : batch((byte)magic, codec, offset);
            last = batch.length;
            out.write(batch, 0, last);
        }
        int cut = n > 1 && random.nextInt(3) == 0 ? 1 + random.nextInt(last) : 0;
        return Arrays.copyOf(out.toByteArray(), out.size() - cut);
    }

    private byte[] marker(long offset)
    {
        ControlRecordType type = random.nextBoolean() ? ControlRecordType.COMMIT : ControlRecordType.ABORT;
        MemoryRecords records = MemoryRecords.withEndTransactionMarker(offset, 1700000000000L, random.nextInt(100),
            random.nextLong() >>> 1, (short)random.nextInt(Short.MAX_VALUE),
            new EndTransactionMarker(type, random.nextInt()));
        return Utils.toArray(records.buffer());
    }

    private byte[] batch(byte magic, String codec, long offset)
    {
        boolean append = magic > 0 && random.nextInt(3) == 0, producer = magic == 2 && random.nextBoolean();
        TimestampType type = magic == 0 ? TimestampType.NO_TIMESTAMP_TYPE
                           : append ? TimestampType.LOG_APPEND_TIME : TimestampType.CREATE_TIME;
        MemoryRecordsBuilder builder = MemoryRecords.builder(ByteBuffer.allocate(1024), magic,
            Compression.of(codec).build(), type, offset, append ? 1700000001234L : -1L,
            producer ? random.nextLong() >>> 1 : -1L, (short)(producer ? random.nextInt(Short.MAX_VALUE) : -1),
            producer ? Integer.MAX_VALUE - random.nextInt(20) : -1, producer && random.nextBoolean(),
            magic == 2 ? random.nextInt(100) : -1);
        int n = 1 + random.nextInt(random.nextInt(4) == 0 ? 80 : 8);
        for (int i = 0; i < n; i++) {
            long time = magic == 0 ? -1 : 1700000000000L + random.nextInt(1000) - random.nextInt(1000);
            builder.appendWithOffset(offset, time, bytes(), bytes(), headers(magic));
            // Java holds it against an idempotent producer when offsets do not follow each other.
            offset += 1 + (!producer && random.nextInt(10) == 0 ? random.nextInt(5) : 0);
        }
        return Utils.toArray(builder.build().buffer());
    }

    private byte[] bytes()
    {
        int what = random.nextInt(400);
        if (what < 40)
            return null;
        byte[] bytes = new byte[what == 399 ? 60000 + random.nextInt(100000) : random.nextInt(what < 320 ? 30 : 300)];
        for (int i = 0; i < bytes.length; i++)
            bytes[i] = (byte)(random.nextInt(20) == 0 ? random.nextInt(256) : 'a' + random.nextInt(4));
        return bytes;
    }

    private Header[] headers(byte magic)
    {
        Header[] headers = new Header[magic == 2 && random.nextInt(3) == 0 ? 1 + random.nextInt(4) : 0];
        for (int i = 0; i < headers.length; i++)
            headers[i] = new RecordHeader(NAMES[random.nextInt(NAMES.length)], bytes());
        return headers;
    }

    /* What Java reads, sums checked: all records, and of each batch of format 2 the header. */
    static ObjectNode read(byte[] bytes)
    {
        ObjectNode node = MAKE.objectNode();
        ArrayNode records = MAKE.arrayNode(), batches = MAKE.arrayNode();
        for (MutableRecordBatch batch : MemoryRecords.readableRecords(ByteBuffer.wrap(bytes)).batches()) {
            batch.ensureValid();
            if (batch.magic() == 2)
                batches.add(header(batch));
            for (Record record : batch)
                records.add(record(record));
        }
        node.set("records", records);
        node.set("batches", batches);
        return node;
    }

    private static ObjectNode header(MutableRecordBatch batch)
    {
        return MAKE.objectNode()
            .put("baseOffset", batch.baseOffset())
            .put("lastOffset", batch.lastOffset())
            .put("sizeInBytes", batch.sizeInBytes())
            .put("crc", batch.checksum())
            .put("valid", true)
            .put("timestampType", batch.timestampType().name)
            .put("maxTimestamp", batch.maxTimestamp())
            .put("partitionLeaderEpoch", batch.partitionLeaderEpoch())
            .put("producerId", batch.producerId())
            .put("producerEpoch", batch.producerEpoch())
            .put("baseSequence", batch.baseSequence())
            .put("lastSequence", batch.lastSequence())
            .put("count", batch.countOrNull())
            .put("transactional", batch.isTransactional())
            .put("control", batch.isControlBatch());
    }

    private static JsonNode base64(ByteBuffer bytes)
    {
        return bytes == null ? MAKE.nullNode() : MAKE.binaryNode(Utils.toArray(bytes));
    }

    private static ObjectNode record(Record record)
    {
        ObjectNode node = MAKE.objectNode().put("offset", record.offset()).put("timestamp", record.timestamp());
        node.set("key", base64(record.key()));
        node.set("value", base64(record.value()));
        ArrayNode headers = MAKE.arrayNode();
        for (Header header : record.headers())
            headers.addArray().add(header.key()).add(base64(Utils.wrapNullable(header.value())));
        node.set("headers", headers);
        return node;
    }
}
