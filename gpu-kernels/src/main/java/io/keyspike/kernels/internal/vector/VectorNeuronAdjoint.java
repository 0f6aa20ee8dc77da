package io.keyspike.kernels.internal.vector;

import io.keyspike.kernels.internal.arithmetic.NeuronAdjoint;
import io.keyspike.kernels.internal.arithmetic.NeuronArithmetic;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * {@link NeuronAdjoint} a vector of lanes at a time, method by method under the same names, with the same bits; for the rest
 * as {@link VectorNeuronArithmetic}.
 */
final class VectorNeuronAdjoint {

    private VectorNeuronAdjoint() {}

    // ---- LIF ------------------------------------------------------------------------------------------------------

    static FloatVector lifAfter(
            int reset,
            FloatVector p,
            VectorMask<Float> fired,
            FloatVector threshold,
            float floor,
            FloatVector fromNext,
            FloatVector given) {
        FloatVector u = VectorNeuronArithmetic.lifReset(reset, p, fired, threshold);
        return fromNext.add(given).blend(0f, VectorNeuronArithmetic.atFloor(u, floor));
    }

    static FloatVector lifSpike(
            int reset, boolean detached, FloatVector p, FloatVector threshold, FloatVector given, FloatVector g) {
        if (detached || reset == NeuronArithmetic.NONE) {
            return given;
        }
        return given.sub((reset == NeuronArithmetic.SUBTRACT ? threshold : p).mul(g));
    }

    static FloatVector lifThreshold(int reset, VectorMask<Float> fired, FloatVector sum, FloatVector g, FloatVector h) {
        return (reset == NeuronArithmetic.SUBTRACT ? sum.sub(g, fired) : sum).sub(h);
    }

    static FloatVector lifCurrent(int reset, VectorMask<Float> fired, FloatVector g, FloatVector given, FloatVector h) {
        return (reset == NeuronArithmetic.ZERO ? g.blend(0f, fired) : g)
                .add(given)
                .add(h);
    }

    // ---- any neuron -----------------------------------------------------------------------------------------------

    static FloatVector plus(FloatVector sum, FloatVector a, FloatVector b) {
        return sum.add(a.mul(b));
    }

    static FloatVector carried(FloatVector factor, FloatVector gradient) {
        return factor.mul(gradient);
    }
}
