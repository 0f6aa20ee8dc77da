package io.keyspike.kernels.internal.tornado;

import java.util.List;

/** Flags besides those of the SDK's argument file; {@code keyspike} passes the same. */
final class TornadoFlags {

    static final List<String> ALL = List.of(
            "-Dtornado.load.annotation.parallel=io.keyspike.kernels.ParallelLoop",
            "-Dtornado.recover.bailout=false",
            "-Dtornado.opencl.compiler.flags=-cl-fp32-correctly-rounded-divide-sqrt -w",
            "-Dkeyspike.device.compiler=true");

    private TornadoFlags() {}
}
