package io.keyspike.app.bench;

import com.sun.management.OperatingSystemMXBean;
import io.keyspike.app.kafka.BrokerException;
import io.keyspike.app.kafka.EmbeddedBroker;
import io.keyspike.app.kafka.KeywordService;
import io.keyspike.app.kafka.ServiceConfig;
import io.keyspike.app.kafka.Spotters;
import io.keyspike.app.kafka.Topics;
import io.keyspike.models.KeywordSpotter;
import io.keyspike.monitoring.KeyspikeMeters;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Metric;
import org.apache.kafka.streams.KafkaStreams;
import org.jspecify.annotations.Nullable;

/**
 * The service at full speed, in one process with its broker: how its throughput goes with devices, partitions and threads,
 * and how long it takes to restore devices' state from the changelog.
 */
public final class GrowthBenchmark implements AutoCloseable {

    /**
     * @param framesPerSecond heard, while there were always more waiting
     * @param timesRealTime sound per second, in seconds
     * @param cores used by everything, broker included
     * @param microsPerFrame CPU time of everything for a frame
     */
    public record Throughput(
            int devices,
            int partitions,
            int threads,
            double framesPerSecond,
            double timesRealTime,
            double cores,
            double microsPerFrame) {}

    /**
     * @param seconds from the start of a service without local state until it hears
     * @param idleSeconds the same where there is nothing to restore
     * @param records restored
     * @param bytesPerDevice of the changelog on the broker's disk
     */
    public record Restore(int devices, double seconds, double idleSeconds, long records, double bytesPerDevice) {}

    private static final Duration START_LIMIT = Duration.ofMinutes(3);

    /** Of the frames there are, between these shares of them time is taken. */
    private static final double FROM = 0.25;

    private static final double TO = 0.95;

    private final EmbeddedBroker broker = EmbeddedBroker.start();
    private final KeywordSpotter spotter;
    private final LoopedSound sound;
    private final Path folder;
    private int runs;

    /** @param folder for state; the caller removes it */
    public GrowthBenchmark(KeywordSpotter spotter, LoopedSound sound, Path folder) {
        this.spotter = spotter;
        this.sound = sound;
        this.folder = folder;
    }

    /** Hears about so many frames that wait in the topic. */
    public Throughput throughput(int devices, int partitions, int threads, int frames) throws InterruptedException {
        begin(partitions);
        int framesOfEach = Math.max(1, frames / devices);
        long all = (long) framesOfEach * devices;
        try (var load = load(devices)) {
            load.sendAtOnce(framesOfEach);
        }
        var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        try (var service = start(config("state-" + runs, threads))) {
            awaitConsumed(service, (long) (FROM * all));
            long start = System.nanoTime();
            long cpu = system.getProcessCpuTime();
            long before = consumed(service);
            awaitConsumed(service, (long) (TO * all));
            double seconds = (System.nanoTime() - start) / 1e9;
            double cpuSeconds = (system.getProcessCpuTime() - cpu) / 1e9;
            long heard = consumed(service) - before;
            return new Throughput(
                    devices,
                    partitions,
                    threads,
                    heard / seconds,
                    heard * sound.frameSeconds() / seconds,
                    cpuSeconds / seconds,
                    cpuSeconds * 1e6 / heard);
        }
    }

    /** Hears a little of each device, then starts again without local state. */
    public Restore restore(int devices, int partitions, int threads) throws InterruptedException {
        begin(partitions);
        ServiceConfig first = config("state-" + runs, threads);
        double idle;
        try (var load = load(devices)) {
            long start = System.nanoTime();
            try (var service = start(first)) {
                service.awaitRunning(START_LIMIT);
                idle = (System.nanoTime() - start) / 1e9;
                load.sendAtOnce(2);
                awaitConsumed(service, 2L * devices);
            }
        }
        double bytes = changelogBytes(first.applicationId());
        long start = System.nanoTime();
        try (var service = start(first.withStateDir(folder.resolve("state-anew-" + runs)))) {
            service.awaitRunning(START_LIMIT);
            double seconds = (System.nanoTime() - start) / 1e9;
            return new Restore(
                    devices, seconds, idle, total(service.streams(), "restore-records-total", null), bytes / devices);
        }
    }

    /** New topics and a new application. */
    private void begin(int partitions) throws InterruptedException {
        runs++;
        try (Admin admin = Admin.create(settings())) {
            var there = new ArrayList<>(admin.listTopics().names().get());
            admin.deleteTopics(there).all().get();
            while (!admin.listTopics().names().get().isEmpty()) {
                Thread.sleep(50);
            }
        } catch (ExecutionException e) {
            throw new BrokerException("the topics could not be deleted: " + e.getMessage(), e);
        }
        Topics.create(settings(), partitions);
    }

    private Map<String, Object> settings() {
        return Map.of("bootstrap.servers", broker.bootstrapServers());
    }

    private DeviceLoad load(int devices) {
        return new DeviceLoad(broker.bootstrapServers(), Map.of(), sound, devices);
    }

    private ServiceConfig config(String stateDir, int threads) {
        return ServiceConfig.at(broker.bootstrapServers())
                .withApplicationId("keyspike-growth-" + runs)
                .withStateDir(folder.resolve(stateDir))
                .withThreads(threads);
    }

    private KeywordService start(ServiceConfig config) {
        var meters = new KeyspikeMeters(new SimpleMeterRegistry(), Clock.SYSTEM);
        return KeywordService.start(config, Spotters.fixed(spotter), meters);
    }

    private static void awaitConsumed(KeywordService service, long frames) throws InterruptedException {
        long limit = System.nanoTime() + START_LIMIT.toNanos();
        while (consumed(service) < frames) {
            if (service.hasEnded() || System.nanoTime() > limit) {
                throw new BrokerException("expected the service to hear " + frames + " frames, found "
                        + consumed(service) + " and the service " + service.state());
            }
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    /** Frames read so far. */
    private static long consumed(KeywordService service) {
        return total(service.streams(), "records-consumed-total", Topics.AUDIO_FRAMES);
    }

    private static long total(KafkaStreams streams, String name, @Nullable String topic) {
        double sum = 0;
        for (Metric metric : streams.metrics().values()) {
            if (metric.metricName().name().equals(name)
                    && (topic == null || topic.equals(metric.metricName().tags().get("topic")))
                    && !metric.metricName().tags().containsKey("partition")
                    && metric.metricValue() instanceof Double value
                    && !value.isNaN()) {
                sum += value;
            }
        }
        return (long) sum;
    }

    private double changelogBytes(String applicationId) throws InterruptedException {
        String changelog = Topics.changelog(applicationId);
        try (Admin admin = Admin.create(settings())) {
            int node = admin.describeCluster().nodes().get().iterator().next().id();
            long bytes = 0;
            for (var logs :
                    admin.describeLogDirs(List.of(node)).allDescriptions().get().values()) {
                for (var log : logs.values()) {
                    for (var replica : log.replicaInfos().entrySet()) {
                        bytes += replica.getKey().topic().equals(changelog)
                                ? replica.getValue().size()
                                : 0;
                    }
                }
            }
            return bytes;
        } catch (ExecutionException e) {
            throw new BrokerException("the changelog's size cannot be asked for: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        broker.close();
    }
}
