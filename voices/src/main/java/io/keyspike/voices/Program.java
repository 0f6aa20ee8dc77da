package io.keyspike.voices;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * An external program: started with its arguments as they are, never through a shell, fed on its standard input, and ended when
 * it takes too long.
 *
 * @param name its name on the path
 * @param packageName the package that brings it on Debian and its descendants
 */
record Program(String name, String packageName) {

    private static final int MOST_OUTPUT = 1 << 26;
    private static final int SHOWN_OF_ERRORS = 200;

    /** Whether it starts at all. */
    boolean isThere(String... harmlessArguments) {
        try {
            run(List.of(harmlessArguments), "", Duration.ofSeconds(10));
            return true;
        } catch (EngineMissingException e) {
            return false;
        } catch (IOException e) {
            return true; // it is there, whatever it said
        }
    }

    /**
     * Runs it to its end.
     *
     * @param arguments after the program's name
     * @param input for its standard input
     * @param limit how long it may take
     * @return what it wrote to its standard output
     * @throws EngineMissingException if it cannot be started
     * @throws IOException if it fails or takes longer
     */
    byte[] run(List<String> arguments, String input, Duration limit) throws IOException {
        var command = new java.util.ArrayList<String>();
        command.add(name);
        command.addAll(arguments);
        Process process;
        try {
            process = new ProcessBuilder(command).start();
        } catch (IOException e) {
            throw new EngineMissingException(
                    name + " was not found; install it (on Debian and Ubuntu: apt-get install " + packageName + ")", e);
        }
        try {
            var output = reading(process.getInputStream(), MOST_OUTPUT);
            var errors = reading(process.getErrorStream(), SHOWN_OF_ERRORS);
            feed(process.getOutputStream(), input);
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException(
                        name + ": expected an end within " + limit.toSeconds() + " s, found it still running");
            }
            byte[] said = output.get(limit.toMillis(), TimeUnit.MILLISECONDS);
            if (process.exitValue() != 0) {
                String why =
                        new String(errors.get(limit.toMillis(), TimeUnit.MILLISECONDS), StandardCharsets.UTF_8).strip();
                throw new IOException(name + " ended with " + process.exitValue() + (why.isEmpty() ? "" : ": " + why));
            }
            return said;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(name + ": interrupted", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException(name + ": its output cannot be read", e);
        } finally {
            process.destroyForcibly();
        }
    }

    /** Reads in its own thread, so that the program never waits for room in a pipe. */
    private static FutureTask<byte[]> reading(InputStream from, int most) {
        var task = new FutureTask<>(() -> {
            try (from) {
                var kept = new ByteArrayOutputStream();
                byte[] buffer = new byte[1 << 14];
                for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
                    kept.write(buffer, 0, Math.min(n, most - kept.size()));
                }
                return kept.toByteArray();
            }
        });
        Thread.ofVirtual().start(task);
        return task;
    }

    private static void feed(OutputStream to, String input) {
        try (to) {
            to.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // It ended without reading everything: its exit code says whether that is an error.
        }
    }
}
