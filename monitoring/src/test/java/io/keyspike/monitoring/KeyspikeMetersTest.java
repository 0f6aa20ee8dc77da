package io.keyspike.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyspikeMetersTest {

    /** Profile H1: half of 15.969 nJ is static over 66 neurons, half is 3,996.25 spikes. */
    private static final double STATIC_WATTS_PER_NEURON = 0.5 * 15.969e-9 / 66;

    private static final double JOULES_PER_SPIKE = 0.5 * 15.969e-9 / 3_996.25;
    private static final Percentage PER_MILLE_2 = Percentage.withPercentage(0.2);

    private final MockClock clock = new MockClock();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry(SimpleConfig.DEFAULT, clock);
    private final KeyspikeMeters meters = new KeyspikeMeters(registry, clock);
    private final FrameTally tally = meters.tally();

    @ParameterizedTest
    @ValueSource(ints = {1, 50})
    void shouldEstimateTheSourcesExampleHoweverFastTheSoundIsWorkedOff(int timesRealTime) {
        twoLayers();
        for (int second = 0; second < 20; second++) {
            for (int i = 0; i < timesRealTime; i++) {
                fourSecondsOfTheSource();
            }
            second();
        }

        assertThat(gauge("keyspike.chip.power", "part", "static") + gauge("keyspike.chip.power", "part", "dynamic"))
                .isCloseTo(15.969e-9, PER_MILLE_2);
        assertThat(registry.get("keyspike.chip.energy").functionCounter().count()
                        / registry.get("keyspike.audio").functionCounter().count())
                .isCloseTo(15.969e-9, PER_MILLE_2);
        assertThat(gauge("keyspike.firing.rate", "layer", "hidden")).isCloseTo(0.494, PER_MILLE_2);
        assertThat(gauge("keyspike.firing.rate", "layer", "output")).isCloseTo(0.177, PER_MILLE_2);
    }

    @Test
    void shouldGiveThePowerOfOneChipPerStreamAndThatOfTheFleet() {
        twoLayers();
        meters.activeStreams(() -> 200);
        for (int stream = 0; stream < 200; stream++) {
            fourSecondsOfTheSource();
        }

        assertThat(gauge("keyspike.fleet.power")).isCloseTo(200 * 15.969e-9, PER_MILLE_2);
        assertThat(gauge("keyspike.active.streams")).isEqualTo(200);
    }

    @Test
    void shouldForgetRatesOlderThanTheWindow() {
        twoLayers();
        for (int second = 0; second < 20; second++) {
            tally.frame(1, Double.NaN);
            tally.spikes(0, 64 * 125, 125); // every neuron in every step
            second();
        }
        assertThat(gauge("keyspike.firing.rate", "layer", "hidden")).isEqualTo(1);

        for (int second = 0; second < 5; second++) {
            tally.frame(1, Double.NaN);
            tally.spikes(0, 0, 125);
            second();
        }
        assertThat(gauge("keyspike.firing.rate", "layer", "hidden")).isEqualTo(0.5, within(0.05));

        for (int second = 0; second < 6; second++) {
            tally.frame(1, Double.NaN);
            tally.spikes(0, 0, 125);
            second();
        }
        assertThat(gauge("keyspike.firing.rate", "layer", "hidden")).isZero();
    }

    @Test
    void shouldFallToTheStaticPartWhenTheSoundStops() {
        twoLayers();
        fourSecondsOfTheSource();
        clock.add(Duration.ofMinutes(1));
        meters.tick();
        clock.add(Duration.ofSeconds(11));

        assertThat(gauge("keyspike.firing.rate", "layer", "hidden")).isZero();
        assertThat(gauge("keyspike.chip.power", "part", "dynamic")).isZero();
        assertThat(gauge("keyspike.chip.power", "part", "static")).isCloseTo(7.9845e-9, PER_MILLE_2);
    }

    @Test
    void shouldCountSpikesAndTheSynapsesThatTheyReach() {
        twoLayers();
        tally.spikes(0, 10, 5);
        tally.spikes(1, 3, 5);
        tally.spikes(2, 99, 5); // of a model with more layers, during a swap

        assertThat(registry.get("keyspike.spikes")
                        .tag("layer", "hidden")
                        .functionCounter()
                        .count())
                .isEqualTo(10);
        assertThat(registry.get("keyspike.spikes")
                        .tag("layer", "output")
                        .functionCounter()
                        .count())
                .isEqualTo(3);
        assertThat(registry.get("keyspike.synaptic.operations")
                        .functionCounter()
                        .count())
                .isEqualTo(20);
    }

    @Test
    void shouldCountEnergyOfTheSynapsesThatSpikesReach() {
        use(TestFacts.of("a@1", 0, 1, 10, "hidden 64 2", "output 2 0"));
        tally.frame(2, Double.NaN);
        tally.spikes(0, 6, 250);
        tally.spikes(1, 4, 250);

        assertThat(gauge("keyspike.chip.power", "part", "dynamic")).isEqualTo((6 + 4 + 10 * 6 * 2) / 2.0);
        assertThat(registry.get("keyspike.chip.energy").functionCounter().count())
                .isEqualTo(6 + 4 + 10 * 6 * 2);
    }

    @Test
    void shouldBeginAfreshWithANewModelAndForgetTheOldModelsSeries() {
        twoLayers();
        fourSecondsOfTheSource();
        double energy = registry.get("keyspike.chip.energy").functionCounter().count();
        clock.add(5, TimeUnit.SECONDS);
        assertThat(gauge("keyspike.model.age")).isEqualTo(5);

        use(TestFacts.of("b@2", 1, 1, 0, "hidden 8 4", "deep 4 0"));
        clock.add(2, TimeUnit.SECONDS);

        assertThat(registry.get("keyspike.model.info").gauges()).hasSize(1);
        assertThat(gauge("keyspike.model.info", "version", "b@2")).isEqualTo(1);
        assertThat(gauge("keyspike.model.age")).isEqualTo(2);
        assertThat(gauge("keyspike.firing.rate", "layer", "hidden")).isZero();
        assertThat(registry.find("keyspike.firing.rate").tag("layer", "output").gauge())
                .isNull();
        assertThat(registry.find("keyspike.spikes").tag("layer", "output").functionCounter())
                .isNull();
        assertThat(registry.get("keyspike.spikes")
                        .tag("layer", "hidden")
                        .functionCounter()
                        .count())
                .as("counters of a layer with the same name go on")
                .isEqualTo(15_808);
        assertThat(registry.get("keyspike.chip.energy").functionCounter().count())
                .isEqualTo(energy);
    }

    @Test
    void shouldMeasureLatencyFromTheCaptureAndSkipItWhereItIsUnknown() {
        meters.keyword("yes", 0.93, 0.04);
        meters.keyword("yes", 0.97, Double.NaN);
        meters.keyword("no", 0.55, -0.2);

        Timer latency = registry.get("keyspike.event.latency").timer();
        assertThat(latency.count()).isEqualTo(2);
        assertThat(latency.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(40);
        assertThat(registry.get("keyspike.keywords")
                        .tag("word", "yes")
                        .counter()
                        .count())
                .isEqualTo(2);
        assertThat(registry.get("keyspike.keyword.score").summary().count()).isEqualTo(3);
    }

    @Test
    void shouldTellGroupsApartAndAddUpTheirPower() {
        ModelFacts model = TestFacts.of("a@1", 0, 1, 0, "hidden 10 2");
        ModelFacts pinned = TestFacts.of("b@2", 0, 3, 0, "hidden 20 2", "deep 5 1");
        meters.model(model);
        tally.select("default", model);
        tally.frame(1, Double.NaN);
        tally.spikes(0, 50, 10);
        tally.select("hall", pinned);
        tally.frame(1, Double.NaN);
        tally.spikes(0, 20, 10);

        assertThat(gauge("keyspike.firing.rate", "group", "default", "layer", "hidden"))
                .isEqualTo(0.5);
        assertThat(gauge("keyspike.firing.rate", "group", "hall", "layer", "hidden"))
                .isEqualTo(0.1);
        assertThat(gauge("keyspike.firing.rate", "group", "hall", "layer", "deep"))
                .isZero();
        assertThat(gauge("keyspike.chip.power", "part", "dynamic")).isEqualTo((50 + 3 * 20) / 2.0);
    }

    @Test
    void shouldKeepWhatWritersCountedThatAreGone() {
        twoLayers();
        fourSecondsOfTheSource();
        tally.close();
        try (FrameTally another = meters.tally()) {
            another.select("default", TestFacts.of("a@1", 0, 0, 0, "hidden 64 2", "output 2 0"));
            another.frame(1, Double.NaN);
            another.spikes(0, 2, 125);
        }
        meters.model(TestFacts.of("b@2", 0, 0, 0, "hidden 1 1"));

        assertThat(registry.get("keyspike.frames").functionCounter().count()).isEqualTo(2);
        assertThat(registry.get("keyspike.audio").functionCounter().count()).isEqualTo(5);
        assertThat(registry.get("keyspike.spikes")
                        .tag("layer", "hidden")
                        .functionCounter()
                        .count())
                .isEqualTo(15_810);
        assertThat(registry.get("keyspike.synaptic.operations")
                        .functionCounter()
                        .count())
                .isEqualTo(31_620);
    }

    @Test
    void shouldShowAReplacedModelAgainWhileDevicesAreBoundToIt() {
        ModelFacts old = TestFacts.of("a@1", 0, 1, 0, "early 10 2");
        use(old);
        tally.frame(1, Double.NaN);
        meters.model(TestFacts.of("b@2", 0, 1, 0, "fresh 10 2"));
        assertThat(registry.find("keyspike.firing.rate").tag("layer", "early").gauge())
                .isNull();

        for (int i = 0; i < 2; i++) {
            tally.frame(1, Double.NaN);
            tally.spikes(0, 5, 10);
            tally.settle();
        }

        assertThat(gauge("keyspike.firing.rate", "layer", "early")).isEqualTo(10 / 200.0);
        for (int i = 0; i < 40; i++) {
            tally.settle();
        }
        assertThat(registry.find("keyspike.firing.rate").tag("layer", "early").gauge())
                .isNull();
        assertThat(registry.get("keyspike.frames").functionCounter().count()).isEqualTo(3);
    }

    @Test
    void shouldEstimateTheEnergyOfAnInference() {
        ModelFacts model = new ModelFacts("a@1", List.of(new ModelFacts.Layer("hidden", 10, 2)), 0.5, 1, 0, 2);
        use(model);
        assertThat(gauge("keyspike.chip.inference.energy"))
                .as("without sound the static part")
                .isEqualTo(0.5 * 10 * 2);
        tally.frame(4, Double.NaN);
        tally.spikes(0, 12, 500);
        assertThat(gauge("keyspike.chip.inference.energy")).isEqualTo((0.5 * 10 + 3) * 2);
    }

    @Test
    void shouldMeasureTheLatencyOfEverySixteenthFrame() {
        twoLayers();
        for (int i = 0; i < 33; i++) {
            tally.frame(0.08, 0.2);
        }
        assertThat(registry.get("keyspike.frame.latency").timer().count()).isEqualTo(3);
    }

    /** Prometheus's increase() takes a counter that appears with 1 for one that was always there. */
    @Test
    void shouldCountTheWordsOfAModelFromZero() {
        meters.expect(List.of("yes", "no"));
        meters.keyword("yes", 1, Double.NaN);

        assertThat(registry.get("keyspike.keywords")
                        .tag("word", "yes")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(registry.get("keyspike.keywords").tag("word", "no").counter().count())
                .isZero();
    }

    @Test
    void shouldRefuseAFrameOfNoModel() {
        assertThatThrownBy(() -> tally.frame(1, 0))
                .hasMessage("tally: expected a model to be selected before the first frame, found none");
    }

    @Test
    void shouldRefuseMoreQueuesThanTheCatalogueAllows() {
        for (int i = 0; i < 8; i++) {
            meters.queue("q" + i, () -> 0);
        }
        meters.queue("q0", () -> 1);
        assertThatThrownBy(() -> meters.queue("q8", () -> 0))
                .hasMessageStartingWith("meters: expected at most 8 queues, found ");
    }

    @Test
    void shouldAskForLagAtEachScrape() {
        assertThat(gauge("keyspike.consumer.lag")).isZero();
        meters.lag(() -> 41);
        meters.lag(() -> 42);
        assertThat(gauge("keyspike.consumer.lag")).isEqualTo(42);
    }

    @Test
    void shouldAllocateNothingForAFrame() {
        var threads = (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
        var real = new KeyspikeMeters(
                new io.micrometer.prometheusmetrics.PrometheusMeterRegistry(
                        io.micrometer.prometheusmetrics.PrometheusConfig.DEFAULT),
                io.micrometer.core.instrument.Clock.SYSTEM);
        ModelFacts model = TestFacts.of("a@1", 1, 1, 0, "hidden 64 2", "output 2 0");
        real.model(model);
        ModelFacts other = TestFacts.of("b@1", 1, 1, 0, "hidden 64 2", "output 2 0");
        FrameTally writer = real.tally();
        frames(real, writer, model, other, 20_000); // so that the code is compiled
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 5; round++) { // the JVM itself may allocate once in a while
            long before = threads.getCurrentThreadAllocatedBytes();
            frames(real, writer, model, other, 10_000);
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(least).isZero();
    }

    private static void frames(
            KeyspikeMeters meters, FrameTally writer, ModelFacts model, ModelFacts other, int count) {
        for (int i = 0; i < count; i++) {
            writer.select("default", i % 2 == 0 ? model : other);
            writer.frame(0.02, 0.1);
            writer.spikes(0, 80, 3);
            writer.spikes(1, 1, 3);
            meters.duplicate();
            meters.late();
            meters.gap(true);
        }
    }

    private void twoLayers() {
        use(TestFacts.of("a@1", STATIC_WATTS_PER_NEURON, JOULES_PER_SPIKE, 0, "hidden 64 2", "output 2 0"));
    }

    private void use(ModelFacts model) {
        meters.model(model);
        tally.select(KeyspikeMeters.DEFAULT_GROUP, model);
    }

    private void second() {
        clock.add(1, TimeUnit.SECONDS);
        meters.tick();
    }

    /** Four seconds of sound as in source 2: 500 steps of 8 ms, 49.4 % of 64 neurons and 17.7 % of 2. */
    private void fourSecondsOfTheSource() {
        tally.frame(4, Double.NaN);
        tally.spikes(0, 15_808, 500);
        tally.spikes(1, 177, 500);
    }

    private double gauge(String name, String... tags) {
        return registry.get(name).tags(tags).gauge().value();
    }
}
