package io.keyspike.kernels.internal.vector;

import static io.keyspike.kernels.internal.vector.Lanes.LENGTH;
import static io.keyspike.kernels.internal.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;

/** The leaky integrator over a sequence, laid out like {@link VectorLif}. Whole vectors only. Unchecked. */
final class VectorIntegrator {

    private VectorIntegrator() {}

    /** @param y {@code [lanes]}, zeros, overwritten */
    static void forward(
            int fromLane, int toLane, int steps, int lanes, float[] decay, float[] current, float[] output, float[] y) {
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
     * @param zeros {@code [lanes]}, zeros: the state before the first step
     * @param carried {@code [lanes]}, zeros, overwritten
     * @param decaySums {@code [lanes]}, zeros, receives each lane's gradient
     */
    static void backward(
            int fromLane,
            int toLane,
            int steps,
            int lanes,
            float[] decay,
            float[] output,
            float[] current,
            float[] outputGradient,
            float[] currentGradient,
            float[] zeros,
            float[] carried,
            float[] decaySums) {
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
