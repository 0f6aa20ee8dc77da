package io.keyspike.models.file;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyspike.models.json.Json;
import io.keyspike.models.json.JsonFields;
import io.keyspike.models.network.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The safetensors container: texts by name and float32 tensors by name.
 *
 * <pre>
 * +-----------------+------------------------------------------+----------------------------+
 * | N, u64          | header: N bytes of JSON, spaces at its   | tensors, row-major f32,    |
 * | little-endian   | end up to a multiple of 8 bytes          | little-endian, no holes    |
 * +-----------------+------------------------------------------+----------------------------+
 * header: {"__metadata__": {name: text, …}, tensor: {"dtype": "F32", "shape": […], "data_offsets": [from, to]}, …}
 * </pre>
 *
 * Reading is strict: whatever is not exactly this is refused with an {@link IllegalArgumentException} that names what was
 * expected and what was found.
 */
record Safetensors(SortedMap<String, String> metadata, SortedMap<String, Tensor> tensors) {

    static final int MAXIMUM_HEADER_BYTES = Json.MAXIMUM_BYTES;
    static final int MAXIMUM_FILE_BYTES = 256 << 20;

    private static final String METADATA = "__metadata__";
    private static final String FLOAT32 = "F32";
    private static final int ALIGNMENT = 8;
    private static final int MAXIMUM_AXES = 8;

    /** Where a tensor lies among the data. */
    private record Extent(String name, List<Integer> shape, long from, long to) {}

    byte[] write() {
        ObjectNode header = Json.object();
        ObjectNode texts = header.putObject(METADATA);
        metadata.forEach(texts::put);
        long offset = 0;
        for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
            Tensor tensor = entry.getValue();
            ObjectNode described = header.putObject(entry.getKey()).put("dtype", FLOAT32);
            ArrayNode shape = described.putArray("shape");
            tensor.shape().forEach(shape::add);
            long to = offset + (long) Float.BYTES * tensor.values().length;
            described.putArray("data_offsets").add(offset).add(to);
            offset = to;
        }
        byte[] json = Json.write(header).getBytes(StandardCharsets.UTF_8);
        int headerBytes = (json.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        checkSize("header", headerBytes, MAXIMUM_HEADER_BYTES);
        checkSize("file", Long.BYTES + headerBytes + offset, MAXIMUM_FILE_BYTES);
        ByteBuffer file = ByteBuffer.allocate((int) (Long.BYTES + headerBytes + offset))
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(headerBytes)
                .put(json)
                .put(" ".repeat(headerBytes - json.length).getBytes(StandardCharsets.US_ASCII));
        for (Tensor tensor : tensors.values()) {
            file.slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(tensor.values());
            file.position(file.position() + Float.BYTES * tensor.values().length);
        }
        return file.array();
    }

    static Safetensors read(byte[] bytes) {
        checkSize("file", bytes.length, MAXIMUM_FILE_BYTES);
        if (bytes.length < Long.BYTES) {
            throw new IllegalArgumentException(
                    "not a safetensors file: expected at least " + Long.BYTES + " bytes, found " + bytes.length);
        }
        ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        long headerBytes = file.getLong();
        if (headerBytes < 2 || headerBytes > Math.min(MAXIMUM_HEADER_BYTES, file.remaining())) {
            throw new IllegalArgumentException("not a safetensors file: expected a header of 2 to "
                    + Math.min(MAXIMUM_HEADER_BYTES, file.remaining()) + " bytes, found a length of " + headerBytes);
        }
        String header = text(file.slice(Long.BYTES, (int) headerBytes));
        file.position(Long.BYTES + (int) headerBytes);
        JsonNode json = Json.read(header, "header");
        JsonFields fields = new JsonFields(json, "header");
        SortedMap<String, String> metadata =
                new TreeMap<>(fields.object(METADATA).allTexts());
        var extents = new ArrayList<Extent>();
        for (Map.Entry<String, JsonNode> field : json.properties()) {
            if (!field.getKey().equals(METADATA)) {
                extents.add(extent(field.getKey(), fields.object(field.getKey())));
            }
        }
        checkCovers(extents, file.remaining());
        ByteBuffer data = file.slice().order(ByteOrder.LITTLE_ENDIAN);
        var tensors = new TreeMap<String, Tensor>();
        for (Extent e : extents) {
            float[] values = new float[(int) ((e.to - e.from) / Float.BYTES)];
            data.slice((int) e.from, (int) (e.to - e.from))
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer()
                    .get(values);
            tensors.put(e.name, new Tensor(e.shape, values));
        }
        return new Safetensors(metadata, tensors);
    }

    private static Extent extent(String name, JsonFields described) {
        String dtype = described.text("dtype");
        if (!dtype.equals(FLOAT32)) {
            throw new IllegalArgumentException(
                    "header: expected dtype " + FLOAT32 + " of tensor " + name + ", found " + dtype);
        }
        List<Integer> shape = described.integers("shape");
        List<Long> offsets = described.integers64("data_offsets");
        described.end();
        if (shape.size() > MAXIMUM_AXES) {
            throw new IllegalArgumentException(
                    "header: expected at most " + MAXIMUM_AXES + " axes of tensor " + name + ", found " + shape.size());
        }
        if (offsets.size() != 2 || offsets.get(0) > offsets.get(1)) {
            throw new IllegalArgumentException(
                    "header: expected two ascending offsets of tensor " + name + ", found " + offsets);
        }
        var extent = new Extent(name, shape, offsets.get(0), offsets.get(1));
        if (bytes(extent) != extent.to - extent.from) {
            throw new IllegalArgumentException("header: expected " + bytes(extent) + " bytes of tensor " + name
                    + " for shape " + shape + ", found offsets " + offsets);
        }
        return extent;
    }

    private static long bytes(Extent extent) {
        long size = Float.BYTES;
        for (int s : extent.shape) {
            try {
                size = Math.multiplyExact(size, s);
            } catch (ArithmeticException e) {
                throw new IllegalArgumentException(
                        "header: expected a size of tensor " + extent.name + " that fits a file, found shape "
                                + extent.shape,
                        e);
            }
        }
        return size;
    }

    /** The extents, in some order, must cover the data: no hole, no overlap, nothing left. */
    private static void checkCovers(List<Extent> extents, int dataBytes) {
        var ordered = new ArrayList<>(extents);
        ordered.sort(Comparator.comparingLong(Extent::from).thenComparingLong(Extent::to));
        long at = 0;
        for (Extent extent : ordered) {
            if (extent.from != at) {
                throw new IllegalArgumentException("header: expected tensor " + extent.name + " to begin at byte " + at
                        + ", found " + extent.from);
            }
            at = extent.to;
        }
        if (at != dataBytes) {
            throw new IllegalArgumentException("expected " + at + " bytes of tensors, found " + dataBytes);
        }
    }

    private static String text(ByteBuffer utf8) {
        try {
            // A new decoder reports malformed input instead of replacing it.
            return StandardCharsets.UTF_8.newDecoder().decode(utf8).toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("header: expected UTF-8, found bytes that are not", e);
        }
    }

    private static void checkSize(String what, long bytes, int most) {
        if (bytes > most) {
            throw new IllegalArgumentException("expected a " + what + " of at most " + most + " bytes, found " + bytes);
        }
    }
}
