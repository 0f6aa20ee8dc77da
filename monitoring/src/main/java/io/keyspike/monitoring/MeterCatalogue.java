package io.keyspike.monitoring;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.config.NamingConvention;
import io.micrometer.prometheusmetrics.PrometheusNamingConvention;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Every meter that Keyspike registers itself: name, kind, unit, meaning, tags, and the maximum number of series at any one
 * time. No meter has a series per device, however many devices there are. {@code docs/metrics.md} is generated from here.
 */
public enum MeterCatalogue {
    /** Counted by {@link FrameTally#frame}. */
    FRAMES("keyspike.frames", Kind.COUNTER, "frames", "Audio frames processed by a network", 1),
    /** Counted by {@link FrameTally#frame}. */
    AUDIO(
            "keyspike.audio",
            Kind.COUNTER,
            "seconds",
            "Audio processed by a network, summed over streams; its rate is the number of real-time streams"
                    + " served",
            1),
    /** Counted by {@link KeyspikeMeters#duplicate} and {@link KeyspikeMeters#late}. */
    FRAMES_DROPPED(
            "keyspike.dropped.frames",
            Kind.COUNTER,
            "frames",
            "Frames not processed: duplicate (seen before) or late (older than one already processed)",
            2,
            "reason"),
    /** Counted by {@link KeyspikeMeters#gap}. */
    GAPS(
            "keyspike.gaps",
            Kind.COUNTER,
            "gaps",
            "Gaps in the frames of a stream, by outcome: bridged (filled with silence) or reset (the stream's state was"
                    + " cleared)",
            2,
            "outcome"),
    /** Counted by {@link KeyspikeMeters#restart}. */
    DEVICE_RESTARTS(
            "keyspike.device.restarts",
            Kind.COUNTER,
            "restarts",
            "Sequence-number restarts without a new session id",
            1),
    /** Counted by {@link KeyspikeMeters#expired}. */
    EXPIRED_DEVICES(
            "keyspike.expired.devices",
            Kind.COUNTER,
            "devices",
            "Devices whose state was removed because they sent nothing for the expiry period",
            1),
    /** Counted by {@link KeyspikeMeters#configRefused}. */
    CONFIG_REFUSALS(
            "keyspike.config.refusals",
            Kind.COUNTER,
            "refusals",
            "Invalid settings of devices or groups; the previous settings stay in effect",
            1),
    /** Set by {@link KeyspikeMeters#unpinnedDevices}. */
    UNPINNED_DEVICES(
            "keyspike.unpinned.devices",
            Kind.GAUGE,
            "devices",
            "Devices pinned to a model that is not available; the active model serves them meanwhile",
            1),
    /** Counted by {@link KeyspikeMeters#deadLetter}. */
    DEAD_LETTERS(
            "keyspike.dead.letters",
            Kind.COUNTER,
            "letters",
            "Records that could not be read as frames and became dead-letter records, by reason; past the bound the reason is"
                    + " 'other'",
            Bounds.REASONS + 1,
            "reason"),
    /** Counted by {@link KeyspikeMeters#keyword}. */
    KEYWORDS(
            "keyspike.keywords",
            Kind.COUNTER,
            "keywords",
            "Keywords detected, by word; past the bound the word is 'other'",
            Bounds.WORDS + 1,
            "word"),
    /** Counted by {@link KeyspikeMeters#shadowKeyword}. */
    SHADOW_KEYWORDS(
            "keyspike.shadow.keywords",
            Kind.COUNTER,
            "keywords",
            "Keywords detected by the shadow model, by word; past the bound the word is 'other'",
            Bounds.WORDS + 1,
            "word"),
    /**
     * Recorded by {@link KeyspikeMeters#keyword}, in percent because Micrometer rounds up to whole numbers before it
     * chooses a bucket.
     */
    KEYWORD_SCORE(
            "keyspike.keyword.score", Kind.DISTRIBUTION, "percent", "Scores of the detected keywords, 0 to 100", 1),
    /** Counted by {@link KeyspikeMeters#mark}. */
    MARKS(
            "keyspike.marks",
            Kind.COUNTER,
            "marks",
            "Detections marked by a person, by word and verdict: right, or wrong (a false alarm)",
            2 * (Bounds.WORDS + 1),
            "verdict",
            "word"),
    /** Recorded by {@link FrameTally#frame}. */
    FRAME_LATENCY(
            "keyspike.frame.latency",
            Kind.TIMER,
            "seconds",
            "Time from the capture of a frame's last sample until the frame was processed, measured on every sixteenth"
                    + " frame; a capture time in the future counts as 0",
            1),
    /** Recorded by {@link KeyspikeMeters#keyword}. */
    EVENT_LATENCY(
            "keyspike.event.latency",
            Kind.TIMER,
            "seconds",
            "Time from the capture of the deciding sample to the keyword event; a capture time in the future counts as 0",
            1),
    /** Counted by {@link FrameTally#spikes}. */
    SPIKES(
            "keyspike.spikes",
            Kind.COUNTER,
            "spikes",
            "Spikes by device group and layer of the active models, summed over streams",
            (Bounds.GROUPS + 1) * Bounds.LAYERS,
            "group",
            "layer"),
    /** Derived from the spikes and {@link ModelFacts.Layer#fanOut}. */
    SYNAPTIC_OPERATIONS(
            "keyspike.synaptic.operations",
            Kind.COUNTER,
            "operations",
            "Synaptic operations: spikes times the synapses that each one reaches, over all layers and streams",
            1),
    /** Derived from the spikes and steps of {@link FrameTally#spikes}; {@link KeyspikeMeters} has the equation. */
    FIRING_RATE(
            "keyspike.firing.rate",
            Kind.GAUGE,
            "ratio",
            "Spikes per neuron and time step over the last 10 s, by device group and layer of the active models,"
                    + " averaged over streams",
            (Bounds.GROUPS + 1) * Bounds.LAYERS,
            "group",
            "layer"),
    /** Derived from spikes, audio and the chip profile; {@link KeyspikeMeters} has the equation. */
    CHIP_POWER(
            "keyspike.chip.power",
            Kind.GAUGE,
            "watts",
            "Estimated power of one neuromorphic chip that listens to one stream, averaged over streams and the last"
                    + " 10 s: static part and dynamic part (drawn by spikes)",
            2,
            "part"),
    /** {@link #CHIP_POWER} times {@link ModelFacts#inferenceSeconds}. */
    INFERENCE_ENERGY(
            "keyspike.chip.inference.energy",
            Kind.GAUGE,
            "joules",
            "Estimated energy of one inference: chip power (static and dynamic) times the audio length of an inference",
            1),
    /** {@link #CHIP_POWER} times {@link #ACTIVE_STREAMS}. */
    FLEET_POWER(
            "keyspike.fleet.power", Kind.GAUGE, "watts", "Estimated power of one chip per active stream, in total", 1),
    /** The integral of chip power over the audio of all streams. */
    CHIP_ENERGY(
            "keyspike.chip.energy",
            Kind.COUNTER,
            "joules",
            "Estimated chip energy for the audio processed, summed over streams; divided by keyspike.audio it is the energy"
                    + " per second of audio",
            1),
    /** Read from the source given to {@link KeyspikeMeters#activeStreams}. */
    ACTIVE_STREAMS(
            "keyspike.active.streams", Kind.GAUGE, "streams", "Streams from which frames arrived in the last 10 s", 1),
    /** Read from the source given to {@link KeyspikeMeters#silentStreams}. */
    SILENT_STREAMS(
            "keyspike.silent.streams",
            Kind.GAUGE,
            "streams",
            "Streams from which frames arrived since this process took them over, but none in the last 10 s; removed when"
                    + " they expire",
            1),
    /** Read from the source given to {@link KeyspikeMeters#queue}. */
    QUEUE_DEPTH(
            "keyspike.queue.depth",
            Kind.GAUGE,
            "messages",
            "Messages waiting in a queue of this process, by queue",
            Bounds.QUEUES,
            "queue"),
    /** Counted by what {@link KeyspikeMeters#queue} returns. */
    QUEUE_DROPS(
            "keyspike.queue.drops",
            Kind.COUNTER,
            "messages",
            "Messages dropped because a queue was full, by queue; a slow browser never slows the stream",
            Bounds.QUEUES,
            "queue"),
    /** Read from the source given to {@link KeyspikeMeters#lag}. */
    CONSUMER_LAG(
            "keyspike.consumer.lag",
            Kind.GAUGE,
            "records",
            "Records in the input partitions assigned to this process that it has not read yet",
            1),
    /** Replaced by {@link KeyspikeMeters#model}, so that only the active model's version has a series. */
    MODEL_INFO("keyspike.model.info", Kind.GAUGE, "", "Always 1; the tag names the active model", 1, "version"),
    /** Starts at 0 with {@link KeyspikeMeters#model}. */
    MODEL_AGE("keyspike.model.age", Kind.GAUGE, "seconds", "Time since the active model was activated", 1),
    /** Counted by {@link KeyspikeMeters#reload}. */
    MODEL_RELOADS(
            "keyspike.model.reloads",
            Kind.COUNTER,
            "reloads",
            "New models offered: swapped (now active) or refused (invalid, the previous model stays active)",
            2,
            "outcome");

    /** What kind of meter, in Micrometer's terms. */
    public enum Kind {
        /** Only ever grows. */
        COUNTER(Meter.Type.COUNTER),
        /** A current value. */
        GAUGE(Meter.Type.GAUGE),
        /** Durations, as a histogram. */
        TIMER(Meter.Type.TIMER),
        /** Other values, as a histogram. */
        DISTRIBUTION(Meter.Type.DISTRIBUTION_SUMMARY);

        private final Meter.Type type;

        Kind(Meter.Type type) {
            this.type = type;
        }

        Meter.Type type() {
            return type;
        }
    }

    /** Limits on the values that a tag can take. */
    static final class Bounds {
        static final int LAYERS = 16;
        static final int GROUPS = 16;
        static final int QUEUES = 8;
        static final int WORDS = 64;
        static final int REASONS = 16;

        private Bounds() {}
    }

    private static final NamingConvention PROMETHEUS = new PrometheusNamingConvention();

    private final String meterName;
    private final Kind kind;
    private final String unit;
    private final String description;
    private final int maximumSeries;

    @SuppressWarnings("ImmutableEnumChecker") // made by List.copyOf
    private final List<String> tags;

    MeterCatalogue(String meterName, Kind kind, String unit, String description, int maximumSeries, String... tags) {
        this.meterName = meterName;
        this.kind = kind;
        this.unit = unit;
        this.description = description;
        this.maximumSeries = maximumSeries;
        this.tags = List.copyOf(Arrays.asList(tags));
    }

    /** {@return Micrometer's dotted name} */
    public String meterName() {
        return meterName;
    }

    /** {@return what kind of meter it is, which decides how Prometheus names it} */
    public Kind kind() {
        return kind;
    }

    /** {@return the base unit; empty if there is none} */
    public String unit() {
        return unit;
    }

    /** {@return what it measures, in one sentence} */
    public String description() {
        return description;
    }

    /** {@return the names of the tags, in the order of their values; unmodifiable} */
    public List<String> tags() {
        return tags;
    }

    /** {@return the upper bound on the number of combinations of tag values at any one time} */
    public int maximumSeries() {
        return maximumSeries;
    }

    /** Registers a counter, with one value for each tag. */
    Counter counter(MeterRegistry registry, String... values) {
        return Counter.builder(meterName)
                .baseUnit(unit)
                .description(description)
                .tags(tagged(values))
                .register(registry);
    }

    /** Registers a counter whose count is kept elsewhere, in an object that the caller keeps alive. */
    <T> FunctionCounter functionCounter(MeterRegistry registry, T object, ToDoubleFunction<T> count, String... values) {
        return FunctionCounter.builder(meterName, object, count)
                .baseUnit(unit)
                .description(description)
                .tags(tagged(values))
                .register(registry);
    }

    /** Registers a gauge, with a strong reference to the object. */
    <T> Gauge gauge(MeterRegistry registry, T object, ToDoubleFunction<T> value, String... values) {
        return Gauge.builder(meterName, object, value)
                .baseUnit(unit.isEmpty() ? null : unit)
                .description(description)
                .tags(tagged(values))
                .strongReference(true)
                .register(registry);
    }

    private List<Tag> tagged(String... values) {
        if (tags.size() != values.length) {
            throw new IllegalArgumentException(
                    "meters: expected values for the tags " + tags + ", found " + Arrays.toString(values));
        }
        return IntStream.range(0, values.length)
                .mapToObj(i -> Tag.of(tags.get(i), values[i]))
                .toList();
    }

    /** {@return the name that Prometheus knows the meter by, without the suffixes of a histogram's parts} */
    public String prometheusName() {
        String name = PROMETHEUS.name(meterName, kind.type(), unit.isEmpty() ? null : unit);
        if (kind == Kind.COUNTER) {
            return name + "_total";
        }
        // The convention takes this reserved suffix off, and the registry puts it back.
        return meterName.endsWith(".info") ? name + "_info" : name;
    }
}
