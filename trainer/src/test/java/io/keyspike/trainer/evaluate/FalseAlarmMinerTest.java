package io.keyspike.trainer.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.decision.DecisionSettings;
import io.keyspike.models.decision.DecisionSettings.ClipDecision;
import io.keyspike.models.decision.DecisionSettings.ClipRule;
import io.keyspike.models.network.Network;
import io.keyspike.trainer.config.StreamsConfig.MiningConfig;
import io.keyspike.trainer.features.StreamBank;
import io.keyspike.trainer.features.StreamBank.Place;
import io.keyspike.trainer.features.ToneBanks;
import io.keyspike.trainer.loss.PeakScores;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FalseAlarmMinerTest {
    private static final List<String> LABELS = List.of("low", "high", "unknown", "silence");
    private static final boolean[] KEYWORD = {true, true, false, false};
    private static final int STREAMS = 10;
    private static final int STRIDE = 2;
    private static final double NO_LIMIT = 1e6;

    private final StreamBank bank = ToneBanks.prepared(STREAMS, 0);

    /** Both keywords rise with other words' tones and with everything else that is loud. */
    private final Network network = ToneBanks.listener(new int[] {9, 12, 1, 18}, new float[] {1.5f, 1, 0.3f, 0.2f});

    private final StreamScorer scorer = new StreamScorer(
            Backends.stepsNamed("vector"),
            1,
            ToneBanks.stacking(),
            new PeakScores(
                    new DecisionSettings(0.06, 2, Map.of(), 0.1, 0.8, 0, null, new ClipDecision(ClipRule.PEAK, 1)),
                    LABELS,
                    ToneBanks.SPEC.stepSeconds()));

    private List<Place> mine(double deadSeconds, double perHour, double leastScore) {
        var config = new MiningConfig(1, 1, deadSeconds, perHour, leastScore);
        return new FalseAlarmMiner(scorer, ToneBanks.stacking(), config, KEYWORD).mine(network, bank);
    }

    /** The score of all keywords together, by stream and step. */
    private Map<Integer, double[]> scores() {
        Map<Integer, double[]> all = new HashMap<>();
        scorer.over(network, bank, (stream, steps, scores) -> {
            double[] sums = new double[steps];
            Arrays.setAll(sums, t -> (double) scores[t * 4] + scores[t * 4 + 1]);
            all.put(stream, sums);
        });
        return all;
    }

    private static double score(Map<Integer, double[]> scores, Place place) {
        return scores.getOrDefault(place.stream(), new double[0])[place.frame() / STRIDE];
    }

    private boolean teaches(Place place) {
        int target = bank.entry((long) place.stream()).targets()[place.frame()];
        return target == ToneBanks.UNKNOWN || target == ToneBanks.SILENCE;
    }

    private static List<Place> of(List<Place> places, int stream) {
        return places.stream()
                .filter(p -> p.stream() == stream)
                .sorted(Comparator.comparingInt(Place::frame))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.1, 0.5, 2})
    void shouldTakeTheHighestPeakWithinTheDeadTime(double deadSeconds) {
        int dead = (int) Math.round(deadSeconds * 100);
        Map<Integer, double[]> scores = scores();
        List<Place> mined = mine(deadSeconds, NO_LIMIT, 0.1);
        assertThat(mined).hasSizeGreaterThan(deadSeconds > 1 ? 20 : 40);
        for (int stream = 0; stream < STREAMS; stream++) {
            List<Place> places = of(mined, stream);
            for (int i = 1; i < places.size(); i++) {
                assertThat(places.get(i).frame() - places.get(i - 1).frame()).isGreaterThan(dead);
            }
            for (Place place : places) {
                for (int f = place.frame(); f <= place.frame() + dead; f += STRIDE) {
                    var other = new Place(stream, f);
                    if (f / STRIDE < scores.getOrDefault(stream, new double[0]).length && teaches(other)) {
                        assertThat(score(scores, other)).isLessThanOrEqualTo(score(scores, place));
                    }
                }
            }
            // What no peak stands for is below the least score.
            for (int t = 0; t < scores.getOrDefault(stream, new double[0]).length; t++) {
                var other = new Place(stream, t * STRIDE);
                if (teaches(other) && score(scores, other) >= 0.1) {
                    assertThat(places)
                            .anySatisfy(p -> assertThat(score(scores, p)).isGreaterThanOrEqualTo(score(scores, other)));
                }
            }
        }
    }

    @Test
    void shouldNeverTakeAKeywordsOwnFrames() {
        List<Place> mined = mine(0, NO_LIMIT, 0);
        assertThat(mined).isNotEmpty().allSatisfy(p -> assertThat(teaches(p)).isTrue());
        Map<Integer, double[]> scores = scores();
        // Though the network reports many of them.
        var keywords = new ArrayList<Double>();
        for (int i = 0; i < STREAMS; i++) {
            byte[] targets = bank.entry((long) i).targets();
            double[] of = scores.getOrDefault(i, new double[0]);
            for (int t = 0; t < of.length; t++) {
                if (!teaches(new Place(i, t * STRIDE))) {
                    keywords.add(of[t]);
                }
            }
            assertThat(targets.length).isGreaterThan(of.length);
        }
        assertThat(keywords.stream().mapToDouble(Double::doubleValue).max().orElseThrow())
                .isGreaterThan(0.5);
    }

    @Test
    void shouldKeepTheHighestOfAnHour() {
        Map<Integer, double[]> scores = scores();
        List<Place> all = mine(0.5, NO_LIMIT, 0.02);
        assertThat(all).isSortedAccordingTo(Comparator.comparingDouble(p -> -score(scores, p)));
        // Ten streams of 12 s are a thirtieth of an hour.
        assertThat(bank.hours()).isEqualTo(1 / 30.0);
        assertThat(mine(0.5, 300, 0.02)).isEqualTo(all.subList(0, 10));
        assertThat(mine(0.5, 1, 0.02)).isEqualTo(all.subList(0, 1));
    }

    @Test
    void shouldLeaveOutWhatIsBelowTheLeastScore() {
        Map<Integer, double[]> scores = scores();
        List<Place> mined = mine(0.5, NO_LIMIT, 0.5);
        assertThat(mined)
                .isNotEmpty()
                .hasSizeLessThan(mine(0.5, NO_LIMIT, 0.02).size())
                .allSatisfy(p -> assertThat(score(scores, p)).isGreaterThanOrEqualTo(0.5));
        assertThat(mine(0.5, NO_LIMIT, 1)).isEmpty();
    }
}
