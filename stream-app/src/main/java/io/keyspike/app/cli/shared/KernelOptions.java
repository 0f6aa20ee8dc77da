package io.keyspike.app.cli.shared;

import io.keyspike.kernels.KernelBackend;
import io.keyspike.kernels.Solver;
import io.keyspike.kernels.backends.Backends;
import picocli.CommandLine.Option;

/** The options {@code --backend} and {@code --threads}: what whole-sequence kernels run on. */
public final class KernelOptions {

    @Option(
            names = "--backend",
            defaultValue = "vector",
            description = "vector or scalar, with identical results, or tornado: a GPU, whose sums are rounded in a"
                    + " different order, see docs/tornadovm.md (default: ${DEFAULT-VALUE}).")
    private String backend = "vector";

    @Option(names = "--threads", description = "Worker threads; does not affect results (default: one per core).")
    private int threads = Runtime.getRuntime().availableProcessors();

    public String backend() {
        return backend;
    }

    public int threads() {
        return threads;
    }

    public KernelBackend kernels() {
        return Backends.named(backend, threads);
    }

    /** @param solver solver for LIF sequences */
    public KernelBackend kernels(Solver solver) {
        return Backends.named(backend, threads, solver);
    }
}
