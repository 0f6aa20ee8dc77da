package io.keyspike.kernels;

/**
 * Batch normalisation of currents, without its input: what {@link KernelBackend#batchNorm} writes and
 * {@link KernelBackend#batchNormBackward} reads.
 *
 * @param rows rows of the input
 * @param neurons N, columns of the input
 * @param gain {@code [N]}
 * @param epsilon ε, added to the variance
 * @param mean of the batch, {@code [N]}, written by the forward pass
 * @param variance of the batch, biased, {@code [N]}, written by the forward pass
 */
@SuppressWarnings("ArrayRecordComponent") // a bundle of kernel arguments, never compared
public record BatchNorm(int rows, int neurons, float[] gain, float epsilon, float[] mean, float[] variance) {

    /**
     * Checks the lengths of the arrays.
     *
     * @param kernel name of the kernel, for the message
     * @throws IllegalArgumentException if a size is below 0 or an array too short
     */
    public void check(String kernel) {
        Lengths.requireCounts(kernel, "rows", rows, "neurons", neurons);
        Lengths.require(kernel, "gain", gain, "neurons", neurons);
        Lengths.require(kernel, "mean", mean, "neurons", neurons);
        Lengths.require(kernel, "variance", variance, "neurons", neurons);
    }
}
