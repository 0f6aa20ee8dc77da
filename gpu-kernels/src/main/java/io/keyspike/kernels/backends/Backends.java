package io.keyspike.kernels.backends;

import io.keyspike.kernels.DeviceMissingException;
import io.keyspike.kernels.KernelBackend;
import io.keyspike.kernels.Solver;
import io.keyspike.kernels.StepKernels;
import io.keyspike.kernels.internal.check.CheckedBackend;
import io.keyspike.kernels.internal.scalar.ScalarBackend;
import io.keyspike.kernels.internal.scalar.ScalarSteps;
import io.keyspike.kernels.internal.vector.Lanes;
import io.keyspike.kernels.internal.vector.VectorBackend;
import io.keyspike.kernels.internal.vector.VectorSteps;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;

/** Which implementations there are, and which one to take. */
public final class Backends {

    /** System property: {@code false} keeps everything on the scalar kernels. */
    public static final String VECTOR_PROPERTY = "keyspike.vector";

    private static final String VECTOR = "vector";
    private static final String VECTOR_MODULE = "jdk.incubator.vector";

    private Backends() {}

    /**
     * Whether the vector kernels can run here: {@link #VECTOR_PROPERTY} is not false and the JVM has the Vector API.
     *
     * @return whether the vector kernels can run here
     */
    public static boolean vectorAvailable() {
        return Choice.VECTOR;
    }

    /**
     * Floats that one instruction of the vector kernels takes here; 1 where {@link #vectorAvailable()} is false.
     *
     * @return floats that one instruction of the vector kernels takes here
     */
    public static int lanes() {
        return vectorAvailable() ? Lanes.LENGTH : 1;
    }

    /** {@return names of the backends that can run here, the reference first} */
    public static List<String> available() {
        var names = new ArrayList<String>();
        names.add(ScalarBackend.NAME);
        if (vectorAvailable()) {
            names.add(VECTOR);
        }
        if (Devices.available()) {
            names.add(Devices.TORNADO);
        }
        return List.copyOf(names);
    }

    /**
     * Solvers that a backend has: all, but on a device, which scans.
     *
     * @param name of the backend
     * @return solvers that a backend has
     */
    public static List<Solver> solvers(String name) {
        return name.equals(Devices.TORNADO) ? List.of(Solver.SCAN, Solver.AUTO) : List.of(Solver.values());
    }

    /**
     * Whether the backend has step kernels of its own.
     *
     * @param name of the backend
     * @return whether the backend has step kernels of its own
     */
    public static boolean hasSteps(String name) {
        return name.equals(VECTOR) || name.equals(ScalarBackend.NAME);
    }

    /**
     * {@link #named(String, int, Solver)} with {@link Solver#AUTO}.
     *
     * @param name of the backend
     * @param threads threads to share the work among, at least 1
     * @return {@link #named(String, int, Solver)} with {@link Solver#AUTO}
     */
    public static KernelBackend named(String name, int threads) {
        return named(name, threads, Solver.AUTO);
    }

    /**
     * A backend by name; {@code vector} becomes {@code scalar} where {@link #vectorAvailable()} is false, with the same
     * results.
     *
     * @param name {@code scalar}, {@code vector} or {@code tornado}
     * @param threads worker threads, at least 1; results do not depend on it
     * @param solver of LIF sequences; results do not depend on it
     * @return a backend by name
     * @throws DeviceMissingException if {@code tornado} was asked for and TornadoVM or a device for it is missing
     * @throws IllegalArgumentException if there is no such backend or the number of threads is below 1
     */
    public static KernelBackend named(String name, int threads, Solver solver) {
        if (threads < 1) {
            throw new IllegalArgumentException("backend " + name + ": expected at least 1 thread, found " + threads);
        }
        requireName(name);
        if (name.equals(Devices.TORNADO)) {
            return Devices.backend(solver);
        }
        return new CheckedBackend(
                name.equals(VECTOR) && vectorAvailable()
                        ? new VectorBackend(threads, solver)
                        : new ScalarBackend(solver));
    }

    /**
     * The fastest here: {@code vector} with all cores where the Vector API is present, else {@code scalar}.
     *
     * @return the fastest here
     */
    public static KernelBackend preferred() {
        return named(VECTOR, Runtime.getRuntime().availableProcessors());
    }

    /**
     * Step kernels by backend name; {@code vector} becomes {@code scalar} where {@link #vectorAvailable()} is false. One
     *     step
     * is no work for a device, so {@code tornado} has those of {@code vector}.
     *
     * @param name of the backend
     * @return step kernels by backend name
     * @throws IllegalArgumentException if there is no such backend
     */
    public static StepKernels stepsNamed(String name) {
        requireName(name);
        return !name.equals(ScalarBackend.NAME) && vectorAvailable() ? new VectorSteps() : new ScalarSteps();
    }

    /** {@return the fastest step kernels here} */
    public static StepKernels preferredSteps() {
        return stepsNamed(VECTOR);
    }

    private static void requireName(String name) {
        if (!name.equals(VECTOR) && !name.equals(ScalarBackend.NAME) && !name.equals(Devices.TORNADO)) {
            throw new IllegalArgumentException("backend: expected scalar, vector or tornado, found " + name);
        }
    }

    /** Made, and told to the log, once. */
    private static final class Choice {

        static final boolean VECTOR = choose();

        private static boolean choose() {
            System.Logger log = System.getLogger(Backends.class.getName());
            if ("false".equals(System.getProperty(VECTOR_PROPERTY))) {
                log.log(Level.INFO, "kernels: scalar, since {0}=false", VECTOR_PROPERTY);
                return false;
            }
            if (ModuleLayer.boot().findModule(VECTOR_MODULE).isEmpty()) {
                log.log(
                        Level.WARNING,
                        "kernels: scalar, since the JVM runs without --add-modules={0}; vector kernels are many times faster",
                        VECTOR_MODULE);
                return false;
            }
            log.log(Level.DEBUG, "kernels: vector");
            return true;
        }
    }
}
