package io.keyspike.models.rockpool;

import io.keyspike.models.file.AtomicFiles;
import io.keyspike.models.file.ModelFileException;
import io.keyspike.models.network.Network;
import io.keyspike.models.network.Node;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The JSON that Rockpool's {@code save()} writes and its {@code load()} reads: of {@code WaveSenseNet} (Weidel and Sheik 2021),
 * and of {@code SynNet} and other linear layers with LIF neurons that follow one another.
 *
 * <p>Such a file has no graph, so which modules feed which is known by their names. Nodes of ours are named as Rockpool's
 * modules, with underscores instead of dots: {@code wave0_spk2_res}. A single {@code LIFTorch} is read with the node
 * {@code neurons}. Recurrent weights become a synapse behind the neurons whose edge has a delay of one step. What has no
 * equivalent, as the noise of neurons, is refused by name. More than 255 spikes of a neuron in one step are counted as 255.
 */
public final class RockpoolFiles {

    /** A file of the largest network that a model file holds. */
    private static final long LARGEST = 1L << 30;

    /** Characters of a message, whose names are the file's. */
    private static final int LONGEST_MESSAGE = 500;

    private RockpoolFiles() {}

    /**
     * Reads a network.
     *
     * @param file written by Rockpool or by {@link #write}
     * @return the network, whose time step is that of the file
     * @throws ModelFileException if the file is no such network; one sentence that says what was expected and found
     * @throws IOException if it cannot be read
     */
    public static Network read(Path file) throws IOException {
        if (Files.size(file) > LARGEST) {
            throw new ModelFileException(file + ": expected at most " + LARGEST + " bytes, found " + Files.size(file));
        }
        try {
            return parse(Files.readString(file));
        } catch (ModelFileException e) {
            throw new ModelFileException(file + ": " + e.getMessage(), e);
        } catch (java.nio.charset.CharacterCodingException e) {
            throw new ModelFileException(file + ": expected JSON in UTF-8, found other bytes", e);
        }
    }

    /**
     * As {@link #read}, of a file's text.
     *
     * @param json the text
     * @return the network
     * @throws ModelFileException if the text is no such network
     */
    public static Network parse(String json) throws ModelFileException {
        try {
            RockpoolModule root = RockpoolModule.parse(json);
            if (root.has("threshold")) {
                var graph = new GraphParts();
                return graph.network(graph.alone(root));
            }
            return root.has("wave0") ? new WaveSenseReader(root).network() : new LayersReader(root).network();
        } catch (ModelFileException e) {
            throw new ModelFileException(sentence(e), e);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new ModelFileException("rockpool: " + sentence(e), e);
        }
    }

    /** A message in one line of bounded length, whatever names the file has. */
    private static String sentence(Exception e) {
        String line = String.valueOf(e.getMessage()).replaceAll("[\\p{Cntrl}\\u0085\\u2028\\u2029]", "?");
        return line.length() <= LONGEST_MESSAGE ? line : line.substring(0, LONGEST_MESSAGE) + " …";
    }

    /**
     * Synaptic currents of a layer as Rockpool counts them: one that stands for a bias is none.
     *
     * @param network that has the layer
     * @param lif one of its nodes
     * @return how many each neuron has
     */
    public static int synapses(Network network, Node.CurrentLif lif) {
        return RockpoolWriter.isBiased(network, lif) ? lif.synapses() - 1 : lif.synapses();
    }

    /**
     * Rockpool's name of a node, with dots where there are any.
     *
     * @param node name of one of our nodes
     * @return such as {@code wave0.spk2_res}
     */
    public static String moduleName(String node) {
        return node.replaceFirst("^(wave\\d+)_", "$1.");
    }

    /**
     * Writes a network that Rockpool can express: WaveSense as {@code network.wavesense} of a training configuration makes it
     * or {@link #read} reads it, or {@code current} neurons behind dense synapses that follow one another. A readout becomes
     * {@code spk_out} or the last layer with that time constant; its synaptic current is the readout's value times c/(1 − c).
     *
     * @param file to write, replaced as a whole
     * @param network to be written
     * @throws ModelFileException if the network has what Rockpool cannot express; one sentence that names the node
     * @throws IOException if the file cannot be written
     */
    public static void write(Path file, Network network) throws IOException {
        byte[] bytes = toJson(network).getBytes(StandardCharsets.UTF_8);
        AtomicFiles.write(file, bytes);
    }

    /**
     * As {@link #write}, into a text.
     *
     * @param network to be written
     * @return JSON
     * @throws ModelFileException if the network has what Rockpool cannot express
     */
    public static String toJson(Network network) throws ModelFileException {
        return new RockpoolWriter(network).json();
    }
}
