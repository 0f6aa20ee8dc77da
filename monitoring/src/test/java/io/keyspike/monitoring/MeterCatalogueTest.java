package io.keyspike.monitoring;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MeterCatalogueTest {

    private static final Set<String> UNITS = Set.of(
            "",
            "seconds",
            "ratio",
            "joules",
            "watts",
            "frames",
            "gaps",
            "letters",
            "percent",
            "records",
            "keywords",
            "spikes",
            "operations",
            "streams",
            "reloads",
            "devices",
            "refusals",
            "restarts",
            "marks",
            "messages");

    private final MockClock clock = new MockClock();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry(SimpleConfig.DEFAULT, clock);

    @ParameterizedTest
    @EnumSource
    void shouldFollowTheNamingRules(MeterCatalogue meter) {
        assertThat(meter.meterName()).matches("keyspike(\\.[a-z]+)+");
        assertThat(meter.unit()).isIn(UNITS);
        assertThat(meter.description()).matches("[A-Z].*[^.]");
        assertThat(meter.tags()).allMatch(t -> t.matches("[a-z]+"));
        assertThat(meter.prometheusName()).matches("keyspike(_[a-z]+)+");
        assertThat(meter.prometheusName()).contains(meter.unit());
        assertThat(meter.maximumSeries()).isBetween(1, 272);
        if (meter.tags().isEmpty()) {
            assertThat(meter.maximumSeries()).isEqualTo(1);
        }
    }

    @Test
    void shouldRegisterExactlyWhatTheCatalogueLists() {
        exercise(new KeyspikeMeters(registry, clock), 1);

        Map<String, Meter> byName = registry.getMeters().stream()
                .filter(m -> !m.getId().getName().endsWith(".histogram")) // how this registry keeps buckets
                .collect(Collectors.toMap(m -> m.getId().getName(), Function.identity(), (a, b) -> a, TreeMap::new));

        assertThat(byName.keySet())
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(MeterCatalogue.values())
                        .map(MeterCatalogue::meterName)
                        .toList());
        for (MeterCatalogue listed : MeterCatalogue.values()) {
            Meter.Id id = requireNonNull(byName.get(listed.meterName())).getId();
            assertThat(id.getType())
                    .as(listed.meterName())
                    .isEqualTo(listed.kind().type());
            assertThat(id.getDescription()).isEqualTo(listed.description());
            assertThat(id.getTags().stream().map(Tag::getKey)).isEqualTo(listed.tags());
            if (listed.kind() != MeterCatalogue.Kind.TIMER) { // a timer's unit is the registry's
                assertThat(id.getBaseUnit()).isEqualTo(listed.unit().isEmpty() ? null : listed.unit());
            }
        }
    }

    @Test
    void shouldKeepWithinTheBoundsHoweverManyWordsReasonsLayersAndModelsThereAre() {
        var meters = new KeyspikeMeters(registry, clock);
        for (int round = 1; round <= 5; round++) {
            exercise(meters, 100 * round);
        }

        Map<String, Long> series = registry.getMeters().stream()
                .collect(Collectors.groupingBy(m -> m.getId().getName(), Collectors.counting()));

        for (MeterCatalogue listed : MeterCatalogue.values()) {
            assertThat(series.get(listed.meterName()))
                    .as(listed.meterName())
                    .isLessThanOrEqualTo(listed.maximumSeries());
        }
        assertThat(series.get("keyspike.dead.letters")).isEqualTo(17);
        assertThat(registry.get("keyspike.dead.letters")
                        .tag("reason", "other")
                        .counter()
                        .count())
                .isGreaterThan(100);
    }

    private static void exercise(KeyspikeMeters meters, int variety) {
        meters.frameLatency(0.1);
        meters.duplicate();
        meters.late();
        meters.gap(true);
        meters.gap(false);
        meters.restart();
        meters.expired();
        meters.configRefused();
        meters.reload(true);
        meters.reload(false);
        meters.queue("live-feed", () -> 1).run();
        ModelFacts model = facts("model@" + variety, variety);
        meters.model(model);
        for (int i = 0; i < variety; i++) {
            meters.deadLetter("reason" + variety + i);
            meters.keyword("word" + variety + i, 0.9, 0.1);
            meters.shadowKeyword("word" + variety + i);
            meters.mark("word" + variety + i, i % 2 == 0);
            meters.mark("word" + variety + i, i % 2 == 1);
        }
        FrameTally tally = meters.tally();
        for (int i = 0; i < variety; i++) {
            tally.select("group" + variety + i, i % 2 == 0 ? model : facts("pinned@" + variety + i, 20));
            tally.frame(0.1, 0.1);
            tally.spikes(i % 20, 1, 1);
        }
        if (variety % 2 == 0) {
            tally.close(); // else a writer that never ends
        }
    }

    private static ModelFacts facts(String version, int layers) {
        return TestFacts.of(
                version,
                1e-10,
                1e-12,
                0,
                IntStream.range(0, layers)
                        .mapToObj(i -> "layer" + version.replaceAll("\\D", "") + "x" + i + " 4 4")
                        .toArray(String[]::new));
    }
}
