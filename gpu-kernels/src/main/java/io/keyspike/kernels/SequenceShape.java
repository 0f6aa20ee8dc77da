package io.keyspike.kernels;

/**
 * Axes of a sequence {@code [T, B, N]}: element (t, b, n) lies at {@code (t·B + b)·N + n}.
 *
 * @param steps T
 * @param batch B
 * @param neurons N
 */
public record SequenceShape(int steps, int batch, int neurons) {

    /**
     * Checks the sizes.
     *
     * @throws IllegalArgumentException if a size is below 0
     * @throws ArithmeticException if there are more elements than an array holds
     */
    public SequenceShape {
        if (steps < 0 || batch < 0 || neurons < 0) {
            throw new IllegalArgumentException("sequence shape: expected sizes of at least 0, found [" + steps + ", "
                    + batch + ", " + neurons + "]");
        }
        Math.multiplyExact(Math.multiplyExact(steps, batch), neurons);
    }

    /** {@return T·B·N} */
    public int size() {
        return steps * batch * neurons;
    }

    /** {@return T·B, the rows of a matrix product} */
    public int rows() {
        return steps * batch;
    }

    /** {@return B·N, the independent lanes of a scan over time} */
    public int lanes() {
        return batch * neurons;
    }

    /**
     * The same steps and batch with another N.
     *
     * @param newNeurons N of the result
     * @return the same steps and batch with another N
     */
    public SequenceShape withNeurons(int newNeurons) {
        return new SequenceShape(steps, batch, newNeurons);
    }

    /**
     * The same batch and neurons with another T.
     *
     * @param newSteps T of the result
     * @return the same batch and neurons with another T
     */
    public SequenceShape withSteps(int newSteps) {
        return new SequenceShape(newSteps, batch, neurons);
    }
}
