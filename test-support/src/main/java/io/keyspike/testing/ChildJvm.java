package io.keyspike.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A program in a JVM of its own, for what a JVM chooses once. */
public final class ChildJvm {

    private ChildJvm() {}

    /**
     * Runs a class of the test's class path to its end.
     *
     * @param main has a {@code main} method
     * @param flags of the JVM
     * @return what it printed, on either stream
     * @throws IOException if it cannot be started
     * @throws InterruptedException if the wait for its end is interrupted
     * @throws AssertionError if it does not end with exit code 0
     */
    public static String run(Class<?> main, String... flags) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(flags));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int exitCode = process.waitFor();
        if (exitCode != 0) {
            throw new AssertionError("expected exit code 0, found " + exitCode + ": " + output);
        }
        return output;
    }
}
