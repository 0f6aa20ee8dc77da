package io.keyspike.app.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.monitoring.KeyspikeMeters;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The service in a JVM of its own, so that it can be killed. */
final class ServiceProcess implements AutoCloseable {

    private static final String RUNNING = "service is running";

    private final Process process;

    private ServiceProcess(Process process) {
        this.process = process;
    }

    /** Starts the service and waits until it listens. */
    static ServiceProcess start(Path stateDir, Path log) throws IOException {
        var command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                ServiceProcess.class.getName(),
                SharedBroker.address(),
                stateDir.toString());
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        SharedBroker.await("the service to listen", () -> {
            String said = read(log);
            assertThat(process.isAlive()).as(said).isTrue();
            return said.contains(RUNNING);
        });
        return new ServiceProcess(process);
    }

    private static String read(Path log) {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** As kill -9: nothing is flushed, closed or said to the broker. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor(30, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    public static void main(String[] arguments) throws Exception {
        var config = ServiceConfig.at(arguments[0])
                .withStateDir(Path.of(arguments[1]))
                .withSessionTimeout(Duration.ofSeconds(6));
        var meters = new KeyspikeMeters(new SimpleMeterRegistry(), Clock.SYSTEM);
        try (var service = KeywordService.start(config, Spotters.fixed(TestModels.spotter("first", 1)), meters)) {
            service.awaitRunning(Duration.ofMinutes(2));
            System.out.println(RUNNING);
            service.awaitEnd();
        }
    }
}
