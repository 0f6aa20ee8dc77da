package io.keyspike.kernels;

import io.keyspike.kernels.backends.Devices;
import java.util.List;

/**
 * Runs the {@code Device…} kernels on a device. Found by {@link java.util.ServiceLoader}; {@link Devices} stands before it.
 * An implementation must load where its library is missing, and say so when asked for something.
 */
public interface DeviceProvider {

    /** {@return name of the backend: {@code tornado}} */
    String name();

    /**
     * Devices of this machine in words, the one that is used first.
     *
     * @return devices of this machine in words, the one that is used first
     * @throws DeviceMissingException if there is none, or the JVM was not started as the library needs
     */
    List<String> devices();

    /**
     * Makes a backend.
     *
     * @return kernels that run on the device, one at a time
     * @throws DeviceMissingException as {@link #devices}
     */
    KernelBackend backend();

    /**
     * Makes a resident chain.
     *
     * @param description the network and its optimiser
     * @return a network in training that stays on the device
     * @throws DeviceMissingException as {@link #devices}
     */
    ResidentChain chain(ChainDescription description);

    /**
     * Speed of a product of square matrices that lie on the device: the limit of training there.
     *
     * @param size rows and columns
     * @return speed of a product of square matrices that lie on the device
     * @throws DeviceMissingException as {@link #devices}
     */
    double productOperationsPerSecond(int size);
}
