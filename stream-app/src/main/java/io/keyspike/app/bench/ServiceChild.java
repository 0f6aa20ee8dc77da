package io.keyspike.app.bench;

import io.keyspike.app.kafka.wire.BrokerException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** {@code keyspike stream} in a separate process, with this one's JVM, flags and class path. */
final class ServiceChild implements AutoCloseable {

    private static final String MAIN = "io.keyspike.app.cli.Main";
    private static final String LISTENING = "listening";
    private static final long START_SECONDS = 240;

    private final long started = System.nanoTime();
    private final Process process;
    private final Path log;

    /** @param arguments of the command {@code stream} */
    ServiceChild(List<String> arguments, Path log) throws IOException {
        this.log = log;
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(MAIN);
        command.add("stream");
        command.addAll(arguments);
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    }

    /**
     * Waits.
     *
     * @return seconds since the start of the process
     * @throws BrokerException if it does not start listening
     */
    double awaitListening() throws IOException, InterruptedException {
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (!Files.readString(log).contains(LISTENING)) {
            if (!process.isAlive() || System.nanoTime() > limit) {
                throw new BrokerException("the service did not start listening; its output: "
                        + Files.readString(log).strip());
            }
            Thread.sleep(100);
        }
        return (System.nanoTime() - started) / 1e9;
    }

    /** @throws BrokerException if it has ended */
    void check() throws IOException {
        if (!process.isAlive()) {
            throw new BrokerException("the service ended; its output: "
                    + Files.readString(log)
                            .lines()
                            .reduce((first, last) -> last)
                            .orElse("nothing"));
        }
    }

    /** CPU time used so far. */
    double cpuSeconds() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO).toNanos() / 1e9;
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
