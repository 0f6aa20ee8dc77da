package io.keyspike.kernels;

/** Which implementations there are, and which one to take. */
public final class Backends {

    private Backends() {}

    /**
     * @param name {@code scalar} or {@code vector}
     * @param threads worker threads, at least 1; results do not depend on it
     * @throws IllegalArgumentException if there is no such backend
     */
    public static KernelBackend named(String name, int threads) {
        throw new UnsupportedOperationException(name + threads);
    }

    /** The fastest here: {@code vector} with all cores where the Vector API is present, else {@code scalar}. */
    public static KernelBackend preferred() {
        return named("vector", Runtime.getRuntime().availableProcessors());
    }

    /** Step kernels by backend name. */
    public static StepKernels stepsNamed(String name) {
        throw new UnsupportedOperationException(name);
    }

    /** The fastest step kernels here. */
    public static StepKernels preferredSteps() {
        return stepsNamed("vector");
    }
}
