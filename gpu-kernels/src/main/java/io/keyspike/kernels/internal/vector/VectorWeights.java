package io.keyspike.kernels.internal.vector;

import static io.keyspike.kernels.internal.vector.Lanes.LENGTH;
import static io.keyspike.kernels.internal.vector.Lanes.SPECIES;

import io.keyspike.kernels.StepWeights;
import io.keyspike.kernels.internal.scalar.ScalarWeights;
import io.keyspike.kernels.internal.threads.Scratch;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;

/**
 * Weights as vectors read them: outside of the heap, each row from the beginning of a vector on, which is that of a cache line
 * where vectors are as long as one. A vector of 64 bytes within an array of Java lies across two lines and takes twice as long to
 * read.
 */
final class VectorWeights implements StepWeights {

    static final long VECTOR_BYTES = (long) LENGTH * Float.BYTES;

    final int inputs;
    final int outputs;

    /** From a row to the next. */
    final long rowBytes;

    /** {@code [inputs, outputs]}, each row filled up with zeros. */
    final MemorySegment rows;

    /** The same for plain loops, which layers narrower than a vector take. */
    final ScalarWeights plain;

    VectorWeights(int inputs, int outputs, float[] weight) {
        this.inputs = inputs;
        this.outputs = outputs;
        int columns = Lanes.vectors(outputs) * LENGTH;
        rowBytes = (long) columns * Float.BYTES;
        rows = Scratch.onLines(Math.max(1, inputs * rowBytes));
        EventProducts.lay(inputs, weight, outputs, rows, columns);
        plain = new ScalarWeights(inputs, outputs, outputs < LENGTH ? weight : new float[0]);
    }

    @Override
    public int inputs() {
        return inputs;
    }

    @Override
    public int outputs() {
        return outputs;
    }

    /** The weights from an input to {@link Lanes#LENGTH} outputs. */
    static FloatVector at(MemorySegment rows, long offset) {
        return FloatVector.fromMemorySegment(SPECIES, rows, offset, ByteOrder.nativeOrder());
    }
}
