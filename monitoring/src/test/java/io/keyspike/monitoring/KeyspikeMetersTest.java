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

    @ParameterizedTest
    @ValueSource(ints = {1, 50})
    void shouldEstimateTheSourcesExampleHoweverFastTheSoundIsWorkedOff(int timesRealTime) {
        twoLayers();
        for (int second = 0; second < 20; second++) {
            for (int i = 0; i < timesRealTime; i++) {
                fourSecondsOfTheSource();
            }
            clock.add(1, TimeUnit.SECONDS);
        }

        assertThat(gauge("keyspike.chip.power", "part", "static") + gauge("keyspike.chip.power", "part", "dynamic"))
                .isCloseTo(15.969e-9, PER_MILLE_2);
        assertThat(registry.get("keyspike.chip.energy").functionCounter().count()
                        / registry.get("keyspike.audio").counter().count())
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
            meters.frame(1);
            meters.spikes(0, 64 * 125, 125); // every neuron in every step
            clock.add(1, TimeUnit.SECONDS);
        }
        assertThat(gauge("keyspike.firing.rate", "layer", "hidden")).isEqualTo(1);

        for (int second = 0; second < 5; second++) {
            meters.frame(1);
            meters.spikes(0, 0, 125);
            clock.add(1, TimeUnit.SECONDS);
        }
        assertThat(gauge("keyspike.firing.rate", "layer", "hidden")).isEqualTo(0.5, within(0.05));

        for (int second = 0; second < 6; second++) {
            meters.frame(1);
            meters.spikes(0, 0, 125);
            clock.add(1, TimeUnit.SECONDS);
        }
        assertThat(gauge("keyspike.firing.rate", "layer", "hidden")).isZero();
    }

    @Test
    void shouldFallToTheStaticPartWhenTheSoundStops() {
        twoLayers();
        fourSecondsOfTheSource();
        clock.add(Duration.ofMinutes(1));
        gauge("keyspike.firing.rate", "layer", "hidden"); // a scrape
        clock.add(Duration.ofSeconds(11));

        assertThat(gauge("keyspike.firing.rate", "layer", "hidden")).isZero();
        assertThat(gauge("keyspike.chip.power", "part", "dynamic")).isZero();
        assertThat(gauge("keyspike.chip.power", "part", "static")).isCloseTo(7.9845e-9, PER_MILLE_2);
    }

    @Test
    void shouldCountSpikesAndTheSynapsesThatTheyReach() {
        twoLayers();
        meters.spikes(0, 10, 5);
        meters.spikes(1, 3, 5);
        meters.spikes(2, 99, 5); // of a model with more layers, during a swap

        assertThat(registry.get("keyspike.spikes")
                        .tag("layer", "hidden")
                        .counter()
                        .count())
                .isEqualTo(10);
        assertThat(registry.get("keyspike.spikes")
                        .tag("layer", "output")
                        .counter()
                        .count())
                .isEqualTo(3);
        assertThat(registry.get("keyspike.synaptic.operations").counter().count())
                .isEqualTo(20);
    }

    @Test
    void shouldCountEnergyOfTheSynapsesThatSpikesReach() {
        meters.model("a@1", List.of("hidden", "output"), new int[] {64, 2}, new int[] {2, 0}, 0, 1, 10);
        meters.frame(2);
        meters.spikes(0, 6, 250);
        meters.spikes(1, 4, 250);

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

        meters.model("b@2", List.of("hidden", "deep"), new int[] {8, 4}, new int[] {4, 0}, 1, 1, 0);
        clock.add(2, TimeUnit.SECONDS);

        assertThat(registry.get("keyspike.model.info").gauges()).hasSize(1);
        assertThat(gauge("keyspike.model.info", "version", "b@2")).isEqualTo(1);
        assertThat(gauge("keyspike.model.age")).isEqualTo(2);
        assertThat(gauge("keyspike.firing.rate", "layer", "hidden")).isZero();
        assertThat(registry.find("keyspike.firing.rate").tag("layer", "output").gauge())
                .isNull();
        assertThat(registry.find("keyspike.spikes").tag("layer", "output").counter())
                .isNull();
        assertThat(registry.get("keyspike.spikes")
                        .tag("layer", "hidden")
                        .counter()
                        .count())
                .as("counters of a layer with the same name go on")
                .isEqualTo(15_808);
        assertThat(registry.get("keyspike.chip.energy").functionCounter().count())
                .isEqualTo(energy);
    }

    @Test
    void shouldRefuseAModelWhoseListsDiffer() {
        assertThatThrownBy(() -> meters.model("a@1", List.of("hidden"), new int[] {1, 2}, new int[] {1}, 0, 0, 0))
                .hasMessage("meters: expected a width and a fan-out for each of 1 layers, found 2 and 1");
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
        real.model("a@1", List.of("hidden", "output"), new int[] {64, 2}, new int[] {2, 0}, 1, 1, 0);
        frames(real, 20_000); // so that the code is compiled
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 5; round++) { // the JVM itself may allocate once in a while
            long before = threads.getCurrentThreadAllocatedBytes();
            frames(real, 10_000);
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(least).isZero();
    }

    private static void frames(KeyspikeMeters meters, int count) {
        for (int i = 0; i < count; i++) {
            meters.frame(0.02);
            meters.spikes(0, 80, 3);
            meters.spikes(1, 1, 3);
            meters.duplicate();
            meters.late();
            meters.gap();
        }
    }

    private void twoLayers() {
        meters.model(
                "a@1",
                List.of("hidden", "output"),
                new int[] {64, 2},
                new int[] {2, 0},
                STATIC_WATTS_PER_NEURON,
                JOULES_PER_SPIKE,
                0);
    }

    /** Four seconds of sound as in source 2: 500 steps of 8 ms, 49.4 % of 64 neurons and 17.7 % of 2. */
    private void fourSecondsOfTheSource() {
        meters.frame(4);
        meters.spikes(0, 15_808, 500);
        meters.spikes(1, 177, 500);
    }

    private double gauge(String name, String... tags) {
        return registry.get(name).tags(tags).gauge().value();
    }
}
