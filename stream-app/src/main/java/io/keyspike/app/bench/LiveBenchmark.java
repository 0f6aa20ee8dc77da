package io.keyspike.app.bench;

import com.sun.management.OperatingSystemMXBean;
import io.keyspike.app.kafka.EmbeddedBroker;
import io.keyspike.app.kafka.ServiceConfig;
import io.keyspike.app.kafka.Topics;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.common.IsolationLevel;
import org.jspecify.annotations.Nullable;

/**
 * A service under the load of many devices that send in real time: this process is the devices and two readers of the
 * events, the service is a process of its own, and the broker is in either of them or elsewhere.
 */
public final class LiveBenchmark {

    /** Where the broker is. */
    public enum Broker {
        /** In the service's process. */
        SERVICE,
        /** In the process of the devices. */
        DEVICES,
        /** Somewhere else. */
        ELSEWHERE
    }

    /**
     * @param bootstrapServers null unless the broker is {@link Broker#ELSEWHERE}
     * @param model name or file
     */
    public record Setup(
            Broker broker,
            @Nullable String bootstrapServers,
            Map<String, String> properties,
            String model,
            int devices,
            int partitions,
            int threads,
            String guarantee) {}

    /**
     * Some seconds of a run.
     *
     * @param framesPerSecond sent
     * @param lagSeconds sound that the service had not committed in the end
     * @param uncommittedMillis from a frame being sent to its event being read, ascending, by a reader that does not wait
     *     for commits
     * @param committedMillis the same by a reader that does
     * @param serviceCores cores that the service's process used
     * @param ownCores cores that the devices, the readers, and what else is in this process used
     */
    @SuppressWarnings("ArrayRecordComponent") // figures to print, never compared
    public record Window(
            double fromSeconds,
            double toSeconds,
            double framesPerSecond,
            double lagSeconds,
            double[] uncommittedMillis,
            double[] committedMillis,
            double serviceCores,
            double ownCores) {

        /** p50, p99 or any other, in milliseconds. */
        public static double quantile(double[] millis, double share) {
            return EventTimes.quantile(millis, share);
        }
    }

    private static final String APPLICATION = "keyspike-bench";

    private final Setup setup;
    private final LoopedSound sound;
    private final Path folder;

    /** @param folder for state, log and broker; the caller removes it */
    public LiveBenchmark(Setup setup, LoopedSound sound, Path folder) {
        this.setup = setup;
        this.sound = sound;
        this.folder = folder;
    }

    /**
     * Runs.
     *
     * @param warmUpSeconds not counted
     * @param windows how many follow
     * @param each hears of each window when it is over
     * @return the whole time after the warm-up as one window
     */
    public Window run(int warmUpSeconds, int windowSeconds, int windows, Consumer<Window> each)
            throws IOException, InterruptedException {
        return switch (setup.broker()) {
            case SERVICE -> {
                int port = freePort();
                yield run(
                        "127.0.0.1:" + port,
                        List.of(
                                "--broker-dir",
                                folder.resolve("broker").toString(),
                                "--broker-port",
                                String.valueOf(port),
                                "--partitions",
                                String.valueOf(setup.partitions())),
                        warmUpSeconds,
                        windowSeconds,
                        windows,
                        each);
            }
            case DEVICES -> {
                try (var broker = EmbeddedBroker.start(folder.resolve("broker"), 0, Map.of())) {
                    Topics.create(Map.of("bootstrap.servers", broker.bootstrapServers()), setup.partitions());
                    yield run(
                            broker.bootstrapServers(),
                            List.of("--bootstrap-servers", broker.bootstrapServers()),
                            warmUpSeconds,
                            windowSeconds,
                            windows,
                            each);
                }
            }
            case ELSEWHERE -> {
                String servers = String.valueOf(setup.bootstrapServers());
                var settings = new HashMap<>(setup.properties());
                settings.put("bootstrap.servers", servers);
                Topics.create(settings, setup.partitions());
                yield run(
                        servers, List.of("--bootstrap-servers", servers), warmUpSeconds, windowSeconds, windows, each);
            }
        };
    }

    private Window run(
            String servers,
            List<String> where,
            int warmUpSeconds,
            int windowSeconds,
            int windows,
            Consumer<Window> each)
            throws IOException, InterruptedException {
        var arguments = new ArrayList<>(where);
        arguments.addAll(List.of(
                "--application-id", APPLICATION,
                "--state-dir", folder.resolve("state").toString(),
                "--model", setup.model(),
                "--threads", String.valueOf(setup.threads()),
                "--guarantee", setup.guarantee()));
        if (!setup.properties().isEmpty()) {
            arguments.addAll(List.of("--properties", propertiesFile().toString()));
        }
        try (var service = new ServiceChild(arguments, folder.resolve("service.log"))) {
            service.awaitListening();
            var admin = new HashMap<String, Object>(setup.properties());
            admin.put("bootstrap.servers", servers);
            try (var load = new DeviceLoad(servers, setup.properties(), sound, setup.devices());
                    var uncommitted =
                            new EventTimes(servers, setup.properties(), IsolationLevel.READ_UNCOMMITTED, load);
                    var committed = new EventTimes(servers, setup.properties(), IsolationLevel.READ_COMMITTED, load);
                    var lag = new GroupLag(admin, APPLICATION)) {
                var windowsOf = new Windows(service, load, uncommitted, committed, lag);
                load.start();
                Thread.sleep(TimeUnit.SECONDS.toMillis(warmUpSeconds));
                Mark first = windowsOf.mark();
                Mark before = first;
                for (int w = 0; w < windows; w++) {
                    Thread.sleep(TimeUnit.SECONDS.toMillis(windowSeconds));
                    load.rethrow();
                    service.check();
                    Mark now = windowsOf.mark();
                    each.accept(windowsOf.between(first, before, now));
                    before = now;
                }
                return windowsOf.between(first, first, before);
            }
        }
    }

    private Path propertiesFile() throws IOException {
        Path file = folder.resolve("kafka.properties");
        var properties = new Properties();
        properties.putAll(setup.properties());
        try (var out = Files.newBufferedWriter(file)) {
            properties.store(out, null);
        }
        return file;
    }

    /** Counters at a moment. */
    private record Mark(long nanos, long sent, double serviceCpu, double ownCpu, long lagFrames) {}

    private final class Windows {
        private final OperatingSystemMXBean own = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        private final ServiceChild service;
        private final DeviceLoad load;
        private final EventTimes uncommitted;
        private final EventTimes committed;
        private final GroupLag lag;

        Windows(ServiceChild service, DeviceLoad load, EventTimes uncommitted, EventTimes committed, GroupLag lag) {
            this.service = service;
            this.load = load;
            this.uncommitted = uncommitted;
            this.committed = committed;
            this.lag = lag;
        }

        Mark mark() throws InterruptedException {
            return new Mark(
                    System.nanoTime(), load.sent(), service.cpuSeconds(), own.getProcessCpuTime() / 1e9, lag.frames());
        }

        Window between(Mark start, Mark from, Mark to) {
            double seconds = (to.nanos() - from.nanos()) / 1e9;
            return new Window(
                    (from.nanos() - start.nanos()) / 1e9,
                    (to.nanos() - start.nanos()) / 1e9,
                    (to.sent() - from.sent()) / seconds,
                    to.lagFrames() * sound.frameSeconds() / setup.devices(),
                    uncommitted.millis(from.nanos(), to.nanos()),
                    committed.millis(from.nanos(), to.nanos()),
                    (to.serviceCpu() - from.serviceCpu()) / seconds,
                    (to.ownCpu() - from.ownCpu()) / seconds);
        }
    }

    /** What {@code --guarantee} takes. */
    public static List<String> guarantees() {
        return java.util.Arrays.stream(ServiceConfig.Guarantee.values())
                .map(Enum::name)
                .toList();
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
