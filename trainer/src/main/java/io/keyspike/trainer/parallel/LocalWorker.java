package io.keyspike.trainer.parallel;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A worker in a process of its own on this machine, with this one's Java, flags and class path. It ends with this process, however
 * that ends; Ctrl-C, which reaches both, is left to this one.
 */
final class LocalWorker implements AutoCloseable {
    private static final long START_SECONDS = 60;
    private static final Path SHELL = Path.of("/bin/sh");

    private final Process process;
    private final OutputStream input;
    private final String token;
    private final Path log;

    private LocalWorker(Process process, String token, Path log) {
        this.process = process;
        input = process.getOutputStream();
        this.token = token;
        this.log = log;
    }

    /** Starts a process, which {@link #connect} then waits for. */
    static LocalWorker start(String backend, int threads) throws IOException {
        Path log = Files.createTempFile("keyspike-worker", ".log");
        Process process = new ProcessBuilder(command(backend, threads))
                .redirectError(log.toFile())
                .start();
        return new LocalWorker(process, Wire.newToken(), log);
    }

    private static List<String> command(String backend, int threads) {
        var command = new ArrayList<String>();
        if (Files.isExecutable(SHELL)) {
            // What a shell ignores, the program in its place goes on ignoring.
            command.addAll(List.of(SHELL.toString(), "-c", "trap '' INT HUP; exec \"$0\" \"$@\""));
        }
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (!flag.startsWith("-agentlib")
                    && !flag.startsWith("-javaagent")
                    && !flag.startsWith("-Dkeyspike.stderr")) {
                command.add(flag);
            }
        }
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                WorkerProcess.class.getName(),
                backend,
                Integer.toString(threads)));
        return command;
    }

    private static int port(BufferedReader output) throws IOException {
        try {
            String line = CompletableFuture.supplyAsync(() -> {
                        try {
                            return String.valueOf(output.readLine());
                        } catch (IOException e) {
                            return e.toString();
                        }
                    })
                    .get(START_SECONDS, TimeUnit.SECONDS);
            return Integer.parseInt(line);
        } catch (NumberFormatException | ExecutionException | TimeoutException e) {
            throw new IOException("expected a worker's port, found none", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    long pid() {
        return process.pid();
    }

    /**
     * Connects to it.
     *
     * @throws IOException with one sentence, if it did not start
     */
    WorkerLink connect() throws IOException {
        try {
            input.write((token + "\n").getBytes(StandardCharsets.US_ASCII));
            input.flush();
            return new WorkerLink("127.0.0.1", port(process.inputReader(StandardCharsets.UTF_8)), token);
        } catch (IOException e) {
            String last = lastLine(log);
            throw new IOException("a worker process did not start" + (last == null ? "" : ": " + last), e);
        }
    }

    /** How it ended, in words; null while it has not. */
    @Nullable
    String end() {
        try {
            if (!process.waitFor(1, TimeUnit.SECONDS)) {
                return null;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
        String last = lastLine(log);
        return "it has ended with exit code " + process.exitValue() + (last == null ? "" : " (" + last + ")");
    }

    /** The last line that is no warning of the JVM's. */
    private static @Nullable String lastLine(Path log) {
        try {
            return Files.readString(log, StandardCharsets.ISO_8859_1)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("WARNING"))
                    .reduce((first, last) -> last)
                    .orElse(null);
        } catch (IOException e) {
            return null;
        }
    }

    /** Ends the process. */
    @Override
    public void close() {
        try {
            input.close();
        } catch (IOException e) {
            // It has ended already.
        }
        try {
            if (!process.waitFor(2, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                process.waitFor(2, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        File file = log.toFile();
        if (!file.delete()) {
            file.deleteOnExit();
        }
    }
}
