package io.keyspike.models.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.kernels.StepKernels;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.TestModels;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * States that were saved when only chains of nodes could run are read, continued and saved to the last bit as they were then.
 * The resource has a line for each network: its name, the CRC of the 40 outputs that followed, and the state after 37 steps.
 */
class SavedChainStatesTest {

    private static final int STEPS_BEFORE = 37;
    private static final int STEPS_AFTER = 40;

    static Stream<String> lines() throws IOException {
        try (InputStream in = SavedChainStatesTest.class.getResourceAsStream("chain-states.txt")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.US_ASCII).lines();
        }
    }

    @ParameterizedTest
    @MethodSource("lines")
    void shouldContinueAsBeforeThereWereGraphs(String line) {
        String[] parts = line.split(" ", -1);
        for (String kernels : new String[] {"scalar", "vector"}) {
            assertContinues(
                    network(parts[0]),
                    Backends.stepsNamed(kernels),
                    parts[1],
                    Base64.getDecoder().decode(parts[2]));
        }
    }

    private static void assertContinues(Network network, StepKernels kernels, String outputs, byte[] saved) {
        var streaming = new StreamingNetwork(network, kernels);
        NetworkState run = streaming.newState();
        float[] output = new float[streaming.outputs()];
        var r = new Random(11);
        for (int t = 0; t < STEPS_BEFORE; t++) {
            streaming.step(run, TestModels.input(streaming.inputs(), r), output);
        }
        assertThat(bytesOf(run)).isEqualTo(saved);

        NetworkState restored = streaming.newState();
        restored.restore(ByteBuffer.wrap(saved));
        assertThat(bytesOf(restored)).isEqualTo(saved);
        var crc = new CRC32();
        ByteBuffer bits = ByteBuffer.allocate(Float.BYTES);
        for (int t = 0; t < STEPS_AFTER; t++) {
            streaming.step(restored, TestModels.input(streaming.inputs(), r), output);
            for (float value : output) {
                crc.update(bits.putFloat(0, value).array());
            }
        }
        assertThat(Long.toHexString(crc.getValue())).isEqualTo(outputs);
    }

    private static byte[] bytesOf(NetworkState state) {
        ByteBuffer saved = ByteBuffer.allocate(state.byteSize());
        state.save(saved);
        return saved.array();
    }

    private static Network network(String name) {
        return switch (name) {
            case "hardware-model" -> TestModels.hardwareModel("h", 1, 1f).network();
            case "adaptive-model" -> TestModels.adaptiveModel("a", 2, 32, 1f).network();
            case "recurrent-model" -> TestModels.recurrentModel("r", 3, 1f).network();
            default -> TestModels.network(TestModels.Kind.valueOf(name), 1);
        };
    }
}
