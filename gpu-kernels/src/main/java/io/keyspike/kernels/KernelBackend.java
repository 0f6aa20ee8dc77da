package io.keyspike.kernels;

import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Whole-sequence kernels. {@code scalar} is the reference, {@code vector} the default; both give the same bits for finite
 * input, forward and backward, and nothing depends on the number of threads. Thread-safe.
 *
 * <p>What makes the bits the same is one order of operations for each result:
 *
 * <ul>
 *   <li>Synaptic sums have one accumulator each, take one fused multiply-add per term in the order stated at the method, and
 *       are stored as {@code sum + 0}, which makes +0 of −0. So terms with a factor of 0 may be left out.
 *   <li>Neurons' products are rounded before they are added ({@code NeuronArithmetic}).
 *   <li>Gradients of a neuron's parameters are summed over t descending within each sequence of the batch, and these sums
 *       are added to the gradient with b ascending.
 *   <li>Sums over rows in {@link #batchNorm} are taken in blocks of 128 rows, ascending within a block, then over the
 *     blocks.
 * </ul>
 *
 * <p>Outputs must not be the same array as an input unless the method says so.
 *
 * <p>Every method checks the lengths of its arrays against the shapes and throws {@link IllegalArgumentException} naming
 * both. Arrays may be longer than needed; only the leading part is used. Methods named {@code …Gradient} that fill a
 * parameter's gradient add to what is there; all others overwrite.
 */
public interface KernelBackend {

    /** {@return the name that it is chosen by, such as {@code scalar} or {@code vector}} */
    String name();

    // ---- threads --------------------------------------------------------------------------------------------------

    /** {@return the same kernels on the calling thread alone, for callers that share the work out themselves} */
    default KernelBackend serial() {
        return this;
    }

    /**
     * Whether a batch is best cut into slices, whole networks of which run side by side on {@link #serial} kernels.
     *
     * @return whether a batch is best cut into slices, whole networks of which run side by side on {@link #serial} kernels
     */
    default boolean sliceable() {
        return false;
    }

    /**
     * Runs tasks 0 to {@code tasks − 1}, each once, on this backend's threads, and returns when all are done.
     *
     * @param tasks how many
     * @param task takes the number of a task
     */
    default void forEach(int tasks, IntConsumer task) {
        for (int i = 0; i < tasks; i++) {
            task.accept(i);
        }
    }

    /** {@return how {@link #lif} solves its sequences; it gives the same bits whatever the solver} */
    default Solver solver() {
        return Solver.SCAN;
    }

    /** {@return what the solver of {@link #lif} has done since this backend was made} */
    default SolveCounts solveCounts() {
        return SolveCounts.NONE;
    }

    // ---- synapses -------------------------------------------------------------------------------------------------

    /**
     * {@code y[r, j] = bias[j] + Σ_i x[r, i]·w[i, j]}, ascending i, one fused multiply-add each.
     *
     * @param rows rows of the input
     * @param inputs columns of the input
     * @param outputs columns of the output
     * @param x {@code [rows, inputs]}
     * @param weight {@code [inputs, outputs]}
     * @param bias {@code [outputs]}, or null for +0
     * @param y {@code [rows, outputs]}
     */
    void dense(int rows, int inputs, int outputs, float[] x, float[] weight, float @Nullable [] bias, float[] y);

    /**
     * {@code dw[i, j] += Σ_r x[r, i]·dy[r, j]} and {@code db[j] += Σ_r dy[r, j]}, ascending r, starting from what is there.
     *
     * @param rows rows of the input
     * @param inputs columns of the input
     * @param outputs columns of the output
     * @param x {@code [rows, inputs]}, or {@code [rows, N]} where each input has one output
     * @param dy dL/dy, as long as the output
     * @param weightGradient dL/dw, as long as the weight, added to
     * @param biasGradient {@code [outputs]}, or null where there is no bias
     */
    void denseParameterGradient(
            int rows,
            int inputs,
            int outputs,
            float[] x,
            float[] dy,
            float[] weightGradient,
            float @Nullable [] biasGradient);

    /**
     * {@code dx[r, i] = Σ_j dy[r, j]·w[i, j]}, ascending j from +0.
     *
     * @param rows rows of the input
     * @param inputs columns of the input
     * @param outputs columns of the output
     * @param dy dL/dy, as long as the output
     * @param weight {@code [inputs, outputs]}, or {@code [N]} where each input has one output
     * @param dx dL/dx, as long as the input, written
     */
    void denseInputGradient(int rows, int inputs, int outputs, float[] dy, float[] weight, float[] dx);

    /**
     * A dense synapse's products, for weights that serve many products before they change.
     *
     * @param inputs columns of the input
     * @param outputs columns of the output
     * @return a dense synapse's products, for weights that serve many products before they change
     */
    DenseProducts products(int inputs, int outputs);

    /**
     * The front end's wiring: {@code y[r, n] = fma(x[r, n], w[n], +0)}, so one rounded product.
     *
     * @param rows rows of the input
     * @param neurons N
     * @param x {@code [rows, inputs]}, or {@code [rows, N]} where each input has one output
     * @param weight {@code [inputs, outputs]}, or {@code [N]} where each input has one output
     * @param y {@code [rows, N]}, written
     */
    void diagonal(int rows, int neurons, float[] x, float[] weight, float[] y);

    /**
     * {@code dw[n] += Σ_r x[r, n]·dy[r, n]}, ascending r, fused, starting from what is there.
     *
     * @param rows rows of the input
     * @param neurons N
     * @param x {@code [rows, inputs]}, or {@code [rows, N]} where each input has one output
     * @param dy dL/dy, as long as the output
     * @param weightGradient dL/dw, as long as the weight, added to
     */
    void diagonalParameterGradient(int rows, int neurons, float[] x, float[] dy, float[] weightGradient);

    /**
     * {@code dx[r, n] = fma(dy[r, n], w[n], +0)}.
     *
     * @param rows rows of the input
     * @param neurons N
     * @param dy dL/dy, as long as the output
     * @param weight {@code [inputs, outputs]}, or {@code [N]} where each input has one output
     * @param dx dL/dx, as long as the input, written
     */
    void diagonalInputGradient(int rows, int neurons, float[] dy, float[] weight, float[] dx);

    // ---- neurons --------------------------------------------------------------------------------------------------

    /**
     * LIF over a whole sequence from zero state.
     *
     * @param shape [T, B, N]
     * @param parameters of the neurons
     * @param current I, {@code [T, B, N]}
     * @param membrane p, the membrane before the reset, {@code [T, B, N]}, written
     * @param spikes s, {@code [T, B, N]}, written
     */
    void lif(SequenceShape shape, LifParameters parameters, float[] current, float[] membrane, float[] spikes);

    /**
     * Backward pass of {@link #lif} and {@link #lifTraining} through the whole sequence. With gU the gradient at u[t] that
     *     step
     * t + 1 left, cS, cP and cU the gradients given for s, p and u, and σ the surrogate:
     *
     * <pre>
     * g  = gU + cU, or 0 where the floor holds u        gs = cS
     * subtract: gθ −= g·s     attached: gs −= θ·g       zero: attached: gs −= p·g, then g = 0 where s
     * h  = gs·σ(p − θ)        gθ −= h
     * gI = (g + cP) + h       gβ += gI·u[t−1]           gU of t − 1 = β·gI
     * </pre>
     *
     * Spikes and u follow from the membranes as they were kept, so they are not asked for.
     *
     * @param run what is read and written
     */
    void lifBackward(LifBackward run);

    /**
     * {@link #lif} as training wants it: membranes kept in the precision asked for, spikes as floats, as bits or both, and a
     * current that may be the same at each step.
     *
     * @param run what is read and written
     */
    void lifTraining(LifTraining run);

    /**
     * Adaptive LIF over a whole sequence from zero state.
     *
     * @param shape [T, B, N]
     * @param parameters of the neurons
     * @param current I, {@code [T, B, N]}
     * @param membrane u, {@code [T, B, N]}, written
     * @param adaptation w, {@code [T, B, N]}, written
     * @param spikes s, {@code [T, B, N]}, written
     */
    void adaptiveLif(
            SequenceShape shape,
            AdaptiveLifParameters parameters,
            float[] current,
            float[] membrane,
            float[] adaptation,
            float[] spikes);

    /**
     * {@link #adaptiveLif} with the spikes as bits.
     *
     * @param shape [T, B, N]
     * @param parameters of the neurons
     * @param current I, {@code [T, B, N]}
     * @param membrane u, {@code [T, B, N]}, written
     * @param adaptation w, {@code [T, B, N]}, written
     * @param bits s as {@link SpikeBits}, written
     */
    void adaptiveLifBits(
            SequenceShape shape,
            AdaptiveLifParameters parameters,
            float[] current,
            float[] membrane,
            float[] adaptation,
            long[] bits);

    /**
     * Backward pass of {@link #adaptiveLif}.
     *
     * @param run what is read and written
     */
    void adaptiveLifBackward(AdaptiveLifBackward run);

    /**
     * {@link #lif} with synapses inside the layer: {@code I} becomes I′ of {@link RecurrentSynapses}, step by step.
     *
     * @param shape [T, B, N]
     * @param parameters of the neurons
     * @param recurrent the layer's own synapses
     * @param current I on entry, I′ on return, {@code [T, B, N]}
     * @param membrane {@code [T, B, N]}, written
     * @param spikes s, {@code [T, B, N]}, written
     */
    void recurrentLif(
            SequenceShape shape,
            LifParameters parameters,
            RecurrentSynapses recurrent,
            float[] current,
            float[] membrane,
            float[] spikes);

    /**
     * Backward pass of {@link #recurrentLif}: that of {@link #lifBackward} with {@code gs} of {@link RecurrentSynapses}.
     *
     * @param run what is read and written; of the gradients given only that of the spikes counts, which has on return what
     *     came through the recurrent synapses, and neither it nor the current's is for a constant current
     * @param recurrent the layer's own synapses
     */
    void recurrentLifBackward(LifBackward run, RecurrentBackward recurrent);

    /**
     * {@link #adaptiveLif} with synapses inside the layer, as {@link #recurrentLif} has them.
     *
     * @param shape [T, B, N]
     * @param parameters of the neurons
     * @param recurrent the layer's own synapses
     * @param current I on entry, I′ on return, {@code [T, B, N]}
     * @param membrane {@code [T, B, N]}, written
     * @param adaptation w, {@code [T, B, N]}, written
     * @param spikes s, {@code [T, B, N]}, written
     */
    void recurrentAdaptiveLif(
            SequenceShape shape,
            AdaptiveLifParameters parameters,
            RecurrentSynapses recurrent,
            float[] current,
            float[] membrane,
            float[] adaptation,
            float[] spikes);

    /**
     * Backward pass of {@link #recurrentAdaptiveLif}, as {@link #recurrentLifBackward} is of LIF.
     *
     * @param run what is read and written; the spikes' gradient has on return what came through the recurrent synapses
     * @param recurrent the layer's own synapses
     */
    void recurrentAdaptiveLifBackward(AdaptiveLifBackward run, RecurrentBackward recurrent);

    /**
     * snnTorch's neurons ({@link LeakyParameters} has the equations) over a whole sequence from zero state.
     *
     * @param shape [T, B, N]
     * @param parameters of the neurons
     * @param recurrent synapses inside the layer, as {@link #recurrentLif} has them, or null
     * @param current I, {@code [T, B, N]}; I′ on return where there are recurrent synapses
     * @param sequence written
     */
    void leaky(
            SequenceShape shape,
            LeakyParameters parameters,
            @Nullable RecurrentSynapses recurrent,
            float[] current,
            LeakySequence sequence);

    /**
     * Backward pass of {@link #leaky} with snnTorch's conventions: the spike that the delayed reset sees carries no
     *     gradient,
     * that of a reset in the same step does. {@code ScalarLeaky.backward} has the equations and the order of operations.
     *
     * @param run what is read and written
     */
    void leakyBackward(LeakyBackward run);

    /**
     * Leaky integrator without spikes, a readout: {@code y ← c·y + (1 − c)·I}, each operation rounded on its own.
     *
     * @param shape [T, B, N]
     * @param decay c, {@code [N]}
     * @param current I, {@code [T, B, N]}
     * @param output y, {@code [T, B, N]}, written
     */
    void leakyIntegrator(SequenceShape shape, float[] decay, float[] current, float[] output);

    /**
     * Backward pass of {@link #leakyIntegrator}.
     *
     * @param shape [T, B, N]
     * @param decay c, {@code [N]}
     * @param output y, {@code [T, B, N]}
     * @param current I, {@code [T, B, N]}
     * @param outputGradient dL/dy, {@code [T, B, N]}
     * @param currentGradient dL/dI, {@code [T, B, N]}, written
     * @param decayGradient dL/dc, {@code [N]}, added to, or null
     */
    void leakyIntegratorBackward(
            SequenceShape shape,
            float[] decay,
            float[] output,
            float[] current,
            float[] outputGradient,
            float[] currentGradient,
            float @Nullable [] decayGradient);

    // ---- normalisation of currents, while training only -----------------------------------------------------------

    /**
     * Batch normalisation of currents over all rows (Ioffe and Szegedy 2015): {@code y = gain·(x − mean)/√(var + ε) + shift}
     * per neuron, with the batch's own mean and (biased) variance, which are written.
     *
     * @param norm sizes, gain, and the mean and variance, which are written
     * @param x {@code [rows, N]}
     * @param shift {@code [N]}
     * @param y {@code [rows, N]}, written; may be x itself
     */
    void batchNorm(BatchNorm norm, float[] x, float[] shift, float[] y);

    /**
     * Backward pass of {@link #batchNorm}.
     *
     * @param norm as the forward pass left it
     * @param x the input of the forward pass, {@code [rows, N]}
     * @param dy dL/dy, {@code [rows, N]}
     * @param dx dL/dx, {@code [rows, N]}, written; may be dy itself
     * @param gainGradient {@code [N]}, added to
     * @param shiftGradient {@code [N]}, added to
     */
    void batchNormBackward(
            BatchNorm norm, float[] x, float[] dy, float[] dx, float[] gainGradient, float[] shiftGradient);

    // ---- LIF driven by synaptic currents ----------------------------------------------------------------------------

    /**
     * LIF driven by synaptic currents, with up to M spikes a step ({@link CurrentLifParameters} has the equations), over a
     * whole sequence from zero state.
     *
     * @param shape T, B and the number of neurons N
     * @param parameters of the neurons
     * @param input x, {@code [T, B, S·N]}, synapse-major; {@code [T, B, N]} where S = 0
     * @param sequence written
     */
    void currentLif(SequenceShape shape, CurrentLifParameters parameters, float[] input, CurrentLifSequence sequence);

    /**
     * Backward pass of {@link #currentLif}. With gV the gradient at v[t] that step t + 1 left, cS and cP those given for k
     * and p, and σ the surrogate:
     *
     * <pre>
     * g   = gV, or 0 where the floor holds v              gs = cS
     * subtract: gθ −= g·k     attached: gs −= θ·g         zero: attached: gs −= p·g, then g = 0 where k &gt; 0
     * h   = gs·σ(p − θ)       gθ −= h
     * gp  = (g + cP) + h      gβ += gp·v[t−1]             gV of t − 1 = β·gp
     * gi_s = gp + gx_s[t+1]   gα_s += gi_s·(i_s[t−1] + x_s[t])
     * gx_s = α_s·gi_s         or gx = gp where S = 0
     * </pre>
     *
     * @param shape T, B and the number of neurons N
     * @param parameters of the neurons
     * @param input x, as {@link #currentLif} had it; only read where gα is wanted
     * @param sequence as {@link #currentLif} wrote it
     * @param adjoint the gradients given and those to make
     */
    void currentLifBackward(
            SequenceShape shape,
            CurrentLifParameters parameters,
            float[] input,
            CurrentLifSequence sequence,
            CurrentLifAdjoint adjoint);
}
