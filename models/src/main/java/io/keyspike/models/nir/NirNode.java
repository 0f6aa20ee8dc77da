package io.keyspike.models.nir;

import io.keyspike.models.arrays.NumberArray;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A node of a NIR graph: a primitive, or a graph of its own. */
public sealed interface NirNode {

    /** {@return what NIR calls its kind, such as {@code LIF}} */
    String type();

    /** {@return notes that the file keeps about the node, by name: {@link String} or {@link NumberArray}} */
    SortedMap<String, Object> metadata();

    /**
     * A primitive and its parameters as the file has them, of the file's types and shapes.
     *
     * @param type what NIR calls its kind, such as {@code LIF}
     * @param parameters by NIR's names: {@link NumberArray}, or {@link String} as a convolution's {@code padding} may be
     * @param metadata notes by name: {@link String} or {@link NumberArray}
     */
    record Primitive(String type, SortedMap<String, Object> parameters, SortedMap<String, Object> metadata)
            implements NirNode {
        /** Copies the maps. */
        public Primitive {
            parameters = copy(parameters);
            metadata = copy(metadata);
        }

        /**
         * Without notes.
         *
         * @param type what NIR calls its kind
         * @param parameters by NIR's names
         */
        public Primitive(String type, Map<String, ?> parameters) {
            this(type, new TreeMap<>(parameters), Collections.emptySortedMap());
        }

        /**
         * A parameter of numbers.
         *
         * @param name NIR's
         * @return the numbers, or null if the node has no such parameter, or it is a text
         */
        public @Nullable NumberArray numbers(String name) {
            return parameters.get(name) instanceof NumberArray array ? array : null;
        }
    }

    /**
     * A graph: nodes by name and the edges between them. An edge to or from a node that is a graph leads to its input or
     * comes from its output. Several edges into one node add.
     *
     * @param nodes by name
     * @param edges in the order of the file, which means nothing
     * @param metadata notes by name: {@link String} or {@link NumberArray}
     */
    record Graph(SortedMap<String, NirNode> nodes, List<Edge> edges, SortedMap<String, Object> metadata)
            implements NirNode {
        /**
         * Copies the maps and the list.
         *
         * @throws IllegalArgumentException if an edge's end is not among the nodes; the message names it
         */
        public Graph {
            nodes = copy(nodes);
            edges = List.copyOf(edges);
            metadata = copy(metadata);
            for (Edge edge : edges) {
                for (String end : List.of(edge.from(), edge.to())) {
                    if (!nodes.containsKey(end)) {
                        throw new IllegalArgumentException(
                                "expected edges between nodes of the graph, found " + edge + ", but no node " + end);
                    }
                }
            }
        }

        @Override
        public String type() {
            return "NIRGraph";
        }
    }

    /**
     * An edge.
     *
     * @param from name of the node whose output it carries
     * @param to name of the node that receives it
     */
    record Edge(String from, String to) {
        @Override
        public String toString() {
            return from + " -> " + to;
        }
    }

    private static <V> SortedMap<String, V> copy(SortedMap<String, V> map) {
        return Collections.unmodifiableSortedMap(new TreeMap<>(map));
    }
}
