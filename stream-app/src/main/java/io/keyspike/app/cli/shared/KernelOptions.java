package io.keyspike.app.cli.shared;

import io.keyspike.app.cli.arguments.AtLeastOne;
import io.keyspike.kernels.KernelBackend;
import io.keyspike.kernels.Solver;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.kernels.backends.Devices;
import io.keyspike.models.description.Spelling;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options {@code --backend} and {@code --threads} of commands that run whole-sequence kernels. */
public final class KernelOptions {

    @Option(
            names = "--backend",
            paramLabel = "NAME",
            defaultValue = "vector",
            converter = BackendName.class,
            description =
                    "Backend: vector or scalar (bit-identical results), or tornado (a GPU, which sums in a different order;"
                            + " see docs/tornadovm.md; default: ${DEFAULT-VALUE}).")
    private String backend = "vector";

    @Option(
            names = "--threads",
            paramLabel = "N",
            converter = AtLeastOne.class,
            description = "Worker threads; does not affect results (default: one per core).")
    private int threads = Runtime.getRuntime().availableProcessors();

    /** Refuses a backend that there is not, before anything is read. */
    static final class BackendName implements ITypeConverter<String> {
        private static final List<String> KNOWN = List.of("vector", "scalar", Devices.TORNADO);

        @Override
        public String convert(String text) {
            if (!KNOWN.contains(text)) {
                throw new TypeConversionException(
                        "expected one of " + KNOWN + ", found '" + text + "'" + Spelling.hint(text, KNOWN));
            }
            return text;
        }
    }

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
