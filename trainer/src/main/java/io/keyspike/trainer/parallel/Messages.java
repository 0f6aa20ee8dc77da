package io.keyspike.trainer.parallel;

import io.keyspike.trainer.config.ConfigReader;
import io.keyspike.trainer.layers.FloatRange;
import io.keyspike.trainer.layers.Parameter;
import io.keyspike.trainer.layers.Pass;
import io.keyspike.trainer.layers.TimeConstantMismatch;
import io.keyspike.trainer.layers.TrainableNetwork;
import io.keyspike.trainer.loop.Crew;
import io.keyspike.trainer.loop.PartLearner;
import io.keyspike.trainer.loss.LossParts;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What the leading process and a worker say to each other. Numbers are little-endian; each message begins with a byte for its kind.
 *
 * <ol>
 *   <li>{@code HELLO} platform, answered by {@code WELCOME} threads;
 *   <li>{@code SETUP} configuration and sizes, answered by {@code READY} number of learnt values;
 *   <li>for each batch {@code WEIGHTS} and {@code BATCH}, answered by {@code GRADIENTS}.
 * </ol>
 */
final class Messages {
    static final byte HELLO = 1;
    static final byte WELCOME = 2;
    static final byte SETUP = 3;
    static final byte READY = 4;
    static final byte WEIGHTS = 5;
    static final byte BATCH = 6;
    static final byte GRADIENTS = 7;

    private static final int LOSS_BYTES = 3 * Double.BYTES + 2 * Integer.BYTES;

    private Messages() {}

    /**
     * A message to read.
     *
     * @throws IllegalArgumentException if it is of another kind
     */
    static ByteBuffer open(byte[] message, byte kind) {
        ByteBuffer buffer = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
        if (message.length == 0 || buffer.get() != kind) {
            throw new IllegalArgumentException("message: expected kind " + kind + ", found "
                    + (message.length == 0 ? "an empty one" : "kind " + message[0]));
        }
        return buffer;
    }

    private static ByteBuffer begin(byte kind, long bytes) {
        return ByteBuffer.allocate(Math.toIntExact(Byte.BYTES + bytes))
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(kind);
    }

    @SuppressWarnings("ByteBufferBackingArray") // those of begin have an array of their own, from its start to its end
    private static byte[] bytes(ByteBuffer message) {
        return message.array();
    }

    private static void putText(ByteBuffer to, byte[] text) {
        to.putInt(text.length).put(text);
    }

    private static String text(ByteBuffer from) {
        int length = from.getInt();
        if (length < 0 || length > from.remaining()) {
            throw new IllegalArgumentException(
                    "message: expected a text within it, found one of " + length + " bytes in " + from.remaining());
        }
        byte[] text = new byte[length];
        from.get(text);
        return new String(text, StandardCharsets.UTF_8);
    }

    private static void put(ByteBuffer to, float[] values, int from, int length) {
        to.asFloatBuffer().put(values, from, length);
        to.position(to.position() + length * Float.BYTES);
    }

    private static void get(ByteBuffer from, float[] values, int at, int length) {
        if (length > from.remaining() / Float.BYTES) {
            throw new BufferUnderflowException();
        }
        from.asFloatBuffer().get(values, at, length);
        from.position(from.position() + length * Float.BYTES);
    }

    private static void requireEnd(ByteBuffer message) {
        if (message.hasRemaining()) {
            throw new IllegalArgumentException(
                    "message: expected its end, found " + message.remaining() + " more bytes");
        }
    }

    // ---- to begin with --------------------------------------------------------------------------------------------

    static byte[] hello(String platform) {
        byte[] text = platform.getBytes(StandardCharsets.UTF_8);
        ByteBuffer message = begin(HELLO, Integer.BYTES + text.length);
        putText(message, text);
        return bytes(message);
    }

    /** @return the platform */
    static String readHello(byte[] message) {
        return text(open(message, HELLO));
    }

    static byte[] welcome(int threads) {
        return bytes(begin(WELCOME, Integer.BYTES).putInt(threads));
    }

    /** @return threads, at least 1 */
    static int readWelcome(byte[] message) {
        return Math.max(1, open(message, WELCOME).getInt());
    }

    static byte[] setup(Crew.Setup setup) {
        byte[] yaml = ConfigReader.toYaml(setup.config()).getBytes(StandardCharsets.UTF_8);
        ByteBuffer message = begin(SETUP, 3 * Integer.BYTES + Double.BYTES + yaml.length)
                .putInt(setup.inputs())
                .putInt(setup.maximumSteps())
                .putDouble(setup.stepSeconds());
        putText(message, yaml);
        return bytes(message);
    }

    static Crew.Setup readSetup(byte[] message) {
        ByteBuffer from = open(message, SETUP);
        int inputs = from.getInt();
        int maximumSteps = from.getInt();
        double stepSeconds = from.getDouble();
        if (inputs < 1 || maximumSteps < 1 || !(stepSeconds > 0)) {
            throw new IllegalArgumentException("setup: expected inputs, steps and a step above 0, found " + inputs
                    + ", " + maximumSteps + " and " + stepSeconds + " s");
        }
        return new Crew.Setup(ConfigReader.parse(text(from)), inputs, stepSeconds, maximumSteps);
    }

    static byte[] ready(int values) {
        return bytes(begin(READY, Integer.BYTES).putInt(values));
    }

    /** @return number of learnt values */
    static int readReady(byte[] message) {
        return open(message, READY).getInt();
    }

    // ---- with each batch ------------------------------------------------------------------------------------------

    /** What a batch is learnt with: the same for all workers. */
    static byte[] weights(Crew.SharedBatch batch) {
        TrainableNetwork network = batch.network();
        List<TimeConstantMismatch> leaks = network.leaks();
        long floats = network.parameterCount()
                + leaks.stream().mapToLong(l -> l.factors().length).sum();
        ByteBuffer message = begin(WEIGHTS, 2 * Double.BYTES + floats * Float.BYTES)
                .putDouble(batch.shareOfRun())
                .putDouble(network.annealed());
        for (Parameter p : network.parameters()) {
            put(message, p.values(), 0, p.values().length);
        }
        for (TimeConstantMismatch leak : leaks) {
            put(message, leak.factors(), 0, leak.factors().length);
        }
        return bytes(message);
    }

    /** Sets the network's weights. @return how much of the whole training is done */
    static double readWeights(byte[] message, TrainableNetwork network) {
        ByteBuffer from = open(message, WEIGHTS);
        double shareOfRun = from.getDouble();
        network.anneal(from.getDouble());
        for (Parameter p : network.parameters()) {
            get(from, p.values(), 0, p.values().length);
        }
        for (TimeConstantMismatch leak : network.leaks()) {
            get(from, leak.factors(), 0, leak.factors().length);
        }
        requireEnd(from);
        return shareOfRun;
    }

    /** The samples and labels of some groups of a batch. */
    static byte[] batch(long number, Crew.SharedBatch batch, Crew.Groups groups) {
        Pass pass = batch.pass();
        int first = batch.network().firstSequence(pass, groups.from());
        int sequences = batch.network().firstSequence(pass, groups.to()) - first;
        int inputs = batch.network().inputs();
        int blocks = pass.constantInput() ? 1 : pass.steps();
        int labels = batch.labelsPerSequence();
        ByteBuffer message = begin(
                        BATCH,
                        2L * Long.BYTES
                                + 5L * Integer.BYTES
                                + Byte.BYTES
                                + (long) blocks * sequences * inputs * Float.BYTES
                                + (long) sequences * labels * Integer.BYTES)
                .putLong(number)
                .putLong(pass.randomKey())
                .putInt(pass.steps())
                .putInt(pass.batch())
                .putInt(pass.firstStep())
                .putInt(groups.from())
                .putInt(groups.to())
                .put((byte) (pass.constantInput() ? 1 : 0));
        for (int b = 0; b < blocks; b++) {
            put(message, batch.input(), (b * pass.batch() + first) * inputs, sequences * inputs);
        }
        for (int i = first * labels; i < (first + sequences) * labels; i++) {
            message.putInt(batch.labels()[i]);
        }
        return bytes(message);
    }

    /** The number of the batch whose message this is. */
    static long number(byte[] message) {
        return open(message, message[0]).getLong();
    }

    /**
     * Samples and labels, in room that is kept for the next batch.
     *
     * @param room grown as needed
     */
    static PartLearner.Part readBatch(byte[] message, PartLearner learner, Room room) {
        ByteBuffer from = open(message, BATCH);
        from.getLong();
        long key = from.getLong();
        var pass = new Pass(from.getInt(), from.getInt(), from.getInt(), key);
        TrainableNetwork network = learner.network();
        if (pass.steps() > network.maximumSteps() || pass.batch() > network.maximumBatch()) {
            throw new IllegalArgumentException("batch: expected at most " + network.maximumSteps() + " steps of "
                    + network.maximumBatch() + " sequences, found " + pass.steps() + " of " + pass.batch());
        }
        int fromGroup = from.getInt();
        int toGroup = from.getInt();
        if (from.get() != 0) {
            pass = pass.withConstantInput();
        }
        if (fromGroup < 0 || toGroup <= fromGroup || toGroup > network.groups(pass)) {
            throw new IllegalArgumentException("batch: expected groups within " + network.groups(pass) + ", found "
                    + fromGroup + " to " + toGroup);
        }
        int first = network.firstSequence(pass, fromGroup);
        int sequences = network.firstSequence(pass, toGroup) - first;
        int inputs = network.inputs();
        float[] input = room.input(pass.inputRows() * inputs);
        for (int b = 0; b < (pass.constantInput() ? 1 : pass.steps()); b++) {
            get(from, input, (b * pass.batch() + first) * inputs, sequences * inputs);
        }
        int each = learner.labelsPerSequence(pass);
        int[] labels = room.labels(pass.batch() * each);
        for (int i = first * each; i < (first + sequences) * each; i++) {
            labels[i] = from.getInt();
        }
        requireEnd(from);
        return new PartLearner.Part(pass, input, labels, fromGroup, toGroup);
    }

    /** Arrays that grow to the largest batch. */
    static final class Room {
        private float[] input = {};
        private int[] labels = {};

        private float[] input(int length) {
            input = input.length < length ? new float[length] : input;
            return input;
        }

        private int[] labels(int length) {
            labels = labels.length < length ? new int[length] : labels;
            return labels;
        }
    }

    /** What the groups of a part found. */
    static byte[] gradients(long number, TrainableNetwork network, PartLearner.Part part, List<LossParts> losses) {
        long floats = 0;
        for (int g = part.from(); g < part.to(); g++) {
            floats += floats(network.groupResults(part.pass(), g));
        }
        ByteBuffer message = begin(GRADIENTS, Long.BYTES + (long) losses.size() * LOSS_BYTES + floats * Float.BYTES)
                .putLong(number);
        for (LossParts loss : losses) {
            message.putDouble(loss.classification())
                    .putDouble(loss.rate())
                    .putDouble(loss.magnitude())
                    .putInt(loss.correct())
                    .putInt(loss.clips());
        }
        for (int g = part.from(); g < part.to(); g++) {
            for (FloatRange range : network.groupResults(part.pass(), g)) {
                put(message, range.values(), range.from(), range.length());
            }
        }
        return bytes(message);
    }

    private static long floats(List<FloatRange> ranges) {
        return ranges.stream().mapToLong(FloatRange::length).sum();
    }

    /** Puts what the groups found into the batch. */
    static void readGradients(byte[] message, Crew.SharedBatch batch, Crew.Groups groups) {
        ByteBuffer from = open(message, GRADIENTS);
        from.getLong();
        LossParts[] losses = new LossParts[groups.to() - groups.from()];
        for (int g = 0; g < losses.length; g++) {
            losses[g] =
                    new LossParts(from.getDouble(), from.getDouble(), from.getDouble(), from.getInt(), from.getInt());
        }
        for (int g = groups.from(); g < groups.to(); g++) {
            for (FloatRange range : batch.network().groupResults(batch.pass(), g)) {
                get(from, range.values(), range.from(), range.length());
            }
        }
        requireEnd(from);
        System.arraycopy(losses, 0, batch.losses(), groups.from(), losses.length);
    }
}
