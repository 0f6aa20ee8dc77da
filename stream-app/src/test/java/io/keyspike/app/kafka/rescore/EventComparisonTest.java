package io.keyspike.app.kafka.rescore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.keyspike.app.hearing.KeywordEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventComparisonTest {

    private static final Duration TOLERANCE = Duration.ofMillis(500);

    @Test
    void shouldCountWhatBothHeardAndWhatOneAloneHeard() {
        EventComparison found = EventComparison.of(
                List.of(
                        event("kitchen", "yes", 1_000, 0.9f),
                        event("kitchen", "yes", 1_000, 0.9f), // once more, as after a crash
                        event("kitchen", "yes", 5_000, 0.8f),
                        event("kitchen", "no", 9_000, 0.7f),
                        event("hall", "yes", 1_000, 0.6f)),
                List.of(
                        event("kitchen", "yes", 1_500, 0.8f),
                        event("kitchen", "yes", 5_501, 0.8f),
                        event("kitchen", "no", 8_700, 0.95f),
                        event("attic", "go", 1_000, 0.5f)),
                TOLERANCE);

        assertThat(word(found, "yes"))
                .satisfies(
                        w -> assertThat(List.of(w.both(), w.onlyA(), w.onlyB())).containsExactly(1, 2, 1))
                .satisfies(w -> assertThat(w.scoreDifference()).isCloseTo(-0.1, within(1e-6)));
        assertThat(word(found, "no").agreement()).isOne();
        assertThat(word(found, "go").onlyB()).isOne();
        EventComparison.Word all = found.total();
        assertThat(List.of(all.both(), all.onlyA(), all.onlyB())).containsExactly(2, 2, 2);
        assertThat(all.scoreDifference()).isCloseTo((-0.1 + 0.25) / 2, within(1e-6));
        assertThat(all.largestDifference()).isCloseTo(0.25, within(1e-6));
        assertThat(all.agreement()).isCloseTo(1 / 3.0, within(1e-12));
    }

    @Test
    void shouldKeepSessionsApart() {
        KeywordEvent one = event("kitchen", "yes", 1_000, 0.9f);
        var other = new KeywordEvent(
                "x",
                one.device(),
                one.keyword(),
                one.score(),
                one.model(),
                "0000000000000002",
                1,
                one.audioTime(),
                one.emittedAt(),
                0);
        assertThat(EventComparison.of(List.of(one), List.of(other), TOLERANCE)
                        .total()
                        .both())
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void shouldBeFullAgreementWithItselfAndMirrorWhenSidesChange(long seed) {
        var random = new Random(seed);
        List<KeywordEvent> a = random(random);
        List<KeywordEvent> b = random(random);
        Collections.shuffle(a, random);

        assertThat(EventComparison.of(a, a, Duration.ZERO).total().agreement()).isOne();
        EventComparison.Word there = EventComparison.of(a, b, TOLERANCE).total();
        EventComparison.Word back = EventComparison.of(b, a, TOLERANCE).total();
        assertThat(back.both()).isEqualTo(there.both()).isPositive();
        assertThat(back.onlyA()).isEqualTo(there.onlyB());
        assertThat(back.scoreDifference()).isCloseTo(-there.scoreDifference(), within(1e-9));
    }

    private static EventComparison.Word word(EventComparison comparison, String word) {
        return Objects.requireNonNull(comparison.words().get(word));
    }

    private static List<KeywordEvent> random(Random random) {
        var events = new ArrayList<KeywordEvent>();
        for (int i = 0; i < 100; i++) {
            events.add(event(
                    "device-" + random.nextInt(3),
                    random.nextBoolean() ? "yes" : "no",
                    random.nextInt(60_000),
                    random.nextFloat()));
        }
        return events;
    }

    private static KeywordEvent event(String device, String word, long millis, float score) {
        Instant time = Instant.EPOCH.plusMillis(millis);
        return new KeywordEvent(
                device + "/1/" + millis * 16 + "/" + word,
                device,
                word,
                score,
                "m@000000000000",
                "0000000000000001",
                millis * 16,
                time,
                time,
                0);
    }
}
