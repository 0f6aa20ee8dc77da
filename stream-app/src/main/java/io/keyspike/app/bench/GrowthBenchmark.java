package io.keyspike.app.bench;

import com.sun.management.OperatingSystemMXBean;
import io.keyspike.app.kafka.broker.EmbeddedBroker;
import io.keyspike.app.kafka.device.SpotterProvider;
import io.keyspike.app.kafka.service.KeywordService;
import io.keyspike.app.kafka.service.ServiceConfig;
import io.keyspike.app.kafka.wire.BrokerException;
import io.keyspike.app.kafka.wire.Topics;
import io.keyspike.models.spotter.KeywordSpotter;
import io.keyspike.monitoring.KeyspikeMeters;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.TopicPartition;

/**
 * The service at full speed, in one process with its broker: how throughput scales with devices, partitions and threads,
 * and how long it takes to restore devices' state from the changelog.
 */
public final class GrowthBenchmark {

    /**
     * @param framesPerSecond processed, while there was always a backlog
     * @param timesRealTime audio seconds processed per second
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
     * @param records of the changelog, which has not been compacted: several of a device
     * @param bytes of the changelog on the broker's disk, compressed
     */
    public record Restore(int devices, double seconds, double idleSeconds, long records, long bytes) {}

    private static final Duration START_LIMIT = Duration.ofMinutes(3);

    /** Enough for filters and membranes to be far from their rest. */
    private static final int FRAMES_BEFORE_RESTORE = 5;

    /** Of the frames there are, between these shares of them time is taken. */
    private static final double FROM = 0.25;

    private static final double TO = 0.95;

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

    /** Measures the processing of about this number of frames waiting in the topic. */
    public Throughput throughput(int devices, int partitions, int threads, int frames) throws InterruptedException {
        try (var broker = broker(partitions)) {
            return throughput(broker, devices, partitions, threads, frames);
        }
    }

    private Throughput throughput(EmbeddedBroker broker, int devices, int partitions, int threads, int frames)
            throws InterruptedException {
        int framesOfEach = Math.max(1, frames / devices);
        long all = (long) framesOfEach * devices;
        try (var load = load(broker, devices)) {
            load.sendAtOnce(framesOfEach);
        }
        var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        try (var service = start(config(broker, threads))) {
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

    /** Processes a little audio of each device, then restarts without local state. */
    public Restore restore(int devices, int partitions, int threads) throws InterruptedException {
        try (var broker = broker(partitions)) {
            // Leaves the group at once: the next start must not wait for this session to time out.
            ServiceConfig first = config(broker, threads).withLeaveOnClose(true);
            double idle;
            try (var load = load(broker, devices)) {
                long start = System.nanoTime();
                try (var service = start(first)) {
                    service.awaitRunning(START_LIMIT);
                    idle = (System.nanoTime() - start) / 1e9;
                    load.sendAtOnce(FRAMES_BEFORE_RESTORE);
                    awaitConsumed(service, (long) FRAMES_BEFORE_RESTORE * devices);
                }
            }
            Changelog changelog = changelog(broker, Topics.changelog(first.applicationId()));
            long start = System.nanoTime();
            try (var service = start(first.withStateDir(folder.resolve("state-anew-" + runs)))) {
                service.awaitRunning(START_LIMIT);
                double seconds = (System.nanoTime() - start) / 1e9;
                return new Restore(devices, seconds, idle, changelog.records(), changelog.bytes());
            }
        }
    }

    /** A separate broker for each run, so that nothing is left from the previous one. */
    private EmbeddedBroker broker(int partitions) {
        runs++;
        EmbeddedBroker broker = EmbeddedBroker.start();
        Topics.create(settings(broker), partitions);
        return broker;
    }

    private static Map<String, Object> settings(EmbeddedBroker broker) {
        return Map.of("bootstrap.servers", broker.bootstrapServers());
    }

    private DeviceLoad load(EmbeddedBroker broker, int devices) {
        return new DeviceLoad(broker.bootstrapServers(), Map.of(), sound, devices);
    }

    private ServiceConfig config(EmbeddedBroker broker, int threads) {
        return ServiceConfig.at(broker.bootstrapServers())
                .withApplicationId("keyspike-growth")
                .withStateDir(folder.resolve("state-" + runs))
                .withThreads(threads);
    }

    private KeywordService start(ServiceConfig config) {
        var meters = new KeyspikeMeters(new SimpleMeterRegistry(), Clock.SYSTEM);
        return KeywordService.start(config, SpotterProvider.fixed(spotter), meters);
    }

    private static void awaitConsumed(KeywordService service, long frames) throws InterruptedException {
        long limit = System.nanoTime() + START_LIMIT.toNanos();
        while (consumed(service) < frames) {
            if (service.hasEnded() || System.nanoTime() > limit) {
                throw new BrokerException("expected the service to process " + frames + " frames, found "
                        + consumed(service) + " and the service " + service.state());
            }
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    /** Frames read so far. */
    private static long consumed(KeywordService service) {
        double sum = 0;
        for (Metric metric : service.streams().metrics().values()) {
            MetricName name = metric.metricName();
            if (name.name().equals("records-consumed-total")
                    && Topics.AUDIO_FRAMES.equals(name.tags().get("topic"))
                    && !name.tags().containsKey("partition")
                    && metric.metricValue() instanceof Double value
                    && !value.isNaN()) {
                sum += value;
            }
        }
        return (long) sum;
    }

    private record Changelog(long records, long bytes) {}

    /** Records with those that mark transactions' ends; bytes as they lie on the broker's disk. */
    private static Changelog changelog(EmbeddedBroker broker, String topic) throws InterruptedException {
        try (Admin admin = Admin.create(settings(broker))) {
            int node = admin.describeCluster().nodes().get().iterator().next().id();
            long bytes = 0;
            var ends = new HashMap<TopicPartition, OffsetSpec>();
            for (var logs :
                    admin.describeLogDirs(List.of(node)).allDescriptions().get().values()) {
                for (var log : logs.values()) {
                    for (var replica : log.replicaInfos().entrySet()) {
                        if (replica.getKey().topic().equals(topic)) {
                            bytes += replica.getValue().size();
                            ends.put(replica.getKey(), OffsetSpec.latest());
                        }
                    }
                }
            }
            long records = 0;
            for (var end : admin.listOffsets(ends).all().get().values()) {
                records += end.offset();
            }
            return new Changelog(records, bytes);
        } catch (ExecutionException e) {
            throw new BrokerException("cannot query the changelog's size: " + e.getMessage(), e);
        }
    }
}
