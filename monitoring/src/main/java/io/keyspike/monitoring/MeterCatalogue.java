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
 * Every meter that Keyspike registers itself: name, kind, unit, meaning, tags, and how many series it can ever have at one
 * time. No meter has a series per device, however many devices there are. {@code docs/metrics.md} is generated from here.
 */
public enum MeterCatalogue {
    FRAMES("keyspike.frames", Kind.COUNTER, "frames", "Audio frames that went through a network", 1),
    AUDIO(
            "keyspike.audio",
            Kind.COUNTER,
            "seconds",
            "Sound that went through a network, summed over streams; its rate is the number of real-time streams"
                    + " served",
            1),
    FRAMES_DROPPED(
            "keyspike.dropped.frames",
            Kind.COUNTER,
            "frames",
            "Frames not processed: duplicate (seen before) or late (older than one already processed)",
            2,
            "reason"),
    GAPS(
            "keyspike.gaps",
            Kind.COUNTER,
            "gaps",
            "Places where frames of a stream were missing, by what was done: bridged (silence in their place) or reset"
                    + " (begun afresh)",
            2,
            "outcome"),
    DEVICE_RESTARTS(
            "keyspike.device.restarts",
            Kind.COUNTER,
            "restarts",
            "Times a device began to count its frames anew without drawing a new session",
            1),
    EXPIRED_DEVICES(
            "keyspike.expired.devices",
            Kind.COUNTER,
            "devices",
            "Devices whose state was removed because nothing came from them for so long",
            1),
    CONFIG_REFUSALS(
            "keyspike.config.refusals",
            Kind.COUNTER,
            "refusals",
            "Settings of devices or groups that were not valid; those before them stay",
            1),
    UNPINNED_DEVICES(
            "keyspike.unpinned.devices",
            Kind.GAUGE,
            "devices",
            "Devices pinned to a model that is not there; the one in use hears them meanwhile",
            1),
    DEAD_LETTERS(
            "keyspike.dead.letters",
            Kind.COUNTER,
            "letters",
            "Records put aside because they could not be read as frames, by reason; past the bound the reason is"
                    + " 'other'",
            Bounds.REASONS + 1,
            "reason"),
    KEYWORDS(
            "keyspike.keywords",
            Kind.COUNTER,
            "keywords",
            "Keywords reported, by word; past the bound the word is 'other'",
            Bounds.WORDS + 1,
            "word"),
    SHADOW_KEYWORDS(
            "keyspike.shadow.keywords",
            Kind.COUNTER,
            "keywords",
            "Keywords that the model heard which listens beside the one in use, by word; past the bound the word is"
                    + " 'other'",
            Bounds.WORDS + 1,
            "word"),
    /** In percent because Micrometer rounds up to whole numbers before it chooses a bucket. */
    KEYWORD_SCORE(
            "keyspike.keyword.score", Kind.DISTRIBUTION, "percent", "Scores of the reported keywords, 0 to 100", 1),
    MARKS(
            "keyspike.marks",
            Kind.COUNTER,
            "marks",
            "Reported keywords that a person marked, by word and verdict: right, or wrong, which is a false alarm",
            2 * (Bounds.WORDS + 1),
            "verdict",
            "word"),
    FRAME_LATENCY(
            "keyspike.frame.latency",
            Kind.TIMER,
            "seconds",
            "From the capture of a frame's last sample until it has been heard, of every sixteenth frame; a capture"
                    + " time in the future counts as 0",
            1),
    EVENT_LATENCY(
            "keyspike.event.latency",
            Kind.TIMER,
            "seconds",
            "From the capture of the sample that decided to the event; a capture time in the future counts as 0",
            1),
    SPIKES(
            "keyspike.spikes",
            Kind.COUNTER,
            "spikes",
            "Spikes by group of devices and layer of the models in use, summed over streams",
            (Bounds.GROUPS + 1) * Bounds.LAYERS,
            "group",
            "layer"),
    SYNAPTIC_OPERATIONS(
            "keyspike.synaptic.operations",
            Kind.COUNTER,
            "operations",
            "Synaptic operations: spikes times the synapses that each one reaches, over all layers and streams",
            1),
    FIRING_RATE(
            "keyspike.firing.rate",
            Kind.GAUGE,
            "ratio",
            "Spikes per neuron and time step over the last 10 s, by group of devices and layer of the models in use,"
                    + " averaged over streams",
            (Bounds.GROUPS + 1) * Bounds.LAYERS,
            "group",
            "layer"),
    CHIP_POWER(
            "keyspike.chip.power",
            Kind.GAUGE,
            "watts",
            "Estimated power of one neuromorphic chip that listens to one stream, averaged over streams and the last"
                    + " 10 s: its static part and the part that spikes draw",
            2,
            "part"),
    INFERENCE_ENERGY(
            "keyspike.chip.inference.energy",
            Kind.GAUGE,
            "joules",
            "Estimated energy of one inference: chip power, both parts, times the sound that an inference hears",
            1),
    FLEET_POWER(
            "keyspike.fleet.power",
            Kind.GAUGE,
            "watts",
            "Estimated power of as many chips as there are active streams",
            1),
    CHIP_ENERGY(
            "keyspike.chip.energy",
            Kind.COUNTER,
            "joules",
            "Estimated energy of the chips for the sound processed, summed over streams; divided by the sound it is the"
                    + " energy per second of sound",
            1),
    ACTIVE_STREAMS(
            "keyspike.active.streams",
            Kind.GAUGE,
            "streams",
            "Streams that are being listened to: something was heard of them in the last 10 s",
            1),
    SILENT_STREAMS(
            "keyspike.silent.streams",
            Kind.GAUGE,
            "streams",
            "Streams that were heard since this process took them over, and not in the last 10 s; they go when they"
                    + " expire",
            1),
    QUEUE_DEPTH(
            "keyspike.queue.depth",
            Kind.GAUGE,
            "messages",
            "Messages that wait in a queue of this process, by queue",
            Bounds.QUEUES,
            "queue"),
    QUEUE_DROPS(
            "keyspike.queue.drops",
            Kind.COUNTER,
            "messages",
            "Messages that a full queue dropped, by queue; a slow browser never slows the stream",
            Bounds.QUEUES,
            "queue"),
    CONSUMER_LAG(
            "keyspike.consumer.lag",
            Kind.GAUGE,
            "records",
            "Records in the input topic that this process has been given and not yet read",
            1),
    MODEL_INFO("keyspike.model.info", Kind.GAUGE, "", "Always 1; the tag names the model in use", 1, "version"),
    MODEL_AGE("keyspike.model.age", Kind.GAUGE, "seconds", "Time since the model in use was taken into use", 1),
    MODEL_RELOADS(
            "keyspike.model.reloads",
            Kind.COUNTER,
            "reloads",
            "New models offered: swapped (now in use) or refused (not valid, the old one stays)",
            2,
            "outcome");

    /** What kind of meter, in Micrometer's terms. */
    public enum Kind {
        COUNTER(Meter.Type.COUNTER),
        GAUGE(Meter.Type.GAUGE),
        TIMER(Meter.Type.TIMER),
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

    /** Micrometer's dotted name. */
    public String meterName() {
        return meterName;
    }

    public Kind kind() {
        return kind;
    }

    /** Base unit; empty where there is none. */
    public String unit() {
        return unit;
    }

    public String description() {
        return description;
    }

    /** Names of the tags. */
    public List<String> tags() {
        return tags;
    }

    /** Most combinations of tag values that there can be at one time. */
    public int maximumSeries() {
        return maximumSeries;
    }

    /** Registers a counter; values as many as there are tags. */
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

    /** Registers a gauge; holds on to the object. */
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

    /** The name under which Prometheus finds it, without the suffixes of a histogram's parts. */
    public String prometheusName() {
        String name = PROMETHEUS.name(meterName, kind.type(), unit.isEmpty() ? null : unit);
        if (kind == Kind.COUNTER) {
            return name + "_total";
        }
        // The convention takes this reserved suffix off, and the registry puts it back.
        return meterName.endsWith(".info") ? name + "_info" : name;
    }
}
