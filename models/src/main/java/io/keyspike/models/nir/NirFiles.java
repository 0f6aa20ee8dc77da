package io.keyspike.models.nir;

import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import io.jhdf.api.WritableGroup;
import io.keyspike.models.arrays.NumberArray;
import io.keyspike.models.arrays.NumberType;
import java.io.IOException;
import java.lang.reflect.Array;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * NIR files as the {@code nir} package of Python writes them: HDF5 with the graph in the group {@code node}. Those of 1.0.4
 * (contiguous arrays, no {@code v_reset}) and of 1.0.6 and later (compressed arrays, {@code v_reset}, {@code CubaLI}) are read
 * alike. What is written can be read by 1.0.6 and later, and by 1.0.4 where no node has what that version does not know.
 */
public final class NirFiles {
    private static final String VERSION = "1.0.8";

    private static final long MAXIMUM_BYTES = 512L << 20;
    private static final long MAXIMUM_VALUES = 1L << 26;
    private static final int MAXIMUM_NODES = 4096;
    private static final int MAXIMUM_DEPTH = 8;

    /** A damaged file can send an HDF5 reader round in circles; a valid one of the greatest size takes a few seconds. */
    private static final long MAXIMUM_SECONDS = 60;

    private NirFiles() {}

    /**
     * Reads a file.
     *
     * @param file written by any version of NIR's package from 1.0.4
     * @return its graph
     * @throws NirException if it is not a NIR file, or a damaged one
     * @throws IOException if the file cannot be read
     */
    public static NirNode.Graph read(Path file) throws IOException {
        if (Files.size(file) > MAXIMUM_BYTES) {
            throw new NirException(file + ": expected at most " + MAXIMUM_BYTES + " bytes, found " + Files.size(file));
        }
        return parse(Files.readAllBytes(file), file.toString());
    }

    /**
     * Reads the content of a file.
     *
     * @param bytes the whole file
     * @param origin what messages begin with, such as the file's path
     * @return its graph
     * @throws NirException if it is not a NIR file, or a damaged one
     */
    public static NirNode.Graph parse(byte[] bytes, String origin) throws NirException {
        var reading = new FutureTask<>(() -> new Reader(bytes.length).graph(bytes));
        Thread.ofPlatform().daemon().name("nir-reader").start(reading);
        try {
            return reading.get(MAXIMUM_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw refused(origin, e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            throw new NirException(
                    origin + ": expected a NIR file that can be read within " + MAXIMUM_SECONDS
                            + " s, found a damaged one",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NirException(origin + ": interrupted while reading", e);
        }
    }

    private static NirException refused(String origin, Throwable cause) {
        if (cause instanceof Refused) {
            return new NirException(origin + ": " + cause.getMessage(), cause);
        }
        if (cause instanceof IllegalArgumentException
                && cause.getStackTrace().length > 0
                && cause.getStackTrace()[0].getClassName().startsWith(NirNode.class.getName())) {
            return new NirException(origin + ": " + Reader.printable(String.valueOf(cause.getMessage())), cause);
        }
        String found = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        found = found.replaceAll("\\s*\\R\\s*", " ").replaceAll("\\p{Cntrl}", "?");
        return new NirException(
                origin + ": expected a NIR file (HDF5), found a damaged or another one: " + found, cause);
    }

    /** A sentence of ours. */
    private static final class Refused extends RuntimeException {
        Refused(String message) {
            super(message);
        }
    }

    private static final class Reader {
        private final long fileBytes;
        private long values;
        private int nodes;

        Reader(long fileBytes) {
            this.fileBytes = fileBytes;
        }

        NirNode.Graph graph(byte[] bytes) {
            try (HdfFile file = HdfFile.fromBytes(bytes)) {
                if (!(file.getChildren().get("node") instanceof Group root)) {
                    throw new Refused("expected a group 'node' with the graph, found " + names(file));
                }
                return graph(root, "the graph", 0);
            }
        }

        private static String names(Group group) {
            return group.getChildren().isEmpty()
                    ? "nothing"
                    : printable(String.join(", ", group.getChildren().keySet()));
        }

        private NirNode.Graph graph(Group group, String where, int depth) {
            if (depth > MAXIMUM_DEPTH) {
                throw new Refused("expected graphs nested at most " + MAXIMUM_DEPTH + " deep");
            }
            if (!(group.getChildren().get("nodes") instanceof Group children)
                    || !(group.getChildren().get("edges") instanceof Dataset edges)) {
                throw new Refused("expected 'nodes' and 'edges' in " + where + ", found " + names(group));
            }
            var result = new TreeMap<String, NirNode>();
            for (Map.Entry<String, Node> child : children.getChildren().entrySet()) {
                String name = child.getKey();
                if (!name.equals(printable(name))) {
                    throw new Refused("expected names without control characters, found " + printable(name));
                }
                if (!(child.getValue() instanceof Group node)) {
                    throw new Refused("expected node " + printable(name) + " to be a group");
                }
                if (++nodes > MAXIMUM_NODES) {
                    throw new Refused("expected at most " + MAXIMUM_NODES + " nodes");
                }
                result.put(name, node(node, name, depth));
            }
            return new NirNode.Graph(result, edges(edges, where), metadata(group, where));
        }

        private NirNode node(Group group, String name, int depth) {
            Map<String, Node> children = group.getChildren();
            String where = "node " + printable(name);
            if (!(children.get("type") instanceof Dataset typeData)
                    || !(read(typeData, where) instanceof String type)) {
                throw new Refused("expected a type of " + where + ", found none");
            }
            if (type.equals("NIRGraph")) {
                return graph(group, where, depth + 1);
            }
            var parameters = new TreeMap<String, Object>();
            for (Map.Entry<String, Node> child : children.entrySet()) {
                if (child.getKey().equals("type") || child.getKey().equals("metadata")) {
                    continue;
                }
                if (!child.getKey().equals(printable(child.getKey())) || !(child.getValue() instanceof Dataset data)) {
                    throw new Refused("expected parameter " + printable(child.getKey()) + " of " + where
                            + " to be a number or a text, found a group");
                }
                parameters.put(child.getKey(), read(data, "parameter " + printable(child.getKey()) + " of " + where));
            }
            return new NirNode.Primitive(type, parameters, metadata(group, where));
        }

        private SortedMap<String, Object> metadata(Group group, String where) {
            if (!(group.getChildren().get("metadata") instanceof Group notes)) {
                return Collections.emptySortedMap();
            }
            var result = new TreeMap<String, Object>();
            notes.getChildren().forEach((name, note) -> {
                if (note instanceof Dataset data) {
                    result.put(name, read(data, "metadata of " + where));
                }
            });
            return result;
        }

        private List<NirNode.Edge> edges(Dataset data, String where) {
            if (data.getSize() == 0) {
                return List.of();
            }
            checkSize(data, "edges of " + where);
            var texts = new ArrayList<String>();
            flatten(data.getData(), texts);
            int[] dimensions = data.getDimensions();
            if (dimensions.length != 2 || dimensions[1] != 2 || texts.size() != 2 * dimensions[0]) {
                throw new Refused("expected pairs of names as edges of " + where + ", found shape "
                        + Arrays.toString(dimensions));
            }
            var result = new ArrayList<NirNode.Edge>();
            for (int i = 0; i < texts.size(); i += 2) {
                result.add(new NirNode.Edge(texts.get(i), texts.get(i + 1)));
            }
            return result;
        }

        private static void flatten(Object data, List<String> texts) {
            if (data instanceof String text) {
                texts.add(text);
            } else if (data instanceof Object[] array) {
                for (Object element : array) {
                    flatten(element, texts);
                }
            } else {
                throw new Refused("expected names at the ends of edges, found numbers");
            }
        }

        private void checkSize(Dataset data, String where) {
            long[] dimensions = data.getDimensionsAsLong();
            long size = 1;
            for (long d : dimensions) {
                size = d < 0 || d > MAXIMUM_VALUES ? MAXIMUM_VALUES + 1 : Math.min(size * d, MAXIMUM_VALUES + 1);
            }
            values += size;
            // No filter that NIR uses makes less than a thousandth of the bytes.
            if (values > MAXIMUM_VALUES || values > 1024 * fileBytes) {
                throw new Refused("expected sizes that fit a file of " + fileBytes + " bytes, found "
                        + Arrays.toString(dimensions) + " of " + where);
            }
        }

        private Object read(Dataset data, String where) {
            checkSize(data, where);
            var shape = new ArrayList<Integer>();
            for (int d : data.isScalar() ? new int[0] : data.getDimensions()) {
                shape.add(d);
            }
            if (data.isEmpty() || data.getSize() == 0) {
                return new NumberArray(NumberType.F32, shape.isEmpty() ? List.of(0) : shape, new double[0]);
            }
            Object content = data.isScalar() ? data.getData() : data.getDataFlat();
            if (content instanceof String[] texts && texts.length == 1) {
                content = texts[0];
            }
            if (content instanceof String text) {
                if (!text.equals(printable(text))) {
                    throw new Refused("expected a text without control characters as " + where);
                }
                return text;
            }
            NumberType type = typeOf(data.getJavaType());
            if (type == null) {
                throw new Refused("expected numbers or a text as " + where + ", found "
                        + data.getJavaType().getSimpleName());
            }
            double[] numbers;
            if (content instanceof Number number) {
                numbers = new double[] {number.doubleValue()};
            } else {
                numbers = new double[Array.getLength(content)];
                for (int i = 0; i < numbers.length; i++) {
                    numbers[i] = ((Number) Array.get(content, i)).doubleValue();
                }
            }
            for (double number : numbers) {
                if (!Double.isFinite(number)) {
                    throw new Refused("expected finite numbers as " + where + ", found " + number);
                }
            }
            return new NumberArray(type, shape, numbers);
        }

        private static @Nullable NumberType typeOf(Class<?> type) {
            if (type == float.class || type == Float.class) {
                return NumberType.F32;
            } else if (type == double.class || type == Double.class) {
                return NumberType.F64;
            } else if (type == long.class || type == Long.class || type == java.math.BigInteger.class) {
                return NumberType.I64;
            } else if (type == int.class || type == Integer.class) {
                return NumberType.I32;
            } else if (type == short.class || type == Short.class) {
                return NumberType.I16;
            } else if (type == byte.class || type == Byte.class) {
                return NumberType.I8;
            }
            return null;
        }

        private static String printable(String text) {
            return text.replaceAll("\\p{Cntrl}", "?");
        }
    }

    /**
     * Writes a graph, atomically.
     *
     * @param file to be written
     * @param graph to write
     * @throws IOException if the file cannot be written
     */
    public static void write(Path file, NirNode.Graph graph) throws IOException {
        Path absolute = file.toAbsolutePath();
        Path temporary = Files.createTempFile(absolute.getParent(), "." + absolute.getFileName(), ".tmp");
        try {
            try (WritableHdfFile out = HdfFile.write(temporary)) {
                out.putDataset("version", VERSION);
                put(out.putGroup("node"), graph);
            }
            Files.move(temporary, absolute, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static void put(WritableGroup group, NirNode node) {
        group.putDataset("type", node.type());
        switch (node) {
            case NirNode.Primitive primitive ->
                primitive.parameters().forEach((name, value) -> group.putDataset(name, stored(value)));
            case NirNode.Graph graph -> {
                if (!graph.edges().isEmpty()) {
                    group.putDataset(
                            "edges",
                            graph.edges().stream()
                                    .map(e -> new String[] {e.from(), e.to()})
                                    .toArray(String[][]::new));
                }
                WritableGroup nodes = group.putGroup("nodes");
                graph.nodes().forEach((name, child) -> put(nodes.putGroup(name), child));
            }
        }
        if (!node.metadata().isEmpty()) {
            WritableGroup notes = group.putGroup("metadata");
            node.metadata().forEach((name, note) -> notes.putDataset(name, stored(note)));
        }
    }

    private static Object stored(Object value) {
        if (!(value instanceof NumberArray array)) {
            return value;
        }
        Class<?> type = switch (array.type()) {
            case F64 -> double.class;
            case F32, F16, BF16 -> float.class;
            case I64, U64, U32 -> long.class;
            case I32, U16 -> int.class;
            case I16, U8 -> short.class;
            case I8, BOOL -> byte.class;
        };
        return nested(type, array, 0, 0);
    }

    /** The part of an array under its first axes, as a Java array of arrays; the number itself where there are no axes left. */
    private static Object nested(Class<?> type, NumberArray array, int axis, int offset) {
        List<Integer> shape = array.shape();
        if (axis == shape.size()) {
            return number(type, array.values()[offset]);
        }
        int[] rest = shape.subList(axis, shape.size()).stream()
                .mapToInt(Integer::intValue)
                .toArray();
        Object result = Array.newInstance(type, rest);
        int stride = Arrays.stream(rest).skip(1).reduce(1, (a, b) -> a * b);
        for (int i = 0; i < rest[0]; i++) {
            Array.set(result, i, nested(type, array, axis + 1, offset + i * stride));
        }
        return result;
    }

    private static Number number(Class<?> type, double value) {
        if (type == float.class) {
            return (float) value;
        } else if (type == double.class) {
            return value;
        } else if (type == long.class) {
            return (long) value;
        } else if (type == int.class) {
            return (int) value;
        } else if (type == short.class) {
            return (short) value;
        }
        return (byte) value;
    }
}
