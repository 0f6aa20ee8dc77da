package io.keyspike.kernels.internal.scalar;

import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.internal.arithmetic.NeuronAdjoint;
import io.keyspike.kernels.internal.arithmetic.NeuronArithmetic;

/** The leaky integrator over a sequence as plain loops, one lane after the other. Unchecked. */
public final class ScalarIntegrator {

    private ScalarIntegrator() {}

    /**
     * A forward pass.
     *
     * @param decay c, {@code [N]}
     * @param current I, {@code [T, B, N]}
     * @param output y, {@code [T, B, N]}, written
     */
    @SuppressWarnings("ArrayRecordComponent") // a bundle of kernel arguments, never compared
    public record Forward(SequenceShape shape, float[] decay, float[] current, float[] output) {}

    /**
     * A backward pass.
     *
     * @param decay c, {@code [N]}
     * @param output y as the forward pass wrote it, {@code [T, B, N]}
     * @param current I, {@code [T, B, N]}
     * @param outputGradient dL/dy, {@code [T, B, N]}
     * @param currentGradient dL/dI, {@code [T, B, N]}, written
     */
    @SuppressWarnings("ArrayRecordComponent") // a bundle of kernel arguments, never compared
    public record Backward(
            SequenceShape shape,
            float[] decay,
            float[] output,
            float[] current,
            float[] outputGradient,
            float[] currentGradient) {}

    /** Some lanes through all steps. */
    public static void forward(Forward run, int fromLane, int toLane) {
        int lanes = run.shape.lanes();
        float[] current = run.current;
        float[] output = run.output;
        for (int lane = fromLane; lane < toLane; lane++) {
            float c = run.decay[lane % run.shape.neurons()];
            float y = 0f;
            for (int t = 0; t < run.shape.steps(); t++) {
                int at = t * lanes + lane;
                y = NeuronArithmetic.integrate(c, y, current[at]);
                output[at] = y;
            }
        }
    }

    /** @param decaySums dL/dc of each lane, {@code [lanes]}, written */
    public static void backward(Backward run, float[] decaySums, int fromLane, int toLane) {
        int lanes = run.shape.lanes();
        float[] output = run.output;
        float[] current = run.current;
        float[] outputGradient = run.outputGradient;
        float[] currentGradient = run.currentGradient;
        for (int lane = fromLane; lane < toLane; lane++) {
            float c = run.decay[lane % run.shape.neurons()];
            float carried = 0f;
            float sum = 0f;
            for (int t = run.shape.steps() - 1; t >= 0; t--) {
                int at = t * lanes + lane;
                float g = outputGradient[at] + carried;
                currentGradient[at] = NeuronAdjoint.integratorCurrent(c, g);
                float before = t == 0 ? 0f : output[at - lanes];
                sum = NeuronAdjoint.plus(sum, g, before - current[at]);
                carried = NeuronAdjoint.carried(c, g);
            }
            decaySums[lane] = sum;
        }
    }
}
