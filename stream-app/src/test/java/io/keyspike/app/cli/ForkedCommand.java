package io.keyspike.app.cli;

import io.keyspike.testing.JvmFlags;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** A command in a JVM of its own, with the class path of the tests. */
public final class ForkedCommand implements AutoCloseable {

    private static final long LIMIT_SECONDS = 120;

    private final Process process;
    private final List<String> out = new CopyOnWriteArrayList<>();
    private final List<String> err = new CopyOnWriteArrayList<>();
    private final List<Thread> readers = new ArrayList<>();

    /** @param environment sets up the process before it starts */
    public ForkedCommand(UnaryOperator<ProcessBuilder> environment, String... arguments) throws IOException {
        var command = new ArrayList<String>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                JvmFlags.argument(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(List.of(arguments));
        process = environment.apply(new ProcessBuilder(command)).start();
        read(process.getInputStream(), out);
        read(process.getErrorStream(), err);
    }

    private void read(InputStream in, List<String> lines) {
        readers.add(Thread.startVirtualThread(() -> {
            try (var reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
                reader.lines().forEach(lines::add);
            } catch (IOException e) {
                lines.add(e.toString());
            }
        }));
    }

    public List<String> out() {
        return out;
    }

    public List<String> err() {
        return err;
    }

    /** Waits for a line with a text. @throws IllegalStateException if it does not come */
    public void awaitLine(List<String> lines, String part) throws InterruptedException {
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
        while (lines.stream().noneMatch(line -> line.contains(part))) {
            if (!process.isAlive() || System.nanoTime() > limit) {
                throw new IllegalStateException("expected a line with '" + part + "', found " + out + err);
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    /** Asks the process to stop, much as Ctrl-C does; unlike {@link Process#destroy} its last words can still be read. */
    public void stop() {
        process.toHandle().destroy();
    }

    /** Ctrl-C itself. */
    public void interrupt() throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-INT", String.valueOf(process.pid()))
                .start()
                .waitFor();
    }

    /** Ends the process without a chance to do anything. */
    public void kill() {
        process.toHandle().destroyForcibly();
    }

    public int awaitEnd() throws InterruptedException {
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("still running: " + out + err);
        }
        for (Thread reader : readers) {
            reader.join();
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
