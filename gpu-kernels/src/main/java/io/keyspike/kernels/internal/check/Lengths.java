package io.keyspike.kernels.internal.check;

import io.keyspike.kernels.AdaptiveLifParameters;
import io.keyspike.kernels.CurrentLifParameters;
import io.keyspike.kernels.CurrentLifSequence;
import io.keyspike.kernels.LeakyParameters;
import io.keyspike.kernels.LeakySequence;
import io.keyspike.kernels.LifParameters;
import io.keyspike.kernels.RecurrentSynapses;
import io.keyspike.kernels.RecurrentWiring;
import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.SpikeBits;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Checks of array lengths against shapes; a null array is one that was left out on purpose and passes. */
public final class Lengths {

    private Lengths() {}

    public static void require(String kernel, String array, float @Nullable [] values, String axis, int size) {
        if (values != null && values.length < size) {
            throw tooShort(kernel, array, size, axis + "=" + size, values.length);
        }
    }

    public static void require(
            String kernel, String array, float @Nullable [] values, String axis0, int size0, String axis1, int size1) {
        long expected = (long) size0 * size1;
        if (values != null && values.length < expected) {
            throw tooShort(kernel, array, expected, axis0 + "=" + size0 + " × " + axis1 + "=" + size1, values.length);
        }
    }

    static void of(String kernel, SequenceShape shape, String array, float @Nullable [] values) {
        if (values != null) {
            of(kernel, shape, array, values.length);
        }
    }

    static void of(String kernel, SequenceShape shape, String array, int length) {
        if (length < shape.size()) {
            throw tooShort(kernel, array, shape.size(), axes(shape), length);
        }
    }

    static void ofBits(String kernel, SequenceShape shape, long @Nullable [] bits) {
        if (bits != null && bits.length < SpikeBits.words(shape)) {
            throw tooShort(kernel, "bits", SpikeBits.words(shape), axes(shape) + " in words of 64", bits.length);
        }
    }

    private static String axes(SequenceShape shape) {
        return "steps=" + shape.steps() + " × batch=" + shape.batch() + " × neurons=" + shape.neurons();
    }

    static void of(String kernel, SequenceShape shape, LifParameters parameters) {
        require(kernel, "decay", parameters.decay(), "neurons", shape.neurons());
        require(kernel, "threshold", parameters.threshold(), "neurons", shape.neurons());
    }

    static void of(String kernel, SequenceShape shape, AdaptiveLifParameters parameters) {
        require(kernel, "membraneDecay", parameters.membraneDecay(), "neurons", shape.neurons());
        require(kernel, "adaptationDecay", parameters.adaptationDecay(), "neurons", shape.neurons());
        require(kernel, "membraneCoupling", parameters.membraneCoupling(), "neurons", shape.neurons());
        require(kernel, "spikeCoupling", parameters.spikeCoupling(), "neurons", shape.neurons());
        require(kernel, "threshold", parameters.threshold(), "neurons", shape.neurons());
    }

    @SuppressWarnings("ReferenceEquality") // whether it is one array is the question
    static void of(String kernel, SequenceShape shape, LeakyParameters parameters, LeakySequence sequence) {
        require(kernel, "synapseDecay", parameters.synapseDecay(), "neurons", shape.neurons());
        require(kernel, "decay", parameters.decay(), "neurons", shape.neurons());
        require(kernel, "threshold", parameters.threshold(), "neurons", shape.neurons());
        if ((parameters.synapseDecay() == null) != (sequence.synapse() == null)) {
            throw new IllegalArgumentException(kernel
                    + ": expected an array of synaptic currents where there are synaptic"
                    + " decays and none where there are none, found " + (sequence.synapse() == null ? "none" : "one"));
        }
        if (sequence.membrane() == sequence.potential() && !parameters.resetDelayed()) {
            throw new IllegalArgumentException(kernel + ": expected arrays of their own for the potential and for the"
                    + " membrane, which differ where the reset is not delayed, found one");
        }
        of(kernel, shape, "synapse", sequence.synapse());
        of(kernel, shape, "potential", sequence.potential());
        of(kernel, shape, "membrane", sequence.membrane());
        of(kernel, shape, "spikes", sequence.spikes());
    }

    static void of(String kernel, SequenceShape shape, RecurrentSynapses recurrent) {
        of(kernel, shape, recurrent, "recurrentWeight", recurrent.weight());
    }

    static void of(
            String kernel, SequenceShape shape, RecurrentSynapses recurrent, String array, float @Nullable [] values) {
        int neurons = shape.neurons();
        if (recurrent.wiring() == RecurrentWiring.ALL_TO_ALL) {
            require(kernel, array, values, "neurons", neurons, "neurons", neurons);
        } else {
            require(kernel, array, values, "neurons", neurons);
        }
    }

    static void requireCounts(String kernel, String axis0, int size0, String axis1, int size1) {
        requireCount(kernel, axis0, size0);
        requireCount(kernel, axis1, size1);
    }

    static void requireCounts(
            String kernel, String axis0, int size0, String axis1, int size1, String axis2, int size2) {
        requireCounts(kernel, axis0, size0, axis1, size1);
        requireCount(kernel, axis2, size2);
    }

    private static void requireCount(String kernel, String axis, int size) {
        if (size < 0) {
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "%s: expected %s of at least 0, found %,d", kernel, axis, size));
        }
    }

    private static IllegalArgumentException tooShort(
            String kernel, String array, long expected, String axes, int found) {
        return new IllegalArgumentException(String.format(
                Locale.ROOT,
                "%s: expected %s of at least %,d values for %s, found %,d",
                kernel,
                array,
                expected,
                axes,
                found));
    }

    static void of(
            String kernel,
            SequenceShape shape,
            CurrentLifParameters parameters,
            float[] input,
            CurrentLifSequence sequence) {
        int neurons = shape.neurons();
        int synapses = parameters.synapses();
        require(kernel, "synapseDecay", parameters.synapseDecay(), "synapses", synapses, "neurons", neurons);
        require(kernel, "decay", parameters.decay(), "neurons", neurons);
        require(kernel, "threshold", parameters.threshold(), "neurons", neurons);
        of(kernel, shape.withNeurons(Math.multiplyExact(Math.max(1, synapses), neurons)), "input", input);
        of(kernel, shape.withNeurons(Math.multiplyExact(synapses, neurons)), "synapse", sequence.synapse());
        of(kernel, shape, "membrane", sequence.membrane());
        of(kernel, shape, "spikes", sequence.spikes());
    }
}
