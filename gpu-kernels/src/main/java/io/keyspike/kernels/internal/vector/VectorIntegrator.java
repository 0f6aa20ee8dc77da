package io.keyspike.kernels.internal.vector;

import static io.keyspike.kernels.internal.vector.Lanes.LENGTH;
import static io.keyspike.kernels.internal.vector.Lanes.SPECIES;

import io.keyspike.kernels.internal.scalar.ScalarIntegrator;
import jdk.incubator.vector.FloatVector;

/** The leaky integrator over a sequence, laid out like {@link VectorLif}. Whole vectors only. Unchecked. */
final class VectorIntegrator {

    private VectorIntegrator() {}

    /**
     * @param decay c of each lane, {@code [lanes]}
     * @param y {@code [lanes]}, zeros, overwritten
     */
    static void forward(ScalarIntegrator.Forward run, float[] decay, float[] y, int fromLane, int toLane) {
        int steps = run.shape().steps();
        int lanes = run.shape().lanes();
        float[] current = run.current();
        float[] output = run.output();
        FloatVector one = FloatVector.broadcast(SPECIES, 1f);
        for (int t = 0; t < steps; t++) {
            int base = t * lanes;
            for (int lane = fromLane; lane < toLane; lane += LENGTH) {
                FloatVector c = FloatVector.fromArray(SPECIES, decay, lane);
                FloatVector next = c.mul(FloatVector.fromArray(SPECIES, y, lane))
                        .add(one.sub(c).mul(FloatVector.fromArray(SPECIES, current, base + lane)));
                next.intoArray(y, lane);
                next.intoArray(output, base + lane);
            }
        }
    }

    /**
     * Arrays of {@code [lanes]} that a backward pass works on.
     *
     * @param decay c of each lane
     * @param zeros zeros: the state before the first step
     * @param carried zeros, overwritten
     * @param decaySums zeros, receives each lane's gradient
     */
    @SuppressWarnings("ArrayRecordComponent") // working arrays, never compared
    record Work(float[] decay, float[] zeros, float[] carried, float[] decaySums) {}

    static void backward(ScalarIntegrator.Backward run, Work work, int fromLane, int toLane) {
        int steps = run.shape().steps();
        int lanes = run.shape().lanes();
        float[] decay = work.decay;
        float[] output = run.output();
        float[] current = run.current();
        float[] outputGradient = run.outputGradient();
        float[] currentGradient = run.currentGradient();
        float[] zeros = work.zeros;
        float[] carried = work.carried;
        float[] decaySums = work.decaySums;
        FloatVector one = FloatVector.broadcast(SPECIES, 1f);
        for (int t = steps - 1; t >= 0; t--) {
            int base = t * lanes;
            float[] before = t > 0 ? output : zeros;
            int baseBefore = t > 0 ? base - lanes : 0;
            for (int lane = fromLane; lane < toLane; lane += LENGTH) {
                FloatVector c = FloatVector.fromArray(SPECIES, decay, lane);
                FloatVector g = FloatVector.fromArray(SPECIES, outputGradient, base + lane)
                        .add(FloatVector.fromArray(SPECIES, carried, lane));
                one.sub(c).mul(g).intoArray(currentGradient, base + lane);
                FloatVector along = FloatVector.fromArray(SPECIES, before, baseBefore + lane)
                        .sub(FloatVector.fromArray(SPECIES, current, base + lane));
                FloatVector.fromArray(SPECIES, decaySums, lane)
                        .add(g.mul(along))
                        .intoArray(decaySums, lane);
                c.mul(g).intoArray(carried, lane);
            }
        }
    }
}
