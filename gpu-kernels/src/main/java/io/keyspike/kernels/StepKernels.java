package io.keyspike.kernels;

import org.jspecify.annotations.Nullable;

/**
 * One time step of one stream: what streaming inference is made of. The same arithmetic as {@link KernelBackend}, bit for
 * bit, driven by events: only the weights of inputs that fired are touched. Nothing is allocated and nothing is checked;
 * the network that calls this has checked its shapes once.
 *
 * <p>What neurons remember from step to step lies in rows of {@code [N]}, one after the other, within an array of numbers that
 * a stream has for all its layers; and the spikes of the last step as {@link SpikeBits} of the shape [1, 1, N] within an array
 * of words, likewise. So a stream's memory takes few cache lines, which count where thousands of streams take turns.
 */
public interface StepKernels {

    /**
     * Widths that are multiples of this run fastest. To get that, pad layers with neurons that never fire ({@link
     * LifParameters#padded} and its likes) and weights with zeros.
     *
     * @return widths that are multiples of this run fastest
     */
    default int block() {
        return 1;
    }

    /**
     * Lays weights out for these kernels. To be done once, when a model is loaded: it takes memory and time.
     *
     * @param inputs neurons that the synapse comes from
     * @param outputs neurons that the synapse leads to
     * @param weight {@code [inputs, outputs]}, not to be changed afterwards
     * @return the same weights, for kernels of this kind only
     */
    StepWeights weights(int inputs, int outputs, float[] weight);

    /**
     * {@code current[j] = bias[j] + Σ over fired i of w[i, j]}, ascending i.
     *
     * @param weights made by {@link #weights} of kernels of this kind
     * @param bias {@code [outputs]}, or null for +0
     * @param fired indices of the inputs that fired, ascending
     * @param firedCount how many of them are valid
     * @param current {@code [outputs]}, written
     */
    void denseEvents(StepWeights weights, float @Nullable [] bias, int[] fired, int firedCount, float[] current);

    /**
     * {@code current[j] = bias[j] + Σ_i x[i]·w[i, j]} for real inputs, ascending i, fused.
     *
     * @param weights made by {@link #weights} of kernels of this kind
     * @param bias {@code [outputs]}, or null for +0
     * @param x {@code [inputs]}
     * @param current {@code [outputs]}, written
     */
    void denseValues(StepWeights weights, float @Nullable [] bias, float[] x, float[] current);

    /**
     * {@link #denseValues} of four streams: a weight that has been read serves all of them.
     *
     * @param weights made by {@link #weights} of kernels of this kind
     * @param bias {@code [outputs]}, or null for +0
     * @param x0 {@code [inputs]} of the first stream, and so on
     * @param x1 of the second
     * @param x2 of the third
     * @param x3 of the fourth
     * @param current0 {@code [outputs]} of the first stream, and so on; written
     * @param current1 of the second
     * @param current2 of the third
     * @param current3 of the fourth
     */
    default void denseValues(
            StepWeights weights,
            float @Nullable [] bias,
            float[] x0,
            float[] x1,
            float[] x2,
            float[] x3,
            float[] current0,
            float[] current1,
            float[] current2,
            float[] current3) {
        denseValues(weights, bias, x0, current0);
        denseValues(weights, bias, x1, current1);
        denseValues(weights, bias, x2, current2);
        denseValues(weights, bias, x3, current3);
    }

    /**
     * {@code current[n] = fma(x[n], w[n], +0)}.
     *
     * @param neurons N
     * @param x {@code [N]}
     * @param weight {@code [N]}
     * @param current {@code [N]}, written
     */
    void diagonal(int neurons, float[] x, float[] weight, float[] current);

    /**
     * One step of LIF.
     *
     * @param parameters of the neurons
     * @param current as long as the output; written by synapses, read by neurons
     * @param memory holds the membranes u, {@code [N]}, updated (after reset and floor)
     * @param at where they begin
     * @param spikes receives the spikes as bits
     * @param word where they begin
     * @param fired receives the indices of the neurons that fired, ascending
     * @return how many fired
     */
    int lif(LifParameters parameters, float[] current, float[] memory, int at, long[] spikes, int word, int[] fired);

    /**
     * One step of adaptive LIF.
     *
     * @param parameters of the neurons
     * @param current as long as the output; written by synapses, read by neurons
     * @param memory holds the membranes u, {@code [N]}, and then the adaptation w, {@code [N]}, updated
     * @param at where they begin
     * @param spikes s of the previous step on entry and of this step on return, as bits
     * @param word where they begin
     * @param fired receives the indices of the neurons that fired, ascending
     * @return how many fired
     */
    int adaptiveLif(
            AdaptiveLifParameters parameters,
            float[] current,
            float[] memory,
            int at,
            long[] spikes,
            int word,
            int[] fired);

    /**
     * One step of snnTorch's neurons.
     *
     * @param parameters of the neurons
     * @param recurrent whether they have {@link RecurrentSynapses}, which changes what a zero reset drops
     * @param current as long as the output; written by synapses, read by neurons
     * @param memory holds the membranes m, {@code [N]}, and then, where there is a synaptic decay, the synaptic currents i,
     *     {@code [N]}, updated
     * @param at where they begin
     * @param spikes receives the spikes as bits
     * @param word where they begin
     * @param fired receives the indices of the neurons that fired, ascending
     * @return how many fired
     */
    int leaky(
            LeakyParameters parameters,
            boolean recurrent,
            float[] current,
            float[] memory,
            int at,
            long[] spikes,
            int word,
            int[] fired);

    /**
     * What the spikes of the last step bring ({@link RecurrentSynapses}): {@code total[j] = current[j] + Σ over fired i of
     * w[i, j]}, ascending i, or of one to one {@code current[n] + w[n]} where n fired; stored as {@code sum + 0}.
     *
     * @param recurrent the layer's own synapses, of these kernels
     * @param fired indices of the neurons that fired in the last step, ascending
     * @param firedCount how many of them are valid
     * @param current {@code [N]}, not the same array as total
     * @param total {@code [N]}, written
     */
    default void recurrent(StepRecurrence recurrent, int[] fired, int firedCount, float[] current, float[] total) {
        StepWeights matrix = recurrent.matrix();
        if (matrix != null) {
            denseEvents(matrix, current, fired, firedCount, total);
            return;
        }
        float[] weight = recurrent.weight();
        System.arraycopy(current, 0, total, 0, recurrent.neurons());
        for (int k = 0; k < firedCount; k++) {
            total[fired[k]] += weight[fired[k]];
        }
        for (int n = 0; n < recurrent.neurons(); n++) {
            total[n] += 0f;
        }
    }

    /**
     * One step of the leaky integrator, whose output is what it remembers.
     *
     * @param neurons N
     * @param decay c, {@code [N]}
     * @param current as long as the output; written by synapses, read by neurons
     * @param memory holds y, {@code [N]}, updated
     * @param at where it begins
     */
    void leakyIntegrator(int neurons, float[] decay, float[] current, float[] memory, int at);

    /**
     * {@link #denseEvents} for inputs that may fire more than once a step: {@code current[j] = bias[j] + Σ over fired i of
     * count[i]·w[i, j]}, ascending i, fused.
     *
     * @param weights made by {@link #weights} of kernels of this kind
     * @param bias {@code [outputs]}, or null for +0
     * @param fired indices of the inputs that fired, ascending
     * @param counts how often each of them fired: {@code counts[k]} belongs to {@code fired[k]}
     * @param firedCount how many of both are valid
     * @param current {@code [outputs]}, written
     */
    void denseEvents(
            StepWeights weights, float @Nullable [] bias, int[] fired, int[] counts, int firedCount, float[] current);

    /**
     * One step of LIF driven by synaptic currents.
     *
     * @param parameters of the neurons
     * @param input x, {@code [S·N]}, synapse-major, or {@code [N]} where S = 0
     * @param memory holds the membranes v, {@code [N]}, updated (after reset and floor), and then the synaptic currents i,
     *     {@code [S·N]}, updated
     * @param at where they begin
     * @param fired {@code [N]}, receives the indices of the neurons that fired, ascending
     * @param counts {@code [N]}, receives how often each of them fired: {@code counts[k]} belongs to {@code fired[k]}, what
     *     follows the last is undefined; not touched where at most one spike a step is allowed
     * @return how many neurons fired
     */
    int currentLif(CurrentLifParameters parameters, float[] input, float[] memory, int at, int[] fired, int[] counts);
}
