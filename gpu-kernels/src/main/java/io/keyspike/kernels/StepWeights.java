package io.keyspike.kernels;

/**
 * Weights of a dense synapse, laid out once for one implementation of {@link StepKernels}, whose {@link StepKernels#weights} makes
 * them, and read by all streams of a model. Immutable, for any number of threads. What lies outside of the heap is freed when
 * nothing refers to the weights any more.
 */
public interface StepWeights {

    /** {@return neurons that the synapse comes from} */
    int inputs();

    /** {@return neurons that the synapse leads to} */
    int outputs();
}
