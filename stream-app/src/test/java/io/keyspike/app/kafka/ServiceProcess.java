package io.keyspike.app.kafka;

import io.keyspike.app.kafka.device.SpotterProvider;
import io.keyspike.app.kafka.service.KeywordService;
import io.keyspike.app.kafka.service.ServiceConfig;
import io.keyspike.monitoring.KeyspikeMeters;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The service in a JVM of its own, so that it can be killed. */
public final class ServiceProcess implements AutoCloseable {

    private static final String RUNNING = "service is running";

    private final JavaProcess process;

    private ServiceProcess(JavaProcess process) {
        this.process = process;
    }

    /** Starts the service and waits until it listens. */
    public static ServiceProcess start(Path stateDir, Path log) {
        JavaProcess process =
                JavaProcess.start(log, ServiceProcess.class, List.of(SharedBroker.address(), stateDir.toString()));
        process.awaitSaid(RUNNING);
        return new ServiceProcess(process);
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** As kill -9: nothing is flushed, closed or said to the broker. */
    public void kill() {
        process.kill();
    }

    @Override
    public void close() {
        process.close();
    }

    public static void main(String[] arguments) throws Exception {
        var config = ServiceConfig.at(arguments[0])
                .withStateDir(Path.of(arguments[1]))
                .withSessionTimeout(Duration.ofSeconds(6));
        var meters = new KeyspikeMeters(new SimpleMeterRegistry(), Clock.SYSTEM);
        try (var service =
                KeywordService.start(config, SpotterProvider.fixed(TestModels.spotter("first", 1)), meters)) {
            service.awaitRunning(Duration.ofMinutes(2));
            System.out.println(RUNNING);
            service.awaitEnd();
        }
    }
}
