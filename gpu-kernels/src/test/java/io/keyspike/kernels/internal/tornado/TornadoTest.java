package io.keyspike.kernels.internal.tornado;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.keyspike.kernels.DeviceProvider;
import io.keyspike.kernels.backends.Devices;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The kernels compiled by TornadoVM for whatever device is there, in JVMs of their own with its flags and a time limit, since
 * a kernel that its compiler does not support can hang it. Skipped where TORNADOVM_HOME is not set.
 */
class TornadoTest {

    private static final String HOME = System.getenv("TORNADOVM_HOME");
    private static final int LIMIT_SECONDS = 240;

    @TempDir
    @SuppressWarnings("NullAway.Init") // injected by JUnit
    Path folder;

    @ParameterizedTest
    @EnumSource(TornadoCases.Case.class)
    void shouldGiveTheReferencesBits(TornadoCases.Case which) throws Exception {
        String output = run(flags(), which.name());
        assertThat(output).as(output).contains("same bits: " + which);
    }

    @Test
    void shouldRefuseAJvmThatMightRunJavaInstead() throws Exception {
        List<String> flags = flags();
        flags.removeIf(flag -> flag.startsWith("-Dtornado.recover.bailout"));
        assertThat(run(flags, "DENSE"))
                .contains("backend tornado: expected -Dtornado.recover.bailout=false, found none; start ./keyspike")
                .doesNotContain("same bits");
    }

    /** The SDK's own flags, then ours: {@code keyspike} passes the same. */
    private static List<String> flags() throws IOException {
        assumeTrue(
                HOME != null && !HOME.isBlank(),
                "skipped: TornadoVM on a device, since TORNADOVM_HOME is not set (docs/tornadovm.md)");
        Path argumentFile = Path.of(HOME, "tornado-argfile");
        assertThat(argumentFile).as("argument file of the SDK").exists();
        assertThat(Devices.class.getResource("/META-INF/services/" + DeviceProvider.class.getName()))
                .as("TornadoVM is built in where TORNADOVM_HOME is set")
                .isNotNull();
        var flags = new ArrayList<String>();
        flags.add("@" + argumentFile);
        flags.addAll(TornadoFlags.ALL);
        return flags;
    }

    private String run(List<String> flags, String which) throws IOException, InterruptedException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        String classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.contains("tornado-"))
                .collect(Collectors.joining(File.pathSeparator));
        command.addAll(List.of("-cp", classPath, TornadoCases.class.getName(), which));
        Path output = folder.resolve("output.txt");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            throw new AssertionError(which + ": not done after " + LIMIT_SECONDS + " s: " + Files.readString(output));
        }
        return Files.readString(output);
    }
}
