package io.keyspike.models.arrays;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyspike.models.file.AtomicFiles;
import io.keyspike.models.json.Json;
import io.keyspike.models.json.JsonFields;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * Files of named arrays, told apart by their extensions: {@code .safetensors} (of any number type, as against our own model
 * files), {@code .npz} and, with a single array, {@code .npy}.
 */
public final class ArrayFiles {
    /** What the array of an {@code .npy} file, which has no name, is called. */
    public static final String UNNAMED = "x";

    private static final long MAXIMUM_BYTES = 1L << 30;
    private static final String METADATA = "__metadata__";
    private static final int ALIGNMENT = 8;

    private static final byte[] NPY_MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int NPY_ALIGNMENT = 64;
    private static final Pattern NPY_HEADER = Pattern.compile("\\s*\\{\\s*'descr':\\s*'([<>|=])([a-z]\\d+)',"
            + "\\s*'fortran_order':\\s*(True|False),\\s*'shape':\\s*\\(([\\d,\\s]*)\\),?\\s*\\}\\s*");

    private static final int LONGEST_MESSAGE = 500;

    private ArrayFiles() {}

    /**
     * Whether a file's extension is one of those that are read and written here.
     *
     * @param file any path
     * @return true for {@code .safetensors}, {@code .npz} and {@code .npy}
     */
    public static boolean isArrayFile(Path file) {
        return List.of("safetensors", "npz", "npy").contains(extension(file));
    }

    /**
     * Reads all arrays of a file.
     *
     * @param file of one of the three kinds
     * @return arrays by name
     * @throws IOException if the file cannot be read or is not of the kind that its extension says; the message is one
     *     sentence that begins with the file
     */
    public static SortedMap<String, NumberArray> read(Path file) throws IOException {
        requireKnown(file);
        if (Files.size(file) > MAXIMUM_BYTES) {
            throw new IOException(file + ": expected at most " + MAXIMUM_BYTES + " bytes, found " + Files.size(file));
        }
        byte[] bytes = Files.readAllBytes(file);
        try {
            return switch (extension(file)) {
                case "npz" -> npz(bytes);
                case "npy" -> new TreeMap<>(Map.of(UNNAMED, npy(bytes, UNNAMED)));
                default -> safetensors(bytes);
            };
        } catch (IllegalArgumentException | IOException e) { // zip's own are of the latter kind
            throw new IOException(file + ": " + oneLine(String.valueOf(e.getMessage())), e);
        }
    }

    /** Names and headers of the file are quoted in messages, whatever they contain. */
    private static String oneLine(String message) {
        String line = message.replaceAll("\\p{Cntrl}|\\R", " ");
        return line.length() <= LONGEST_MESSAGE ? line : line.substring(0, LONGEST_MESSAGE) + "…";
    }

    /**
     * Writes arrays, atomically.
     *
     * @param file of one of the three kinds; {@code .npy} takes a single array
     * @param arrays by name
     * @throws IOException if the file cannot be written
     * @throws IllegalArgumentException if its kind cannot hold the arrays
     */
    public static void write(Path file, SortedMap<String, NumberArray> arrays) throws IOException {
        requireKnown(file);
        AtomicFiles.write(
                file,
                switch (extension(file)) {
                    case "npz" -> npz(arrays);
                    case "npy" -> {
                        if (arrays.size() != 1) {
                            throw new IllegalArgumentException(file + ": expected one array for an .npy file, found "
                                    + arrays.size() + "; .npz and .safetensors take several");
                        }
                        yield npy(arrays.firstEntry().getValue());
                    }
                    default -> safetensors(arrays);
                });
    }

    private static void requireKnown(Path file) throws IOException {
        if (!isArrayFile(file)) {
            throw new IOException(file + ": expected a file ending in .safetensors, .npz or .npy");
        }
    }

    private static String extension(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    }

    // safetensors

    private static SortedMap<String, NumberArray> safetensors(byte[] bytes) {
        if (bytes.length < Long.BYTES) {
            throw new IllegalArgumentException("expected a safetensors file, found " + bytes.length + " bytes");
        }
        ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        long header = file.getLong();
        if (header < 2 || header > Math.min(Json.MAXIMUM_BYTES, file.remaining())) {
            throw new IllegalArgumentException("expected a safetensors file, found a header of " + header + " bytes");
        }
        JsonNode json = Json.read(new String(bytes, Long.BYTES, (int) header, StandardCharsets.UTF_8), "header");
        var fields = new JsonFields(json, "header");
        int start = Long.BYTES + (int) header;
        var arrays = new TreeMap<String, NumberArray>();
        for (Map.Entry<String, JsonNode> field : json.properties()) {
            if (field.getKey().equals(METADATA)) {
                continue;
            }
            JsonFields described = fields.object(field.getKey());
            String name = described.text("dtype");
            NumberType type = NumberType.ofName(name)
                    .orElseThrow(() -> new IllegalArgumentException(
                            "header: expected numbers in tensor " + field.getKey() + ", found dtype " + name));
            List<Integer> shape = described.integers("shape");
            List<Long> offsets = described.integers64("data_offsets");
            int size = NumberArray.size(shape);
            if (offsets.size() != 2
                    || offsets.get(0) < 0
                    || offsets.get(1) > bytes.length - start
                    || offsets.get(1) - offsets.get(0) != (long) size * type.bytes()) {
                throw new IllegalArgumentException("header: expected " + (long) size * type.bytes()
                        + " bytes within the file for tensor " + field.getKey() + ", found offsets " + offsets);
            }
            file.position(start + (int) (long) offsets.get(0));
            arrays.put(field.getKey(), new NumberArray(type, shape, values(file, type, size)));
        }
        return arrays;
    }

    private static double[] values(ByteBuffer in, NumberType type, int size) {
        double[] values = new double[size];
        for (int i = 0; i < size; i++) {
            values[i] = type.get(in);
        }
        return values;
    }

    private static byte[] safetensors(SortedMap<String, NumberArray> arrays) {
        ObjectNode header = Json.object();
        long offset = 0;
        for (Map.Entry<String, NumberArray> entry : arrays.entrySet()) {
            NumberArray array = entry.getValue();
            ObjectNode described =
                    header.putObject(entry.getKey()).put("dtype", array.type().name());
            ArrayNode shape = described.putArray("shape");
            array.shape().forEach(shape::add);
            long to = offset + (long) array.type().bytes() * array.values().length;
            described.putArray("data_offsets").add(offset).add(to);
            offset = to;
        }
        byte[] json = Json.write(header).getBytes(StandardCharsets.UTF_8);
        int headerBytes = (json.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        if (offset + headerBytes > MAXIMUM_BYTES) {
            throw new IllegalArgumentException(
                    "expected arrays of at most " + MAXIMUM_BYTES + " bytes, found " + offset);
        }
        ByteBuffer file = ByteBuffer.allocate((int) (Long.BYTES + headerBytes + offset))
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(headerBytes)
                .put(json)
                .put(" ".repeat(headerBytes - json.length).getBytes(StandardCharsets.US_ASCII));
        arrays.values().forEach(array -> put(file, array));
        return file.array();
    }

    private static void put(ByteBuffer out, NumberArray array) {
        for (double value : array.values()) {
            array.type().put(out, value);
        }
    }

    // NumPy

    private static SortedMap<String, NumberArray> npz(byte[] bytes) throws IOException {
        var arrays = new TreeMap<String, NumberArray>();
        long total = 0;
        try (var zip = new ZipInputStream(new ByteArrayInputStream(bytes))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                String name = entry.getName();
                if (!name.endsWith(".npy")) {
                    throw new IllegalArgumentException("expected arrays (.npy) in an .npz file, found " + name);
                }
                name = name.substring(0, name.length() - ".npy".length());
                byte[] content = zip.readNBytes((int) (MAXIMUM_BYTES - total));
                total += content.length;
                if (total >= MAXIMUM_BYTES) {
                    throw new IllegalArgumentException("expected at most " + MAXIMUM_BYTES + " bytes of arrays");
                }
                arrays.put(name, npy(content, name));
            }
        }
        if (arrays.isEmpty()) {
            throw new IllegalArgumentException("expected an .npz file with arrays, found none");
        }
        return arrays;
    }

    private static NumberArray npy(byte[] bytes, String name) {
        if (bytes.length < 10 || !Arrays.equals(bytes, 0, NPY_MAGIC.length, NPY_MAGIC, 0, NPY_MAGIC.length)) {
            throw new IllegalArgumentException("expected array " + name + " in NumPy's format, found another");
        }
        ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int major = bytes[NPY_MAGIC.length];
        file.position(NPY_MAGIC.length + 2);
        long length = major == 1 || file.remaining() < Integer.BYTES
                ? Short.toUnsignedInt(file.getShort())
                : Integer.toUnsignedLong(file.getInt());
        if (length > file.remaining()) {
            throw new IllegalArgumentException(
                    "expected a header within array " + name + ", found " + length + " bytes");
        }
        String header = new String(bytes, file.position(), (int) length, StandardCharsets.ISO_8859_1);
        file.position(file.position() + (int) length);
        Matcher matched = NPY_HEADER.matcher(header);
        if (!matched.matches()) {
            throw new IllegalArgumentException(
                    "expected array " + name + " to hold numbers, found the header " + header.strip());
        }
        NumberType type = NumberType.ofNumpy(matched.group(2))
                .orElseThrow(() -> new IllegalArgumentException(
                        "expected array " + name + " to hold numbers, found type " + matched.group(2)));
        var shape = new ArrayList<Integer>();
        for (String axis : matched.group(4).split(",", -1)) {
            if (!axis.isBlank()) {
                try {
                    shape.add(Integer.parseInt(axis.strip()));
                } catch (NumberFormatException e) {
                    throw new IllegalArgumentException(
                            "expected array " + name + " to fit into memory, found shape (" + matched.group(4) + ")",
                            e);
                }
            }
        }
        int size = NumberArray.size(shape);
        if ((long) size * type.bytes() != file.remaining()) {
            throw new IllegalArgumentException("expected " + (long) size * type.bytes() + " bytes in array " + name
                    + " of shape " + shape + ", found " + file.remaining());
        }
        file.order(matched.group(1).equals(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        double[] values = values(file, type, size);
        return new NumberArray(
                type, shape, matched.group(3).equals("True") && shape.size() > 1 ? rowMajor(values, shape) : values);
    }

    /** From columns first to rows first. */
    private static double[] rowMajor(double[] columnMajor, List<Integer> shape) {
        double[] result = new double[columnMajor.length];
        int[] index = new int[shape.size()];
        for (double value : columnMajor) {
            int at = 0;
            for (int axis = 0; axis < index.length; axis++) {
                at = at * shape.get(axis) + index[axis];
            }
            result[at] = value;
            for (int axis = 0; axis < index.length && ++index[axis] == shape.get(axis); axis++) {
                index[axis] = 0;
            }
        }
        return result;
    }

    private static byte[] npz(SortedMap<String, NumberArray> arrays) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, NumberArray> entry : arrays.entrySet()) {
                ZipEntry member = new ZipEntry(entry.getKey() + ".npy");
                member.setTime(315_532_800_000L); // the earliest that a zip file can say: equal content, equal bytes
                zip.putNextEntry(member);
                zip.write(npy(entry.getValue()));
                zip.closeEntry();
            }
        }
        return bytes.toByteArray();
    }

    private static byte[] npy(NumberArray array) {
        NumberType type = array.type() == NumberType.BF16 ? NumberType.F32 : array.type();
        var shape = new StringBuilder("(");
        array.shape().forEach(s -> shape.append(s).append(", "));
        String header = "{'descr': '" + (type.bytes() == 1 ? '|' : '<') + type.numpy()
                + "', 'fortran_order': False, 'shape': " + shape + "), }";
        int before = NPY_MAGIC.length + 2 + Short.BYTES;
        int total = (before + header.length() + NPY_ALIGNMENT) / NPY_ALIGNMENT * NPY_ALIGNMENT;
        String padded = header + " ".repeat(total - before - header.length() - 1) + "\n";
        ByteBuffer file = ByteBuffer.allocate(total + type.bytes() * array.values().length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(NPY_MAGIC)
                .put((byte) 1)
                .put((byte) 0)
                .putShort((short) padded.length())
                .put(padded.getBytes(StandardCharsets.ISO_8859_1));
        put(file, new NumberArray(type, array.shape(), array.values()));
        return file.array();
    }
}
