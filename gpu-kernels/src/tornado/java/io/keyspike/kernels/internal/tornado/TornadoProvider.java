package io.keyspike.kernels.internal.tornado;

import io.keyspike.kernels.ChainDescription;
import io.keyspike.kernels.DeviceMissingException;
import io.keyspike.kernels.DeviceProvider;
import io.keyspike.kernels.KernelBackend;
import io.keyspike.kernels.ParallelLoop;
import io.keyspike.kernels.ResidentChain;
import io.keyspike.kernels.backends.Devices;
import io.keyspike.kernels.internal.arithmetic.DeviceArithmetic;
import java.util.ArrayList;
import java.util.List;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.exceptions.TornadoRuntimeException;
import uk.ac.manchester.tornado.api.runtime.TornadoRuntimeProvider;

/** Devices that TornadoVM finds. Touches TornadoVM only once it is known to be there. */
public final class TornadoProvider implements DeviceProvider {

    private static final String MODULE = "tornado.api";

    /** For {@link java.util.ServiceLoader}. */
    public TornadoProvider() {}

    @Override
    public String name() {
        return Devices.TORNADO;
    }

    @Override
    public List<String> devices() {
        requireLibrary();
        return Found.devices();
    }

    @Override
    public KernelBackend backend() {
        devices();
        return new TornadoBackend();
    }

    @Override
    public ResidentChain chain(ChainDescription description) {
        String device = devices().getFirst();
        return new TornadoChain(description, device);
    }

    @Override
    public double productOperationsPerSecond(int size) {
        devices();
        return TornadoPeak.operationsPerSecond(size);
    }

    private static void requireLibrary() {
        if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
            throw new DeviceMissingException("backend tornado: this JVM runs without TornadoVM; set TORNADOVM_HOME to a"
                    + " TornadoVM SDK for JDK 25 and start ./keyspike, which passes its flags (docs/tornadovm.md)");
        }
        requireProperty("tornado.load.annotation.parallel", ParallelLoop.class.getName());
        requireProperty("tornado.recover.bailout", "false");
        requireProperty(DeviceArithmetic.PROPERTY, "true");
        if ("false".equalsIgnoreCase(System.getProperty("tornado.enable.fma"))) {
            throw wrong("tornado.enable.fma", "true", "false");
        }
    }

    private static void requireProperty(String name, String expected) {
        String found = System.getProperty(name, "");
        if (!found.equalsIgnoreCase(expected)) {
            throw wrong(name, expected, found.isEmpty() ? "none" : found);
        }
    }

    private static DeviceMissingException wrong(String name, String expected, String found) {
        return new DeviceMissingException("backend tornado: expected -D" + name + "=" + expected + ", found " + found
                + "; start ./keyspike, which passes the flags (docs/tornadovm.md)");
    }

    /** Apart, so that it is loaded only where TornadoVM is. */
    private static final class Found {

        private static final String NONE =
                "backend tornado: TornadoVM is there but found no device; install a driver of"
                        + " OpenCL for your GPU and look at what clinfo says";

        static List<String> devices() {
            try {
                var runtime = TornadoRuntimeProvider.getTornadoRuntime();
                TornadoDevice first = runtime.getDefaultDevice();
                var names = new ArrayList<String>();
                names.add(words(first));
                for (int backend = 0; backend < runtime.getNumBackends(); backend++) {
                    var found = runtime.getBackend(backend);
                    for (int i = 0; i < found.getNumDevices(); i++) {
                        TornadoDevice device = found.getDevice(i);
                        if (!device.equals(first)) {
                            names.add(words(device));
                        }
                    }
                }
                return names;
            } catch (TornadoRuntimeException | LinkageError | IndexOutOfBoundsException e) {
                throw new DeviceMissingException(NONE + " (" + e + ")", e);
            }
        }

        private static String words(TornadoDevice device) {
            return device.getPhysicalDevice().getDeviceName() + " through " + device.getTornadoVMBackend();
        }
    }
}
