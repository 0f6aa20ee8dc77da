package io.keyspike.app.live;

import io.keyspike.app.kafka.device.RegisteredSpotters;
import io.keyspike.app.kafka.device.SpotterProvider;
import io.keyspike.audio.AudioFiles;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.file.ModelFiles;
import io.keyspike.models.registry.ModelRegistry;
import io.keyspike.models.spotter.KeywordSpotter;
import io.keyspike.models.spotter.SpotterState;
import io.keyspike.monitoring.http.Access;
import io.keyspike.monitoring.http.HttpLimits;
import io.keyspike.monitoring.http.HttpService;
import io.keyspike.monitoring.http.Route;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The live page with everything behind it but Kafka: one device that plays a recording over and over, in real time. */
final class PlayedService implements AutoCloseable {

    static final String DEVICE = "kitchen <b>& co</b>";

    private static final int RATE_HZ = 16_000;
    private static final int FRAME_MILLIS = 20;

    final LiveStreams streams;
    final AdjustedSpotters spotters;
    final HttpService http;
    final AtomicLong lastKeywordNanos = new AtomicLong();
    final AtomicLong keywords = new AtomicLong();

    /** Why the models folder does not decide which model runs; null while it does. */
    final AtomicReference<@Nullable String> refusal = new AtomicReference<>();

    private final LivePage page;
    private final String device;
    private final ModelRegistry registry;
    private final Studio studio;
    private final Thread player;
    private volatile boolean playing = true;
    private volatile @Nullable KeywordSpotter ofCluster;

    /** Whether digital silence is played in place of the recording. */
    volatile boolean silent;

    /** Under a name that no page should read as HTML. */
    PlayedService(Path folder, int port, boolean keepSound) throws IOException {
        this(folder, port, keepSound, DEVICE);
    }

    /** @param port 0 for any free one */
    PlayedService(Path folder, int port, boolean keepSound, String device) throws IOException {
        this(folder, port, keepSound, device, OtherDevices.NONE);
    }

    /** @param others devices that other instances hear */
    PlayedService(Path folder, int port, boolean keepSound, String device, OtherDevices others) throws IOException {
        this.device = device;
        Path root = Path.of(System.getProperty("keyspike.root", "")).toAbsolutePath();
        var kernels = Backends.preferredSteps();
        registry = ModelRegistry.open(folder.resolve("models"), kernels, false, event -> {});
        for (String model : new String[] {"commands-12", "yes-no-clips"}) {
            registry.add(root.resolve("model-zoo").resolve(model + ".safetensors"), model);
        }
        registry.use("commands-12");
        streams = new LiveStreams(keepSound);
        RegisteredSpotters local = RegisteredSpotters.of(registry, kernels);
        spotters = new AdjustedSpotters(new SpotterProvider() {
            @Override
            public KeywordSpotter current() {
                KeywordSpotter cluster = ofCluster;
                return cluster == null ? local.current() : cluster;
            }

            @Override
            public @Nullable KeywordSpotter ofVersion(String version) {
                return local.ofVersion(version);
            }
        });
        studio = new Studio(folder.resolve("sound"), keepSound, null);
        http = HttpService.start("127.0.0.1", port, Access.to(InetAddress.getLoopbackAddress()), HttpLimits.DEFAULT);
        var models = new RegistryModels(registry, refusal::get, Map::of, RATE_HZ);
        page = new LivePage(streams, spotters, models, studio, null, others);
        http.addAll(page.routes());
        short[] sound = AudioFiles.readAll(root.resolve("demo/kitchen-commands.wav"), RATE_HZ);
        player = Thread.ofPlatform().name("player").start(() -> play(sound));
    }

    private void play(short[] sound) {
        KeywordSpotter spotter = spotters.current();
        SpotterState state = spotter.newState();
        int samples = RATE_HZ * FRAME_MILLIS / 1_000;
        long next = System.nanoTime();
        for (int at = 0; playing; at = at + 2 * samples > sound.length ? 0 : at + samples) {
            KeywordSpotter now = spotters.current();
            if (now != spotter) {
                state = now.takeOver(spotter, state);
                spotter = now;
            }
            short[] frame = silent ? new short[samples] : Arrays.copyOfRange(sound, at, at + samples);
            String version = spotter.model().version();
            spotter.process(
                    state,
                    frame,
                    0,
                    samples,
                    heard -> {
                        lastKeywordNanos.set(System.nanoTime());
                        keywords.incrementAndGet();
                        streams.heard(device, heard, version, 12.5);
                    },
                    streams.frame(device, spotter, frame));
            next += TimeUnit.MILLISECONDS.toNanos(FRAME_MILLIS);
            sleepUntil(next);
        }
    }

    private static void sleepUntil(long nanoTime) {
        try {
            TimeUnit.NANOSECONDS.sleep(nanoTime - System.nanoTime());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The page's routes, to be served at another address as well. */
    List<Route> routes() {
        return page.routes();
    }

    /** From now on the cluster decides which model runs, as if one were published. */
    void clusterDecides(String model) {
        refusal.set("The cluster's topic determines the model.");
        ofCluster = new KeywordSpotter(read(model), Backends.preferredSteps());
        page.modelChanged();
    }

    private KeywordModel read(String model) {
        try {
            return ModelFiles.read(registry.fileOf(model));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String modelInUse() {
        return spotters.unadjusted().model().version();
    }

    @Override
    public void close() throws IOException {
        playing = false;
        try {
            player.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        http.close();
        studio.close();
        registry.close();
    }
}
