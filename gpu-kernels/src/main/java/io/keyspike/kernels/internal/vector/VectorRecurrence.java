package io.keyspike.kernels.internal.vector;

import static io.keyspike.kernels.internal.vector.Lanes.LENGTH;
import static io.keyspike.kernels.internal.vector.Lanes.SPECIES;

import io.keyspike.kernels.RecurrentSynapses;
import io.keyspike.kernels.RecurrentWiring;
import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.internal.scalar.ScalarRecurrence;
import io.keyspike.kernels.internal.threads.Scratch;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * {@link ScalarRecurrence} on vectors, the same sums in the same order. Forward it is driven by events: spikes are few and
 * the rows of weights that they choose lie close. Backward every gradient counts, and a tile of rows shares each weight that
 * is read. Unchecked.
 */
final class VectorRecurrence {

    /** Sequences whose rows share a weight while it is in a register. */
    static final int TILE_ROWS = 4;

    /** Columns of a panel of the transposed weights. */
    private static final int PANEL = 2 * LENGTH;

    private VectorRecurrence() {}

    // ---- forward --------------------------------------------------------------------------------------------------

    static void addCurrents(
            SequenceShape shape,
            RecurrentSynapses recurrent,
            int t,
            int fromSequence,
            int toSequence,
            float[] spikes,
            float[] current) {
        boolean allToAll = recurrent.wiring() == RecurrentWiring.ALL_TO_ALL;
        float[] weight = recurrent.weight();
        int batch = shape.batch();
        int neurons = shape.neurons();
        int[] fired = Scratch.ints(neurons);
        for (int b = fromSequence; b < toSequence; b++) {
            int row = (t * batch + b) * neurons;
            int before = row - batch * neurons;
            int count = 0;
            for (int i = 0; i < neurons && t > 0; i++) {
                fired[count] = i;
                count +=
                        (int) spikes[before + i]; // without a branch: the next index overwrites that of a silent neuron
            }
            if (allToAll) {
                addRows(neurons, fired, count, weight, row, current);
            } else {
                addOwn(neurons, fired, count, weight, row, current);
            }
        }
    }

    private static void addRows(int neurons, int[] fired, int count, float[] weight, int row, float[] current) {
        int j = 0;
        for (; j + 4 * LENGTH <= neurons; j += 4 * LENGTH) {
            addRows4(j, neurons, fired, count, weight, row, current);
        }
        for (; j + LENGTH <= neurons; j += LENGTH) {
            FloatVector s = FloatVector.fromArray(SPECIES, current, row + j);
            for (int k = 0; k < count; k++) {
                s = s.add(FloatVector.fromArray(SPECIES, weight, fired[k] * neurons + j));
            }
            s.add(0f).intoArray(current, row + j);
        }
        for (; j < neurons; j++) {
            float s = current[row + j];
            for (int k = 0; k < count; k++) {
                s += weight[fired[k] * neurons + j];
            }
            current[row + j] = s + 0f;
        }
    }

    /** Four sums side by side hide one another's latency. */
    private static void addRows4(int j, int neurons, int[] fired, int count, float[] weight, int row, float[] current) {
        FloatVector s0 = FloatVector.fromArray(SPECIES, current, row + j);
        FloatVector s1 = FloatVector.fromArray(SPECIES, current, row + j + LENGTH);
        FloatVector s2 = FloatVector.fromArray(SPECIES, current, row + j + 2 * LENGTH);
        FloatVector s3 = FloatVector.fromArray(SPECIES, current, row + j + 3 * LENGTH);
        for (int k = 0; k < count; k++) {
            int at = fired[k] * neurons + j;
            s0 = s0.add(FloatVector.fromArray(SPECIES, weight, at));
            s1 = s1.add(FloatVector.fromArray(SPECIES, weight, at + LENGTH));
            s2 = s2.add(FloatVector.fromArray(SPECIES, weight, at + 2 * LENGTH));
            s3 = s3.add(FloatVector.fromArray(SPECIES, weight, at + 3 * LENGTH));
        }
        s0.add(0f).intoArray(current, row + j);
        s1.add(0f).intoArray(current, row + j + LENGTH);
        s2.add(0f).intoArray(current, row + j + 2 * LENGTH);
        s3.add(0f).intoArray(current, row + j + 3 * LENGTH);
    }

    private static void addOwn(int neurons, int[] fired, int count, float[] weight, int row, float[] current) {
        for (int k = 0; k < count; k++) {
            current[row + fired[k]] += weight[fired[k]];
        }
        for (int j = 0; j < neurons; j++) {
            current[row + j] += 0f;
        }
    }

    // ---- backward -------------------------------------------------------------------------------------------------

    /** Floats of the transposed weights: panels of two vectors of columns, the last filled up with zeros. */
    static int transposedLength(int neurons) {
        return Math.multiplyExact(neurons, panels(neurons) * PANEL);
    }

    private static int panels(int neurons) {
        return (neurons + PANEL - 1) / PANEL;
    }

    /** {@code weight[i, j]} at column i of row j of its panel, so that lanes run over i and a panel is read in one run. */
    static void transpose(int neurons, float[] weight, float[] transposed) {
        for (int panel = 0; panel < panels(neurons); panel++) {
            int first = panel * PANEL;
            int real = Math.min(PANEL, neurons - first);
            for (int j = 0; j < neurons; j++) {
                int at = (panel * neurons + j) * PANEL;
                for (int i = 0; i < real; i++) {
                    transposed[at + i] = weight[(first + i) * neurons + j];
                }
                Arrays.fill(transposed, at + real, at + PANEL, 0f);
            }
        }
    }

    /** All to all. */
    static void addGradients(
            SequenceShape shape,
            int t,
            int fromSequence,
            int toSequence,
            float[] transposed,
            float[] currentGradient,
            float[] spikeGradient) {
        int batch = shape.batch();
        int neurons = shape.neurons();
        int rowStep = batch * neurons;
        int b = fromSequence;
        for (; b + TILE_ROWS <= toSequence; b += TILE_ROWS) {
            int row = (t * batch + b) * neurons;
            int i = 0;
            for (; i + PANEL <= neurons; i += PANEL) {
                tile(i, neurons, row + rowStep, row, transposed, currentGradient, spikeGradient);
            }
            for (; i < neurons; i += LENGTH) {
                for (int k = 0; k < TILE_ROWS; k++) {
                    int one = row + k * neurons;
                    row(i, neurons, one + rowStep, one, transposed, currentGradient, spikeGradient);
                }
            }
        }
        for (; b < toSequence; b++) {
            int row = (t * batch + b) * neurons;
            for (int i = 0; i < neurons; i += LENGTH) {
                row(i, neurons, row + rowStep, row, transposed, currentGradient, spikeGradient);
            }
        }
    }

    /** Eight sums hide the latency of a multiply-add. */
    private static void tile(
            int i,
            int neurons,
            int after,
            int row,
            float[] transposed,
            float[] currentGradient,
            float[] spikeGradient) {
        FloatVector s00 = FloatVector.zero(SPECIES);
        FloatVector s01 = s00;
        FloatVector s10 = s00;
        FloatVector s11 = s00;
        FloatVector s20 = s00;
        FloatVector s21 = s00;
        FloatVector s30 = s00;
        FloatVector s31 = s00;
        for (int j = 0; j < neurons; j++) {
            int at = i * neurons + j * PANEL; // i is the panel's first column
            FloatVector w0 = FloatVector.fromArray(SPECIES, transposed, at);
            FloatVector w1 = FloatVector.fromArray(SPECIES, transposed, at + LENGTH);
            FloatVector g = FloatVector.broadcast(SPECIES, currentGradient[after + j]);
            s00 = g.fma(w0, s00);
            s01 = g.fma(w1, s01);
            g = FloatVector.broadcast(SPECIES, currentGradient[after + neurons + j]);
            s10 = g.fma(w0, s10);
            s11 = g.fma(w1, s11);
            g = FloatVector.broadcast(SPECIES, currentGradient[after + 2 * neurons + j]);
            s20 = g.fma(w0, s20);
            s21 = g.fma(w1, s21);
            g = FloatVector.broadcast(SPECIES, currentGradient[after + 3 * neurons + j]);
            s30 = g.fma(w0, s30);
            s31 = g.fma(w1, s31);
        }
        add(s00, s01, spikeGradient, row + i);
        add(s10, s11, spikeGradient, row + neurons + i);
        add(s20, s21, spikeGradient, row + 2 * neurons + i);
        add(s30, s31, spikeGradient, row + 3 * neurons + i);
    }

    private static void add(FloatVector s0, FloatVector s1, float[] to, int at) {
        FloatVector.fromArray(SPECIES, to, at).add(s0.add(0f)).intoArray(to, at);
        FloatVector.fromArray(SPECIES, to, at + LENGTH).add(s1.add(0f)).intoArray(to, at + LENGTH);
    }

    private static void row(
            int i,
            int neurons,
            int after,
            int row,
            float[] transposed,
            float[] currentGradient,
            float[] spikeGradient) {
        FloatVector s = FloatVector.zero(SPECIES);
        int column = i % PANEL;
        int panel = (i - column) * neurons + column;
        for (int j = 0; j < neurons; j++) {
            FloatVector w = FloatVector.fromArray(SPECIES, transposed, panel + j * PANEL);
            s = FloatVector.broadcast(SPECIES, currentGradient[after + j]).fma(w, s);
        }
        VectorMask<Float> real = SPECIES.indexInRange(i, neurons);
        FloatVector.fromArray(SPECIES, spikeGradient, row + i, real)
                .add(s.add(0f))
                .intoArray(spikeGradient, row + i, real);
    }
}
