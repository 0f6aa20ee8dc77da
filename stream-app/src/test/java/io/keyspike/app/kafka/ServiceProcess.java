package io.keyspike.app.kafka;

import io.keyspike.monitoring.KeyspikeMeters;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The service in a JVM of its own, so that it can be killed. */
final class ServiceProcess implements AutoCloseable {

    private final Process process;

    private ServiceProcess(Process process) {
        this.process = process;
    }

    static ServiceProcess start(Path stateDir, File log) throws IOException {
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
        return new ServiceProcess(new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
                .start());
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
            service.awaitEnd();
        }
    }
}
