package io.keyspike.app.bench;

import com.sun.management.OperatingSystemMXBean;
import io.keyspike.app.kafka.broker.EmbeddedBroker;
import io.keyspike.app.kafka.service.ServiceConfig;
import io.keyspike.app.kafka.wire.Topics;
import io.keyspike.models.spotter.KeywordSpotter;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
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
     * @param serviceWarmUp arguments of the service that say how long it warms up; empty for its default
     * @param restart whether the service is restarted once the windows are over, with the devices sending on, and measured
     *     again
     */
    public record Setup(
            Broker broker,
            @Nullable String bootstrapServers,
            Map<String, String> properties,
            String model,
            int devices,
            int partitions,
            int threads,
            String guarantee,
            List<String> serviceWarmUp,
            boolean restart) {}

    /**
     * Some seconds of a run.
     *
     * @param fromSeconds since the warm-up ended; less than zero for the warm-up itself
     * @param framesPerSecond sent
     * @param lagSeconds seconds of audio not yet committed by the service, sampled each second, ascending
     * @param uncommittedMillis from a frame being due to its event being read, ascending, by a reader that does not wait
     *     for commits
     * @param committedMillis the same by a reader that does
     * @param serviceCores cores that the service's process used
     * @param ownCores cores that the devices, the readers, and what else is in this process used
     * @param machineCores busy cores of this machine, for any reason
     */
    @SuppressWarnings("ArrayRecordComponent") // figures to print, never compared
    public record Window(
            double fromSeconds,
            double toSeconds,
            double framesPerSecond,
            double[] lagSeconds,
            double[] uncommittedMillis,
            double[] committedMillis,
            double serviceCores,
            double ownCores,
            double machineCores) {

        /** p50, p99 or any other of ascending figures; NaN of none. */
        public static double quantile(double[] sorted, double share) {
            return EventTimes.quantile(sorted, share);
        }
    }

    /**
     * A whole run.
     *
     * @param afterWarmUp all the time behind the warm-up
     * @param words in the audio sent, detected without Kafka; -1 if the service did not reach the end of it within
     *     {@value #REST_SECONDS} s and nothing was compared
     * @param lost of them, not detected by the service
     * @param doubled duplicate events of a word, for a read-committed consumer
     * @param madeUp spurious events, of words that are not in the audio
     * @param starts how each start of the service went
     */
    public record Result(
            Window afterWarmUp, long words, long lost, long doubled, long madeUp, List<ColdStart> starts) {}

    /**
     * The start of a service under load.
     *
     * @param listeningSeconds from the start of the process to its listening, its own warm-up included
     * @param settledSeconds from then, or from the first frame if that came later, until p99 of the events committed in a
     *     second was below {@value #SETTLED_MILLIS} ms for {@value #SETTLED_SECONDS} seconds in a row; infinite if never
     * @param late committed events later than {@value #LATE_MILLIS} ms, in the first {@value #START_SECONDS} s
     * @param events committed in those seconds
     * @param worstMillis the latest of them
     */
    public record ColdStart(
            double listeningSeconds, double settledSeconds, long late, long events, double worstMillis) {}

    /** The goal for p99. */
    private static final double SETTLED_MILLIS = 200;

    private static final int SETTLED_SECONDS = 5;

    private static final double LATE_MILLIS = 1_000;

    /** How long a start is looked at. */
    private static final int START_SECONDS = 60;

    /** Time for the service to process its backlog after the devices stop. */
    private static final int REST_SECONDS = 60;

    private static final String APPLICATION = "keyspike-bench";

    private final Setup setup;
    private final KeywordSpotter spotter;
    private final LoopedSound sound;
    private final Path folder;

    /**
     * @param spotter of the setup's model, to compare with
     * @param folder for state, log and broker; the caller removes it
     */
    public LiveBenchmark(Setup setup, KeywordSpotter spotter, LoopedSound sound, Path folder) {
        this.setup = setup;
        this.spotter = spotter;
        this.sound = sound;
        this.folder = folder;
    }

    /**
     * Runs.
     *
     * @param warmUpSeconds reported as a window of its own, and not counted in the whole
     * @param windows how many follow
     * @param each receives each window when it is over
     */
    public Result run(int warmUpSeconds, int windowSeconds, int windows, Consumer<Window> each)
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

    private Result run(
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
        arguments.addAll(setup.serviceWarmUp());
        if (!setup.properties().isEmpty()) {
            arguments.addAll(List.of("--properties", propertiesFile().toString()));
        }
        var service = new ServiceChild(arguments, folder.resolve("service.log"));
        try {
            double listening = service.awaitListening();
            var admin = new HashMap<String, Object>(setup.properties());
            admin.put("bootstrap.servers", servers);
            try (var load = new DeviceLoad(servers, setup.properties(), sound, setup.devices());
                    var uncommitted =
                            new EventTimes(servers, setup.properties(), IsolationLevel.READ_UNCOMMITTED, load);
                    var committed = new EventTimes(servers, setup.properties(), IsolationLevel.READ_COMMITTED, load);
                    var lag = new LagRecord(admin, APPLICATION)) {
                var starts = new ArrayList<ColdStart>();
                var windowsOf = new Windows(service, load, uncommitted, committed, lag);
                load.start();
                Window whole = windowsOf.measure(warmUpSeconds, windowSeconds, windows, each);
                starts.add(start(committed, listening, whole, warmUpSeconds));
                if (setup.restart()) {
                    service.close();
                    service = new ServiceChild(arguments, folder.resolve("service-again.log"));
                    listening = service.awaitListening();
                    windowsOf.service = service;
                    whole = windowsOf.measure(warmUpSeconds, windowSeconds, windows, each);
                    starts.add(start(committed, listening, whole, warmUpSeconds));
                }
                load.stop();
                if (!lag.awaitNone(REST_SECONDS)) {
                    return new Result(whole, -1, 0, 0, 0, starts);
                }
                var words = new ExpectedWords(spotter, sound).compare(setup.devices(), load.sent(), committed.words());
                return new Result(
                        whole, words.expected(), words.lost(), words.doubled(), words.madeUp(), List.copyOf(starts));
            }
        } finally {
            service.close();
        }
    }

    /** Looks at the events of a start, second by second. */
    private static ColdStart start(EventTimes committed, double listening, Window whole, int warmUpSeconds) {
        long now = System.nanoTime();
        long from = now - (long) ((whole.toSeconds() + warmUpSeconds) * 1e9);
        int seconds = (int) ((now - from) / 1_000_000_000L);
        double settled = Double.POSITIVE_INFINITY;
        int inARow = 0;
        for (int second = 0; second < seconds && inARow < SETTLED_SECONDS; second++) {
            long at = from + second * 1_000_000_000L;
            boolean good = Window.quantile(committed.millis(at, at + 1_000_000_000L), 0.99) < SETTLED_MILLIS;
            inARow = good ? inARow + 1 : 0;
            if (inARow == SETTLED_SECONDS) {
                settled = second + 1.0 - SETTLED_SECONDS;
            }
        }
        double[] early = committed.millis(from, from + Math.min(seconds, START_SECONDS) * 1_000_000_000L);
        return new ColdStart(
                listening,
                settled,
                Arrays.stream(early).filter(millis -> millis > LATE_MILLIS).count(),
                early.length,
                Window.quantile(early, 1));
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
    private record Mark(long nanos, long sent, double serviceCpu, double ownCpu, double machineCpu) {}

    private final class Windows {
        private final OperatingSystemMXBean own = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        private ServiceChild service;
        private final DeviceLoad load;
        private final EventTimes uncommitted;
        private final EventTimes committed;
        private final LagRecord lag;
        private long machineAskedAt = System.nanoTime();
        private double machineCpu;

        Windows(ServiceChild service, DeviceLoad load, EventTimes uncommitted, EventTimes committed, LagRecord lag) {
            this.service = service;
            this.load = load;
            this.uncommitted = uncommitted;
            this.committed = committed;
            this.lag = lag;
        }

        /** Reports the warm-up and each window. @return all but the warm-up */
        Window measure(int warmUpSeconds, int windowSeconds, int windows, Consumer<Window> each)
                throws IOException, InterruptedException {
            Mark start = mark();
            Thread.sleep(TimeUnit.SECONDS.toMillis(warmUpSeconds));
            Mark first = mark();
            if (warmUpSeconds > 0) {
                each.accept(between(first, start, first));
            }
            Mark before = first;
            for (int w = 0; w < windows; w++) {
                Thread.sleep(TimeUnit.SECONDS.toMillis(windowSeconds));
                load.rethrow();
                service.check();
                Mark now = mark();
                each.accept(between(first, before, now));
                before = now;
            }
            return between(first, first, before);
        }

        private Mark mark() {
            long now = System.nanoTime();
            // A share of all cores since it was last asked for.
            machineCpu += own.getCpuLoad() * own.getAvailableProcessors() * (now - machineAskedAt) / 1e9;
            machineAskedAt = now;
            return new Mark(now, load.sent(), service.cpuSeconds(), own.getProcessCpuTime() / 1e9, machineCpu);
        }

        private Window between(Mark start, Mark from, Mark to) {
            double seconds = (to.nanos() - from.nanos()) / 1e9;
            return new Window(
                    (from.nanos() - start.nanos()) / 1e9,
                    (to.nanos() - start.nanos()) / 1e9,
                    (to.sent() - from.sent()) / seconds,
                    Arrays.stream(lag.frames(from.nanos(), to.nanos()))
                            .map(frames -> frames * sound.frameSeconds() / setup.devices())
                            .toArray(),
                    uncommitted.millis(from.nanos(), to.nanos()),
                    committed.millis(from.nanos(), to.nanos()),
                    (to.serviceCpu() - from.serviceCpu()) / seconds,
                    (to.ownCpu() - from.ownCpu()) / seconds,
                    (to.machineCpu() - from.machineCpu()) / seconds);
        }
    }

    /** The value of {@code --guarantee}. */
    public static List<String> guarantees() {
        return Arrays.stream(ServiceConfig.Guarantee.values()).map(Enum::name).toList();
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
