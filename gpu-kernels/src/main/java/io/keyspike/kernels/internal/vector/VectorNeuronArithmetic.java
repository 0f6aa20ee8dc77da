package io.keyspike.kernels.internal.vector;

import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;

import io.keyspike.kernels.internal.arithmetic.NeuronArithmetic;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * {@link NeuronArithmetic} a vector of lanes at a time, method by method under the same names, with the same bits. Which
 * lanes fire is passed in as a mask where the caller has it, so that it is compared once.
 *
 * <p>For the kernels over whole sequences, which may allocate. The methods are short so that the compiler inlines them: it
 * keeps a vector that passes between methods in an object where it does not.
 */
final class VectorNeuronArithmetic {

    private VectorNeuronArithmetic() {}

    static VectorMask<Float> lifFires(FloatVector p, FloatVector threshold) {
        return p.compare(GT, threshold);
    }

    static FloatVector lifReset(int reset, FloatVector p, VectorMask<Float> fired, FloatVector threshold) {
        return reset == NeuronArithmetic.SUBTRACT
                ? p.sub(threshold, fired)
                : reset == NeuronArithmetic.ZERO ? p.blend(0f, fired) : p;
    }

    static VectorMask<Float> atFloor(FloatVector u, float floor) {
        return u.compare(LE, floor);
    }

    static FloatVector lifAfter(int reset, FloatVector p, VectorMask<Float> fired, FloatVector threshold, float floor) {
        FloatVector u = lifReset(reset, p, fired, threshold);
        return u.blend(floor, atFloor(u, floor));
    }
}
