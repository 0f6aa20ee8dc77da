package io.keyspike.monitoring;

import static io.keyspike.monitoring.MeterCatalogue.*;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * The meters of {@link MeterCatalogue}, as the stream sees them. Everything that is called for each frame ({@link #frame},
 * {@link #spikes}, {@link #duplicate}, {@link #late}, {@link #gap}) adds to counters resolved beforehand and allocates
 * nothing. Thread-safe: one object serves every stream of the process.
 *
 * <p><b>Firing rate</b> of a layer = spikes / (steps · neurons), summed over all streams and the last ten seconds of the
 * clock (written down once a second, so ten to eleven).
 *
 * <p><b>Chip power</b> is what one chip that listens to one stream would draw: static watts per neuron · neurons + joules
 * per spike · spikes per second of <em>sound</em>, and joules per synaptic operation likewise where a profile has it. Spikes and sound are summed over all streams and the same ten seconds,
 * so it is the mean over streams, weighted by their sound, and does not depend on how fast the sound was worked off: a
 * replay at fifty times real time shows the same power. A model's window begins when it is taken into use.
 * <b>Fleet power</b> is that times the number of active streams.
 */
public final class KeyspikeMeters {

    private static final double[] SCORE_BUCKETS_PERCENT = {50, 60, 70, 80, 90, 95, 99};
    private static final Duration[] LATENCY_BUCKETS = IntStream.of(5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000)
            .mapToObj(Duration::ofMillis)
            .toArray(Duration[]::new);

    private final MeterRegistry registry;
    private final Clock clock;
    private final Counter frames;
    private final Counter audio;
    private final Counter duplicates;
    private final Counter lates;
    private final Counter gaps;
    private final Counter swapped;
    private final Counter refused;
    private final Counter synapticOperations;
    private final BoundedCounters deadLetters;
    private final BoundedCounters keywords;
    private final DistributionSummary keywordScore;
    private final Timer eventLatency;

    private volatile InUse inUse;
    private volatile DoubleSupplier lag = () -> 0;
    private volatile LongSupplier activeStreams = () -> 0;
    /** Energy of the models used before the present one; guarded by this. */
    private double joulesBefore;

    /** The model in use: its counts and the meters that go when it goes. */
    private record InUse(RunningModel counts, long sinceNanos, List<Counter> spikes, List<Meter> ownMeters) {}

    /** Registers everything that does not depend on a model. Until {@link #model} is called no layer has a series. */
    public KeyspikeMeters(MeterRegistry registry, Clock clock) {
        this.registry = registry;
        this.clock = clock;
        inUse = new InUse(
                new RunningModel(clock, new int[0], new int[0], 0, 0, 0), clock.monotonicTime(), List.of(), List.of());
        frames = counter(FRAMES);
        audio = counter(AUDIO);
        duplicates = counter(FRAMES_DROPPED, "duplicate");
        lates = counter(FRAMES_DROPPED, "late");
        gaps = counter(GAPS);
        swapped = counter(MODEL_RELOADS, "swapped");
        refused = counter(MODEL_RELOADS, "refused");
        synapticOperations = counter(SYNAPTIC_OPERATIONS);
        deadLetters = new BoundedCounters(Bounds.REASONS, reason -> counter(DEAD_LETTERS, reason));
        keywords = new BoundedCounters(Bounds.WORDS, word -> counter(KEYWORDS, word));
        keywordScore = DistributionSummary.builder(KEYWORD_SCORE.meterName())
                .baseUnit(KEYWORD_SCORE.unit())
                .description(KEYWORD_SCORE.description())
                .scale(100)
                .serviceLevelObjectives(SCORE_BUCKETS_PERCENT)
                .register(registry);
        eventLatency = Timer.builder(EVENT_LATENCY.meterName())
                .description(EVENT_LATENCY.description())
                .serviceLevelObjectives(LATENCY_BUCKETS)
                .register(registry);
        registerGauges();
    }

    private void registerGauges() {
        gauge(CHIP_POWER, m -> m.inUse.counts().staticWatts(), "static");
        gauge(CHIP_POWER, m -> m.inUse.counts().dynamicWatts(), "dynamic");
        gauge(FLEET_POWER, KeyspikeMeters::fleetWatts);
        gauge(ACTIVE_STREAMS, m -> m.activeStreams.getAsLong());
        gauge(CONSUMER_LAG, m -> m.lag.getAsDouble());
        gauge(MODEL_AGE, m -> (m.clock.monotonicTime() - m.inUse.sinceNanos()) / 1e9);
        FunctionCounter.builder(CHIP_ENERGY.meterName(), this, KeyspikeMeters::joules)
                .baseUnit(CHIP_ENERGY.unit())
                .description(CHIP_ENERGY.description())
                .register(registry);
    }

    /** Where the meters are registered; for binders of other libraries' meters. */
    public MeterRegistry registry() {
        return registry;
    }

    /** A frame went through the network. */
    public void frame(double audioSeconds) {
        frames.increment();
        audio.increment(audioSeconds);
        inUse.counts().frame(audioSeconds);
    }

    /** A frame was dropped because it had been seen before. */
    public void duplicate() {
        duplicates.increment();
    }

    /** A frame was dropped because a later one had already been processed. */
    public void late() {
        lates.increment();
    }

    /** Frames of a stream were missing. */
    public void gap() {
        gaps.increment();
    }

    /**
     * A record was put aside.
     *
     * @param reason a short constant such as {@code bad-magic}; what varies belongs into the record's headers
     */
    public void deadLetter(String reason) {
        deadLetters.of(reason).increment();
    }

    /**
     * A keyword was reported.
     *
     * @param score 0 to 1
     * @param latencySeconds from the capture of the deciding sample to the event; NaN where it is not known
     */
    public void keyword(String word, double score, double latencySeconds) {
        keywords.of(word).increment();
        keywordScore.record(score);
        if (!Double.isNaN(latencySeconds)) {
            eventLatency.record(Math.round(Math.max(latencySeconds, 0) * 1e9), TimeUnit.NANOSECONDS);
        }
    }

    /**
     * Spikes of one layer of the model in use, of any one stream; layers that it does not have are ignored, so that a frame
     * that crosses a swap does no harm.
     *
     * @param layer index among the spiking layers
     * @param count spikes
     * @param steps time steps in which they were fired
     */
    public void spikes(int layer, long count, long steps) {
        InUse model = inUse;
        if (layer >= model.counts().layers()) {
            return;
        }
        model.counts().spikes(layer, count, steps);
        synapticOperations.increment((double) model.counts().fanOut(layer) * count);
        if (layer < model.spikes().size()) {
            model.spikes().get(layer).increment((double) count);
        }
    }

    /**
     * A model was taken into use: names its layers, and begins a new window for firing rates and power.
     *
     * @param layerNames spiking layers, in order; those after the sixteenth count for power but have no series
     * @param layerWidths neurons in each
     * @param layerFanOuts synapses that one spike of each reaches
     * @param staticWattsPerNeuron as in the model's chip profile
     * @param joulesPerSpike as in the model's chip profile
     * @param joulesPerSynapticOperation as in the model's chip profile, 0 where it has none
     * @throws IllegalArgumentException if the three lists differ in length
     */
    public synchronized void model(
            String version,
            List<String> layerNames,
            int[] layerWidths,
            int[] layerFanOuts,
            double staticWattsPerNeuron,
            double joulesPerSpike,
            double joulesPerSynapticOperation) {
        if (layerNames.size() != layerWidths.length || layerNames.size() != layerFanOuts.length) {
            throw new IllegalArgumentException("meters: expected a width and a fan-out for each of " + layerNames.size()
                    + " layers, found " + layerWidths.length + " and " + layerFanOuts.length);
        }
        InUse before = inUse;
        joulesBefore += before.counts().joules();
        before.ownMeters().forEach(registry::remove);

        var counts = new RunningModel(
                clock, layerWidths, layerFanOuts, staticWattsPerNeuron, joulesPerSpike, joulesPerSynapticOperation);
        List<String> named = layerNames.subList(0, Math.min(layerNames.size(), Bounds.LAYERS));
        before.spikes().stream()
                .filter(c -> !named.contains(c.getId().getTag("layer")))
                .forEach(registry::remove);
        List<Counter> spikes = named.stream().map(name -> counter(SPIKES, name)).toList();
        var own = new ArrayList<Meter>();
        for (int i = 0; i < named.size(); i++) {
            int layer = i;
            own.add(gauge(FIRING_RATE, m -> counts.firingRate(layer), named.get(i)));
        }
        own.add(gauge(MODEL_INFO, m -> 1, version));
        inUse = new InUse(counts, clock.monotonicTime(), spikes, List.copyOf(own));
    }

    /** A new model was offered; {@code swapped} tells whether it is in use now or was refused. */
    public void reload(boolean swapped) {
        (swapped ? this.swapped : refused).increment();
    }

    /** Where the number of records still to be read comes from; asked at each scrape, replaces an earlier one. */
    public void lag(DoubleSupplier records) {
        lag = records;
    }

    /** Where the number of streams listened to comes from; asked at each scrape, replaces an earlier one. */
    public void activeStreams(LongSupplier streams) {
        activeStreams = streams;
    }

    private double fleetWatts() {
        RunningModel counts = inUse.counts();
        return (counts.staticWatts() + counts.dynamicWatts()) * activeStreams.getAsLong();
    }

    private synchronized double joules() {
        return joulesBefore + inUse.counts().joules();
    }

    private Counter counter(MeterCatalogue meter, String... tagValues) {
        return Counter.builder(meter.meterName())
                .baseUnit(meter.unit())
                .description(meter.description())
                .tags(tags(meter, tagValues))
                .register(registry);
    }

    private Gauge gauge(MeterCatalogue meter, ToDoubleFunction<KeyspikeMeters> value, String... tagValues) {
        return Gauge.builder(meter.meterName(), this, value)
                .baseUnit(meter.unit().isEmpty() ? null : meter.unit())
                .description(meter.description())
                .tags(tags(meter, tagValues))
                .strongReference(true)
                .register(registry);
    }

    private static String[] tags(MeterCatalogue meter, String... values) {
        if (meter.tags().size() != values.length) {
            throw new IllegalArgumentException(
                    "meters: expected values for the tags " + meter.tags() + ", found " + Arrays.toString(values));
        }
        var tags = new ArrayList<String>();
        for (int i = 0; i < values.length; i++) {
            tags.add(meter.tags().get(i));
            tags.add(values[i]);
        }
        return tags.toArray(String[]::new);
    }
}
