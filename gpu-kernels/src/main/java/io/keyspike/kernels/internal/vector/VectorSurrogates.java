package io.keyspike.kernels.internal.vector;

import static io.keyspike.kernels.internal.vector.Lanes.LENGTH;
import static io.keyspike.kernels.internal.vector.Lanes.SPECIES;

import io.keyspike.kernels.Surrogate;
import io.keyspike.kernels.internal.arithmetic.SurrogateArithmetic;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** {@link SurrogateArithmetic} on whole vectors, the same operations in the same order. Unchecked. */
final class VectorSurrogates {

    private VectorSurrogates() {}

    /**
     * The derivatives at {@code membrane[base + lane] − threshold[lane]}.
     *
     * @param fromLane first lane
     * @param toLane end of the lanes, whole vectors later
     * @param maximum spikes of a neuron in one step
     * @param derivative by lane, written
     */
    static void derivatives(
            Surrogate surrogate,
            int fromLane,
            int toLane,
            float[] membrane,
            int base,
            float[] threshold,
            int maximum,
            float[] derivative) {
        derivatives(surrogate, fromLane, toLane, membrane, base, threshold, maximum, derivative, 0);
    }

    /**
     * As {@link #derivatives(Surrogate, int, int, float[], int, float[], int, float[])}, into a row that begins elsewhere.
     *
     * @param row where the first lane's derivative goes
     */
    static void derivatives(
            Surrogate surrogate,
            int fromLane,
            int toLane,
            float[] membrane,
            int base,
            float[] threshold,
            int maximum,
            float[] derivative,
            int row) {
        float slope = surrogate.slope();
        switch (surrogate.kind().code) {
            case SurrogateArithmetic.FAST_SIGMOID ->
                fastSigmoid(slope, fromLane, toLane, membrane, base, threshold, derivative, row);
            case SurrogateArithmetic.ATAN -> atan(slope, fromLane, toLane, membrane, base, threshold, derivative, row);
            case SurrogateArithmetic.SIGMOID ->
                sigmoid(slope, fromLane, toLane, membrane, base, threshold, derivative, row);
            case SurrogateArithmetic.STRAIGHT_THROUGH -> Arrays.fill(derivative, row + fromLane, row + toLane, 1f);
            default -> {
                int kind = surrogate.kind().code;
                for (int lane = fromLane; lane < toLane; lane++) {
                    derivative[row + lane] = SurrogateArithmetic.derivative(
                            kind, slope, membrane[base + lane], threshold[lane], maximum);
                }
            }
        }
    }

    private static FloatVector distance(float[] membrane, int base, float[] threshold, int lane) {
        return FloatVector.fromArray(SPECIES, membrane, base + lane)
                .sub(FloatVector.fromArray(SPECIES, threshold, lane));
    }

    private static void fastSigmoid(
            float slope,
            int fromLane,
            int toLane,
            float[] membrane,
            int base,
            float[] threshold,
            float[] derivative,
            int row) {
        FloatVector one = FloatVector.broadcast(SPECIES, 1f);
        for (int lane = fromLane; lane < toLane; lane += LENGTH) {
            fastSigmoid(distance(membrane, base, threshold, lane), slope, one).intoArray(derivative, row + lane);
        }
    }

    /**
     * The fast sigmoid's derivative, for loops that need it where it arises.
     *
     * @param distance membrane less threshold
     * @param one 1 in every lane
     */
    static FloatVector fastSigmoid(FloatVector distance, float slope, FloatVector one) {
        FloatVector d = distance.abs().mul(slope).add(1f);
        return one.div(d.mul(d));
    }

    private static void atan(
            float slope,
            int fromLane,
            int toLane,
            float[] membrane,
            int base,
            float[] threshold,
            float[] derivative,
            int row) {
        FloatVector height = FloatVector.broadcast(SPECIES, slope * 0.5f);
        float stretch = SurrogateArithmetic.HALF_PI * slope;
        for (int lane = fromLane; lane < toLane; lane += LENGTH) {
            FloatVector z = distance(membrane, base, threshold, lane).mul(stretch);
            height.div(z.mul(z).add(1f)).intoArray(derivative, row + lane);
        }
    }

    private static void sigmoid(
            float slope,
            int fromLane,
            int toLane,
            float[] membrane,
            int base,
            float[] threshold,
            float[] derivative,
            int row) {
        for (int lane = fromLane; lane < toLane; lane += LENGTH) {
            FloatVector e = exp(
                    distance(membrane, base, threshold, lane).abs().mul(slope).neg());
            FloatVector d = e.add(1f);
            e.mul(slope).div(d.mul(d)).intoArray(derivative, row + lane);
        }
    }

    private static FloatVector exp(FloatVector y) {
        FloatVector t = y.blend(SurrogateArithmetic.EXP_LOWEST, y.lt(SurrogateArithmetic.EXP_LOWEST));
        FloatVector rounder = FloatVector.broadcast(SPECIES, SurrogateArithmetic.ROUNDER);
        FloatVector shifted = t.fma(FloatVector.broadcast(SPECIES, SurrogateArithmetic.LOG2_E), rounder);
        FloatVector k = shifted.sub(rounder);
        FloatVector r = k.fma(FloatVector.broadcast(SPECIES, -SurrogateArithmetic.LN2_HIGH), t);
        r = k.fma(FloatVector.broadcast(SPECIES, -SurrogateArithmetic.LN2_LOW), r);
        FloatVector poly =
                FloatVector.broadcast(SPECIES, SurrogateArithmetic.C6).fma(r, at(SurrogateArithmetic.C5));
        poly = poly.fma(r, at(SurrogateArithmetic.C4));
        poly = poly.fma(r, at(SurrogateArithmetic.C3));
        poly = poly.fma(r, at(SurrogateArithmetic.C2));
        poly = poly.fma(r, at(1f));
        poly = poly.fma(r, at(1f));
        IntVector exponent = shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23);
        return poly.reinterpretAsInts().add(exponent).reinterpretAsFloats();
    }

    private static FloatVector at(float constant) {
        return FloatVector.broadcast(SPECIES, constant);
    }
}
