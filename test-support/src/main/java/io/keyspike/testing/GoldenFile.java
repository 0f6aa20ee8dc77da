package io.keyspike.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A golden safetensors file, made by a peer library. Deliberately independent of the production reader. */
public final class GoldenFile {

    private final JsonNode header;
    private final ByteBuffer data;

    private GoldenFile(byte[] bytes) throws IOException {
        ByteBuffer all = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int headerLength = Math.toIntExact(all.getLong());
        header = new ObjectMapper().readTree(new String(bytes, 8, headerLength, StandardCharsets.UTF_8));
        data = all.slice(8 + headerLength, bytes.length - 8 - headerLength).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Opens a golden file of the resources by name (without extension).
     *
     * @param name below {@code /golden} in the class path, without the extension {@code .safetensors}
     * @return the file, read as a whole
     * @throws IllegalArgumentException if the resources hold no such file
     */
    public static GoldenFile open(String name) {
        try (InputStream in = resource(name + ".safetensors")) {
            return new GoldenFile(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Opens a golden file that holds recordings.
     *
     * @param recordings a safetensors file among the golden vectors
     * @return the file, read as a whole
     * @throws IllegalStateException if it is absent
     */
    public static GoldenFile open(SharedData recordings) {
        try {
            return new GoldenFile(Files.readAllBytes(recordings.path()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Copies a file of the resources, of any kind, into a folder; a copy that is there already is left as it is.
     *
     * @param name below {@code /golden} in the class path, with extension
     * @param folder an existing folder
     * @return the copy's path
     * @throws IllegalArgumentException if the resources hold no such file
     */
    public static Path copy(String name, Path folder) {
        Path copy = folder.resolve(name);
        if (Files.exists(copy)) {
            return copy;
        }
        try (InputStream in = resource(name)) {
            Files.copy(in, copy);
            return copy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InputStream resource(String name) {
        InputStream in = GoldenFile.class.getResourceAsStream("/golden/" + name);
        if (in == null) {
            throw new IllegalArgumentException("expected golden file " + name + " in the resources, found none");
        }
        return in;
    }

    /** {@return the case's parameters: the JSON that the file's metadata holds under {@code params}} */
    public JsonNode params() {
        try {
            return new ObjectMapper()
                    .readTree(header.get("__metadata__").get("params").asText());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Whether the file has a tensor of this name.
     *
     * @param tensor name of the tensor
     * @return true if so; the other methods then find it
     */
    public boolean has(String tensor) {
        return header.has(tensor);
    }

    /** {@return the names of all tensors, in the order of the file's header} */
    public List<String> names() {
        var names = new ArrayList<String>();
        header.fieldNames().forEachRemaining(n -> {
            if (!n.equals("__metadata__")) {
                names.add(n);
            }
        });
        return names;
    }

    /**
     * Sizes of a tensor along its axes.
     *
     * @param tensor name of the tensor
     * @return one size for each axis, the slowest first; empty for a scalar
     * @throws IllegalArgumentException if there is no such tensor
     */
    public int[] shape(String tensor) {
        JsonNode shape = entry(tensor).get("shape");
        int[] result = new int[shape.size()];
        for (int i = 0; i < result.length; i++) {
            result[i] = shape.get(i).asInt();
        }
        return result;
    }

    /**
     * Values of a tensor of type F64, F32, I64 or I16.
     *
     * @param tensor name of the tensor
     * @return the values in row-major order
     * @throws IllegalArgumentException if there is no such tensor, or it has another type
     */
    public double[] doubles(String tensor) {
        JsonNode entry = entry(tensor);
        int from = entry.get("data_offsets").get(0).asInt();
        int to = entry.get("data_offsets").get(1).asInt();
        ByteBuffer b = data.slice(from, to - from).order(ByteOrder.LITTLE_ENDIAN);
        String type = entry.get("dtype").asText();
        int width = switch (type) {
            case "F64", "I64" -> 8;
            case "F32" -> 4;
            case "I16" -> 2;
            default -> throw new IllegalArgumentException("golden: unexpected dtype " + type);
        };
        double[] values = new double[b.remaining() / width];
        for (int i = 0; i < values.length; i++) {
            values[i] = switch (type) {
                case "F64" -> b.getDouble();
                case "I64" -> b.getLong();
                case "F32" -> b.getFloat();
                default -> b.getShort();
            };
        }
        return values;
    }

    /**
     * Values of a float32 tensor, exact.
     *
     * @param tensor name of the tensor
     * @return the values in row-major order; those of wider types are rounded
     * @throws IllegalArgumentException if there is no such tensor
     */
    public float[] floats(String tensor) {
        double[] values = doubles(tensor);
        float[] result = new float[values.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (float) values[i];
        }
        return result;
    }

    /**
     * Values of a 16-bit tensor.
     *
     * @param tensor name of the tensor
     * @return the values in row-major order
     * @throws IllegalArgumentException if there is no such tensor
     */
    public short[] shorts(String tensor) {
        double[] values = doubles(tensor);
        short[] result = new short[values.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (short) values[i];
        }
        return result;
    }

    private JsonNode entry(String tensor) {
        JsonNode entry = header.get(tensor);
        if (entry == null) {
            throw new IllegalArgumentException("golden: expected tensor " + tensor + ", found " + names());
        }
        return entry;
    }
}
