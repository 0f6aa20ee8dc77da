package io.keyspike.monitoring;

import static io.keyspike.monitoring.MeterCatalogue.*;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The meters of {@link MeterCatalogue}, as the stream sees them. Thread-safe: one object serves every stream of the process.
 * Per-frame events are counted by a {@link FrameTally}, one for each thread or task; methods called per frame do not
 * allocate.
 *
 * <p><b>Firing rate</b> of a layer = spikes / (steps · neurons), summed over the streams of a device group and the last ten
 * seconds of the clock (sampled about once a second by {@link #tick}, so ten to eleven).
 *
 * <p><b>Chip power</b> is what one chip that listens to one stream would draw: static watts per neuron · neurons + joules
 * per spike · spikes per second of <em>audio</em>, and likewise joules per synaptic operation if the profile has any. Spikes
 * and audio are summed over all streams and the same ten seconds, so it is the mean over streams, weighted by their audio,
 * and does not depend on how fast the audio was processed: a replay at fifty times real time shows the same power. A model's
 * window begins when it is activated. <b>Fleet power</b> is that times the number of active streams.
 */
public final class KeyspikeMeters {

    /** The group of devices whose settings name none. */
    public static final String DEFAULT_GROUP = "default";

    private static final double[] SCORE_BUCKETS_PERCENT = {50, 60, 70, 80, 90, 95, 99};
    private static final Duration[] LATENCY_BUCKETS = IntStream.of(5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000)
            .mapToObj(Duration::ofMillis)
            .toArray(Duration[]::new);

    private final MeterRegistry registry;
    private final Clock clock;
    private final Workloads workloads;
    private final Counter duplicates;
    private final Counter lates;
    private final Counter bridged;
    private final Counter reset;
    private final Counter restarts;
    private final Counter expired;
    private final Counter configRefusals;
    private final Counter swapped;
    private final Counter refused;
    private final BoundedCounters deadLetters;
    private final BoundedCounters keywords;
    private final BoundedCounters shadowKeywords;
    private final BoundedCounters right;
    private final BoundedCounters wrong;
    private final DistributionSummary keywordScore;
    private final Timer frameLatency;
    private final Timer eventLatency;
    private final Set<String> queues = new HashSet<>();

    private volatile int unpinnedDevices;
    private volatile DoubleSupplier lag = () -> 0;
    private volatile LongSupplier activeStreams = () -> 0;
    private volatile LongSupplier silentStreams = () -> 0;
    private volatile long inUseSinceNanos;
    private @Nullable Gauge modelInfo;

    /**
     * Registers everything that does not depend on a model. Until {@link #model} is called, layers have no series.
     *
     * @param registry where all meters are registered
     * @param clock measures the ten seconds of rates and the age of the model
     */
    public KeyspikeMeters(MeterRegistry registry, Clock clock) {
        this.registry = registry;
        this.clock = clock;
        workloads = new Workloads(registry, clock);
        inUseSinceNanos = clock.monotonicTime();
        duplicates = FRAMES_DROPPED.counter(registry, "duplicate");
        lates = FRAMES_DROPPED.counter(registry, "late");
        bridged = GAPS.counter(registry, "bridged");
        reset = GAPS.counter(registry, "reset");
        restarts = DEVICE_RESTARTS.counter(registry);
        expired = EXPIRED_DEVICES.counter(registry);
        configRefusals = CONFIG_REFUSALS.counter(registry);
        swapped = MODEL_RELOADS.counter(registry, "swapped");
        refused = MODEL_RELOADS.counter(registry, "refused");
        deadLetters = new BoundedCounters(Bounds.REASONS, reason -> DEAD_LETTERS.counter(registry, reason));
        keywords = new BoundedCounters(Bounds.WORDS, word -> KEYWORDS.counter(registry, word));
        shadowKeywords = new BoundedCounters(Bounds.WORDS, word -> SHADOW_KEYWORDS.counter(registry, word));
        right = new BoundedCounters(Bounds.WORDS, word -> MARKS.counter(registry, "right", word));
        wrong = new BoundedCounters(Bounds.WORDS, word -> MARKS.counter(registry, "wrong", word));
        keywordScore = DistributionSummary.builder(KEYWORD_SCORE.meterName())
                .baseUnit(KEYWORD_SCORE.unit())
                .description(KEYWORD_SCORE.description())
                .scale(100)
                .serviceLevelObjectives(SCORE_BUCKETS_PERCENT)
                .register(registry);
        frameLatency = latencyTimer(FRAME_LATENCY);
        eventLatency = latencyTimer(EVENT_LATENCY);
        registerReadings();
    }

    private Timer latencyTimer(MeterCatalogue meter) {
        return Timer.builder(meter.meterName())
                .description(meter.description())
                .serviceLevelObjectives(LATENCY_BUCKETS)
                .register(registry);
    }

    private void registerReadings() {
        FRAMES.functionCounter(registry, workloads, Workloads::frames);
        AUDIO.functionCounter(registry, workloads, Workloads::audioSeconds);
        SYNAPTIC_OPERATIONS.functionCounter(registry, workloads, Workloads::synapticOperations);
        CHIP_ENERGY.functionCounter(registry, workloads, Workloads::joules);
        CHIP_POWER.gauge(registry, workloads, w -> w.power().staticWatts(), "static");
        CHIP_POWER.gauge(registry, workloads, w -> w.power().dynamicWatts(), "dynamic");
        INFERENCE_ENERGY.gauge(registry, workloads, w -> w.power().inferenceJoules());
        FLEET_POWER.gauge(registry, this, KeyspikeMeters::fleetWatts);
        ACTIVE_STREAMS.gauge(registry, this, m -> m.activeStreams.getAsLong());
        SILENT_STREAMS.gauge(registry, this, m -> m.silentStreams.getAsLong());
        UNPINNED_DEVICES.gauge(registry, this, m -> m.unpinnedDevices);
        CONSUMER_LAG.gauge(registry, this, m -> m.lag.getAsDouble());
        MODEL_AGE.gauge(registry, this, m -> (m.clock.monotonicTime() - m.inUseSinceNanos) / 1e9);
    }

    /** {@return the registry that all meters are in; for binders of other libraries' meters} */
    public MeterRegistry registry() {
        return registry;
    }

    /**
     * Creates the tally of a new writer.
     *
     * @return a tally for one thread, which must close it when it ends
     */
    public FrameTally tally() {
        return new FrameTally(this, workloads);
    }

    /** Samples the totals when due, for rates over the last ten seconds; to be called about once a second. */
    public void tick() {
        workloads.tick();
    }

    void frameLatency(double seconds) {
        record(frameLatency, seconds);
    }

    private static void record(Timer timer, double seconds) {
        if (!Double.isNaN(seconds)) {
            timer.record(Math.round(Math.max(seconds, 0) * 1e9), TimeUnit.NANOSECONDS);
        }
    }

    /** A frame was dropped as a duplicate. */
    public void duplicate() {
        duplicates.increment();
    }

    /** A frame was dropped because a later one had already been processed. */
    public void late() {
        lates.increment();
    }

    /**
     * Frames of a stream were missing.
     *
     * @param wasBridged whether the gap was bridged with silence; otherwise the stream was reset after it
     */
    public void gap(boolean wasBridged) {
        (wasBridged ? bridged : reset).increment();
    }

    /** A device restarted its sequence numbers without a new session id. */
    public void restart() {
        restarts.increment();
    }

    /** The state of a device was removed because it sent nothing for the expiry period. */
    public void expired() {
        expired.increment();
    }

    /** Invalid settings of a device or group were refused. */
    public void configRefused() {
        configRefusals.increment();
    }

    /**
     * Sets the number of devices pinned to a model that is not available.
     *
     * @param devices how many there are now
     */
    public void unpinnedDevices(int devices) {
        unpinnedDevices = devices;
    }

    /**
     * A record became a dead-letter record.
     *
     * @param reason a short constant such as {@code bad-magic}; variable parts belong in the record's headers
     */
    public void deadLetter(String reason) {
        deadLetters.of(reason).increment();
    }

    /**
     * A keyword was detected.
     *
     * @param word the keyword; its counter is shared as {@code other} once there are 64 others
     * @param score 0 to 1
     * @param latencySeconds from the capture of the deciding sample to the event, in seconds; NaN if unknown
     */
    public void keyword(String word, double score, double latencySeconds) {
        keywords.of(word).increment();
        keywordScore.record(score);
        record(eventLatency, latencySeconds);
    }

    /**
     * Words that can be detected from now on: their counters begin at 0, so that a rate sees the first detection too, which it
     * cannot of a counter that appears with a 1.
     *
     * @param words bounded as in {@link #keyword}
     */
    public void expect(Iterable<String> words) {
        words.forEach(keywords::of);
    }

    /**
     * The shadow model detected a keyword.
     *
     * @param word the keyword, bounded as in {@link #keyword}
     */
    public void shadowKeyword(String word) {
        shadowKeywords.of(word).increment();
    }

    /**
     * A person marked a detection as right, or as a false alarm.
     *
     * @param word the keyword of the detection, bounded as in {@link #keyword}
     * @param wasRight true if the word was said, false for a false alarm
     */
    public void mark(String word, boolean wasRight) {
        (wasRight ? right : wrong).of(word).increment();
    }

    /**
     * A model was activated: registers its layers, and starts a new window for firing rates and power.
     *
     * @param model the one that is now active; its version becomes the tag of {@link MeterCatalogue#MODEL_INFO}
     */
    public synchronized void model(ModelFacts model) {
        workloads.use(model);
        if (modelInfo != null) {
            registry.remove(modelInfo);
        }
        modelInfo = MODEL_INFO.gauge(registry, this, m -> 1, model.version());
        inUseSinceNanos = clock.monotonicTime();
    }

    /**
     * A new model was offered.
     *
     * @param swapped whether it is now active; otherwise it was refused and the previous one stays active
     */
    public void reload(boolean swapped) {
        (swapped ? this.swapped : refused).increment();
    }

    /**
     * Registers a queue of this process, under a constant name.
     *
     * @param name tag of the queue's meters
     * @param depth number of messages waiting; called at each scrape
     * @return to be called for each message dropped because the queue was full
     * @throws IllegalStateException if there are more queues than the catalogue allows
     */
    public synchronized Runnable queue(String name, LongSupplier depth) {
        queues.add(name);
        if (queues.size() > Bounds.QUEUES) {
            throw new IllegalStateException(
                    "meters: expected at most " + Bounds.QUEUES + " queues, found " + String.join(", ", queues));
        }
        QUEUE_DEPTH.gauge(registry, depth, LongSupplier::getAsLong, name);
        return QUEUE_DROPS.counter(registry, name)::increment;
    }

    /**
     * Sets the source of the number of unread records; replaces an earlier one.
     *
     * @param records called on the reader's thread whenever the meter is read
     */
    public void lag(DoubleSupplier records) {
        lag = records;
    }

    /**
     * Sets the source of the number of active streams; replaces an earlier one.
     *
     * @param streams called on the reader's thread whenever the meter is read
     */
    public void activeStreams(LongSupplier streams) {
        activeStreams = streams;
    }

    /**
     * Sets the source of the number of silent streams; replaces an earlier one.
     *
     * @param streams called on the reader's thread whenever the meter is read
     */
    public void silentStreams(LongSupplier streams) {
        silentStreams = streams;
    }

    private double fleetWatts() {
        Workloads.Power power = workloads.power();
        return (power.staticWatts() + power.dynamicWatts()) * activeStreams.getAsLong();
    }
}
