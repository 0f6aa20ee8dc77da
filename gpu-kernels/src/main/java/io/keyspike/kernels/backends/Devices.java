package io.keyspike.kernels.backends;

import io.keyspike.kernels.ChainDescription;
import io.keyspike.kernels.DeviceMissingException;
import io.keyspike.kernels.DeviceProvider;
import io.keyspike.kernels.KernelBackend;
import io.keyspike.kernels.ResidentChain;
import io.keyspike.kernels.Solver;
import io.keyspike.kernels.internal.check.CheckedBackend;
import io.keyspike.kernels.internal.device.HostChain;
import java.util.List;
import java.util.Locale;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/** Devices other than the processor, through TornadoVM. */
public final class Devices {

    /** Name of the backend. */
    public static final String TORNADO = "tornado";

    private static final String NOT_BUILT_IN = "backend tornado: this build has no TornadoVM; set TORNADOVM_HOME to a"
            + " TornadoVM SDK for JDK 25 and start ./keyspike again, which builds it in (docs/tornadovm.md)";

    private Devices() {}

    /**
     * Devices in words, the one that is used first.
     *
     * @return devices in words, the one that is used first
     * @throws DeviceMissingException if TornadoVM or a device for it is missing
     */
    public static List<String> names() {
        return provider().devices();
    }

    /** {@return whether {@link #backend} would give one} */
    public static boolean available() {
        try {
            return !names().isEmpty();
        } catch (DeviceMissingException e) {
            return false;
        }
    }

    /**
     * Kernels that run on the device, one at a time: arrays go there and come back with every call.
     *
     * @param solver of LIF sequences: the device scans, one thread a lane
     * @return kernels that run on the device, one at a time
     * @throws IllegalArgumentException if the solver is another than {@code auto} or {@code scan}
     * @throws DeviceMissingException if TornadoVM or a device for it is missing; never anything else in its place
     */
    public static KernelBackend backend(Solver solver) {
        if (!Backends.solvers(TORNADO).contains(solver)) {
            throw new IllegalArgumentException("backend tornado: expected solver auto or scan, found "
                    + solver.name().toLowerCase(Locale.ROOT));
        }
        return new CheckedBackend(provider().backend());
    }

    /**
     * A network that is trained on the device, where it stays between steps.
     *
     * @param description the network and its optimiser
     * @return a network that is trained on the device, where it stays between steps
     * @throws DeviceMissingException if TornadoVM or a device for it is missing; never anything else in its place
     */
    public static ResidentChain chain(ChainDescription description) {
        return provider().chain(description);
    }

    /**
     * The reference for {@link #chain}, on the kernels given.
     *
     * @param description the network and its optimiser
     * @param kernels compute it
     * @return the reference for {@link #chain}, on the kernels given
     */
    public static ResidentChain hostChain(ChainDescription description, KernelBackend kernels) {
        return new HostChain(description, kernels);
    }

    /**
     * Floating-point operations per second of a product of {@code size × size} matrices that lie on the device, the fastest
     * of several.
     *
     * @param size rows and columns
     * @return floating-point operations per second of a product of {@code size × size} matrices that lie on the device, the
     *     fastest of several
     * @throws DeviceMissingException if TornadoVM or a device for it is missing
     */
    public static double productOperationsPerSecond(int size) {
        return provider().productOperationsPerSecond(size);
    }

    private static DeviceProvider provider() {
        try {
            return ServiceLoader.load(DeviceProvider.class)
                    .findFirst()
                    .orElseThrow(() -> new DeviceMissingException(NOT_BUILT_IN));
        } catch (ServiceConfigurationError e) { // listed by an earlier build, whose classes are gone
            throw new DeviceMissingException(NOT_BUILT_IN, e);
        }
    }
}
