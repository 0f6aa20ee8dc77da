package io.keyspike.app.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.testing.JvmFlags;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A JVM of its own, with this one's classes, so that it can be killed, stopped and gone on with. */
final class JavaProcess implements AutoCloseable {

    private static final List<String> FLAGS =
            List.of(JvmFlags.argument(), "-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    private final Process process;
    private final Path log;

    private JavaProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /**
     * Starts the main method of a class of this class path. What it says goes into {@code log}, which is begun afresh. It
     * ends with this JVM.
     */
    static JavaProcess start(Path log, Class<?> main, List<String> arguments) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(FLAGS);
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(main.getName());
        command.addAll(arguments);
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            return new JavaProcess(process, log);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    long pid() {
        return process.pid();
    }

    /** Its standard input. */
    OutputStream input() {
        return process.getOutputStream();
    }

    /** Waits until it has said something. */
    void awaitSaid(String text) {
        try {
            Patience.await("'" + text + "'", () -> {
                assertThat(process.isAlive())
                        .as("alive until it says '%s'", text)
                        .isTrue();
                return said().contains(text);
            });
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "; it said " + said(), e);
        }
    }

    String said() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Waits until it has ended by itself. */
    int awaitExit() {
        try {
            assertThat(process.waitFor(2, TimeUnit.MINUTES))
                    .as("ended; it said %s", said())
                    .isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return process.exitValue();
    }

    /** As kill -9: nothing is flushed, closed or said to anybody. */
    void kill() {
        process.destroyForcibly();
        awaitExit();
    }

    /** As kill: asks it to end. */
    void terminate() {
        process.destroy();
    }

    /** Stops it where it stands, until {@link #resume}. */
    void pause() {
        signal("STOP");
    }

    void resume() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            int exit = new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
            assertThat(exit).as("kill -%s", name).isZero();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
