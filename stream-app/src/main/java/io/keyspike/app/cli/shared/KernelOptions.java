package io.keyspike.app.cli.shared;

import io.keyspike.kernels.KernelBackend;
import io.keyspike.kernels.Solver;
import io.keyspike.kernels.backends.Backends;
import picocli.CommandLine.Option;

/** The options {@code --backend} and {@code --threads} of commands that run whole-sequence kernels. */
public final class KernelOptions {

    @Option(
            names = "--backend",
            defaultValue = "vector",
            description =
                    "Backend: vector or scalar (bit-identical results), or tornado (a GPU, which sums in a different order;"
                            + " see docs/tornadovm.md; default: ${DEFAULT-VALUE}).")
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
