package io.keyspike.app.live;

import io.keyspike.app.hearing.FrameMetrics;
import io.keyspike.app.hearing.KeywordEvent;
import io.keyspike.app.hearing.StreamWatch;
import io.keyspike.audio.features.FeatureSpec;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.decision.Detection;
import io.keyspike.models.network.NetworkState;
import io.keyspike.models.spotter.KeywordSpotter;
import io.keyspike.models.spotter.StepObserver;
import io.keyspike.monitoring.ModelFacts;
import io.keyspike.monitoring.live.KeywordNote;
import io.keyspike.monitoring.live.LiveFeed;
import io.keyspike.monitoring.live.StreamFacts;
import io.keyspike.monitoring.live.Tap;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Connects streams to their viewers. For a stream without viewers it only records that the stream exists; no audio is kept
 * unless enabled (see {@link KeptSounds}). Thread-safe.
 */
public final class LiveStreams implements StreamWatch {

    /** Number of devices remembered for the picker; more than a service handles. */
    private static final int MAXIMUM_DEVICES = 100_000;

    private static final int MAXIMUM_MODELS = 64;
    private static final SecureRandom RANDOM = new SecureRandom();

    /** A known device. */
    static final class Heard {
        final String name;
        volatile long atMillis;

        Heard(String name) {
            this.name = name;
        }
    }

    private final LiveFeed feed = new LiveFeed();
    private final WordRecorder recorder = new WordRecorder();
    private final @Nullable KeptSounds sounds;
    private final ConcurrentHashMap<String, Heard> devices = new ConcurrentHashMap<>();
    private final IdentityHashMap<KeywordSpotter, StreamFacts> facts = new IdentityHashMap<>();

    /** Of watched streams, for as long as they are watched. */
    private final WeakHashMap<Tap, Levels> levels = new WeakHashMap<>();

    /** @param facts of the model whose channels they are */
    private record Levels(StreamFacts facts, ChannelLevels levels) {}

    /** @param keepSound whether to keep the last seconds of watched streams in memory */
    public LiveStreams(boolean keepSound) {
        sounds = keepSound ? new KeptSounds() : null;
    }

    /** The feed that viewers subscribe to. */
    public LiveFeed feed() {
        return feed;
    }

    WordRecorder recorder() {
        return recorder;
    }

    @Nullable
    KeptSounds sounds() {
        return sounds;
    }

    @Override
    public @Nullable StepObserver frame(String device, KeywordSpotter spotter, short[] samples) {
        note(device);
        Tap tap = feed.tap(device);
        if (tap == null) {
            return null;
        }
        StreamFacts now = factsOf(spotter);
        if (sounds != null) {
            sounds.add(device, now.sampleRateHz(), samples);
            recorder.take(device, now.sampleRateHz(), samples);
        }
        tap.begin(now, samples, 0, samples.length);
        ChannelLevels inChannels = levelsOf(tap, now, spotter);
        inChannels.take(samples);
        return observer(tap, now, inChannels);
    }

    @SuppressWarnings("ReferenceEquality") // asked for each frame: the same object is the same model
    private ChannelLevels levelsOf(Tap tap, StreamFacts now, KeywordSpotter spotter) {
        synchronized (levels) {
            Levels known = levels.get(tap);
            if (known == null || known.facts() != now) {
                known = new Levels(now, new ChannelLevels(spotter.model().features()));
                levels.put(tap, known);
            }
            return known.levels();
        }
    }

    private void note(String device) {
        Heard heard = devices.get(device);
        if (heard == null) {
            if (devices.size() >= MAXIMUM_DEVICES) {
                return;
            }
            heard = devices.computeIfAbsent(device, Heard::new);
        }
        heard.atMillis = System.currentTimeMillis();
    }

    private static StepObserver observer(Tap tap, StreamFacts facts, ChannelLevels inChannels) {
        int layers = facts.layers().size();
        int labels = facts.labels().size();
        float[] scores = new float[labels];
        float[] shown = new float[facts.channels().count()];
        return (state, features, output) -> {
            NetworkState network = state.network();
            for (int layer = 0; layer < layers; layer++) {
                tap.fired(layer, network.lastFired(layer), network.lastSpikes(layer));
            }
            for (int label = 0; label < labels; label++) {
                scores[label] = state.gateOpen() ? state.score(label) : 0; // while it is quiet, nothing can be reported
            }
            inChannels.next(shown);
            tap.step(shown, output, scores, state.levelDb(), state.samplePosition());
        };
    }

    @Override
    public void heard(KeywordEvent event) {
        tell(
                event.device(),
                event.keyword(),
                event.score(),
                event.latencyMillis(),
                event.model(),
                event.audioTime(),
                event.samplePosition());
    }

    /** A keyword was detected in a stream that does not come through Kafka. */
    public void heard(String device, Detection detection, String model, double latencyMillis) {
        tell(
                device,
                detection.keyword(),
                detection.score(),
                latencyMillis,
                model,
                Instant.now(),
                detection.samplePosition());
    }

    private void tell(
            String device,
            String keyword,
            float score,
            double latencyMillis,
            String model,
            Instant time,
            long position) {
        String id = String.format(Locale.ROOT, "%016x", RANDOM.nextLong());
        boolean kept = sounds != null && sounds.keep(device, id);
        feed.keyword(new KeywordNote(id, device, keyword, score, latencyMillis, model, time, position, kept));
    }

    /**
     * Devices whose name contains a text, most recently active first.
     *
     * @param limit maximum number returned
     */
    List<Heard> devices(String text, int limit) {
        String wanted = text.toLowerCase(Locale.ROOT);
        var found = new ArrayList<Heard>();
        for (Heard each : devices.values()) {
            if (each.name.toLowerCase(Locale.ROOT).contains(wanted)) {
                found.add(each);
            }
        }
        found.sort(Comparator.comparing(
                        (Heard each) -> !each.name.toLowerCase(Locale.ROOT).startsWith(wanted))
                .thenComparing(each -> each.name));
        return found.size() > limit ? List.copyOf(found.subList(0, limit)) : found;
    }

    /** Number of devices seen since the start. */
    int deviceCount() {
        return devices.size();
    }

    private StreamFacts factsOf(KeywordSpotter spotter) {
        synchronized (facts) {
            StreamFacts known = facts.get(spotter);
            if (known == null) {
                if (facts.size() >= MAXIMUM_MODELS) {
                    facts.clear();
                }
                known = describe(spotter);
                facts.put(spotter, known);
            }
            return known;
        }
    }

    private static StreamFacts.Channels channels(FeatureSpec spec) {
        return new StreamFacts.Channels(
                ChannelLevels.plain(spec).channelsName(),
                ChannelLevels.FLOOR_DB,
                IntStream.range(0, spec.channels()).mapToObj(spec::channelHz).toList());
    }

    private static StreamFacts describe(KeywordSpotter spotter) {
        KeywordModel model = spotter.model();
        ModelFacts known = FrameMetrics.facts(spotter);
        var layers = new ArrayList<StreamFacts.Layer>();
        int neurons = 0;
        for (ModelFacts.Layer layer : known.layers()) {
            layers.add(new StreamFacts.Layer(
                    layer.name(),
                    layer.width(),
                    known.joulesPerSpike() + known.joulesPerSynapticOperation() * layer.fanOut()));
            neurons += layer.width();
        }
        return new StreamFacts(
                model.version(),
                model.features().sampleRateHz(),
                model.network().graph().stepSeconds(),
                channels(model.features()),
                layers,
                model.labels(),
                model.decision().thresholds(),
                known.staticWattsPerNeuron() * neurons);
    }
}
