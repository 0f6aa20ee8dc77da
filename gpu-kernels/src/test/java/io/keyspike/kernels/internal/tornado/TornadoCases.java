package io.keyspike.kernels.internal.tornado;

import io.keyspike.kernels.BackendParityTest;
import io.keyspike.kernels.ChainDescription;
import io.keyspike.kernels.DeviceMissingException;
import io.keyspike.kernels.KernelBackend;
import io.keyspike.kernels.ResidentChain;
import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.kernels.backends.Devices;
import io.keyspike.kernels.internal.device.ResidentChainCases;
import java.util.List;
import java.util.Locale;

/** What {@link TornadoTest} runs in a JVM with TornadoVM: the same laws as on the vector kernels, at fewer sizes. */
final class TornadoCases {

    /** Groups that fit a time limit. */
    enum Case {
        DENSE,
        DIAGONAL,
        LIF,
        LIF_BACKWARD,
        ADAPTIVE_LIF,
        ADAPTIVE_LIF_BACKWARD,
        LEAKY_INTEGRATOR,
        BATCH_NORM,
        CHAIN_OF_BATCHES,
        CHAIN_OF_KEPT_CLIPS;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    private static final List<SequenceShape> SHAPES =
            List.of(new SequenceShape(50, 3, 17), new SequenceShape(1, 1, 1), new SequenceShape(300, 2, 5));
    private static final List<SequenceShape> ONE_SHAPE = SHAPES.subList(0, 1);

    private TornadoCases() {}

    /** @param arguments a {@link Case} */
    public static void main(String[] arguments) {
        Case which = Case.valueOf(arguments[0]);
        System.setProperty(BackendParityTest.CANDIDATE_PROPERTY, Devices.TORNADO);
        try {
            run(which, new BackendParityTest());
        } catch (DeviceMissingException | ExceptionInInitializerError e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            System.out.println(e.getMessage() == null ? cause.getMessage() : e.getMessage());
            System.exit(1);
        }
        System.out.println("on " + Devices.names().getFirst());
        System.out.println("same bits: " + which);
        System.exit(0); // TornadoVM leaves threads behind
    }

    private static void run(Case which, BackendParityTest law) {
        switch (which) {
            case DENSE -> {
                law.shouldMultiplyRealInputs(7, 13, 12);
                law.shouldMultiplyRealInputs(64, 33, 65);
                law.shouldMultiplySparseSpikes(64, 32, 31);
                law.shouldTakeGradientsOfSynapses(403, 13, 31);
                law.shouldTakeGradientsOfSynapses(1, 1, 1);
            }
            case DIAGONAL -> SHAPES.forEach(law::shouldWireTheFrontEnd);
            case LIF -> SHAPES.forEach(law::shouldRunLif);
            case LIF_BACKWARD -> ONE_SHAPE.forEach(law::shouldTakeGradientsOfLif);
            case ADAPTIVE_LIF -> SHAPES.forEach(law::shouldRunAdaptiveLif);
            case ADAPTIVE_LIF_BACKWARD -> ONE_SHAPE.forEach(law::shouldTakeGradientsOfAdaptiveLif);
            case LEAKY_INTEGRATOR -> SHAPES.forEach(law::shouldRunTheLeakyIntegratorAndItsGradients);
            case BATCH_NORM -> SHAPES.forEach(law::shouldNormaliseAndTakeItsGradients);
            case CHAIN_OF_BATCHES -> chains(false);
            case CHAIN_OF_KEPT_CLIPS -> chains(true);
        }
    }

    private static void chains(boolean kept) {
        KernelBackend scalar = Backends.named("scalar", 1);
        for (ChainDescription description : ResidentChainCases.descriptions()) {
            try (ResidentChain reference = Devices.hostChain(description, scalar);
                    ResidentChain device = Devices.chain(description)) {
                String difference = ResidentChainCases.difference(
                        ResidentChainCases.trained(reference, kept), ResidentChainCases.trained(device, kept));
                if (!difference.isEmpty()) {
                    throw new AssertionError(description + ": " + difference);
                }
            }
        }
    }
}
