package io.keyspike.trainer.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.keyspike.audio.features.FeatureExtractors;
import io.keyspike.audio.features.Normaliser;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.decision.Decision;
import io.keyspike.models.decision.DecisionSettings;
import io.keyspike.models.decision.DecisionSettings.ClipDecision;
import io.keyspike.models.decision.DecisionSettings.ClipRule;
import io.keyspike.models.decision.DecisionState;
import io.keyspike.models.network.Network;
import io.keyspike.models.network.NetworkState;
import io.keyspike.models.network.StreamingNetwork;
import io.keyspike.trainer.config.StreamsConfig.BankConfig;
import io.keyspike.trainer.features.StreamBank;
import io.keyspike.trainer.features.ToneBanks;
import io.keyspike.trainer.loss.PeakScores;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StreamScorerTest {
    private static final List<String> LABELS = List.of("low", "high", "unknown", "silence");
    private static final DecisionSettings DECISION =
            new DecisionSettings(0.1, 2, Map.of(), 0.1, 0.8, 0, null, new ClipDecision(ClipRule.PEAK, 1));

    /** More streams than are scored at a time. */
    private static final int STREAMS = 11;

    @Test
    void shouldScoreEveryStepAsALiveStreamDoes() {
        StreamBank bank = ToneBanks.prepared(STREAMS, 0);
        Network network = ToneBanks.listener(new int[] {3, 12, 7, 15}, new float[] {1, 1.5f, 0.7f, -1});
        double step = ToneBanks.SPEC.stepSeconds();
        var scorer = new StreamScorer(
                Backends.stepsNamed("vector"), 2, ToneBanks.stacking(), new PeakScores(DECISION, LABELS, step));
        var found = new ArrayList<float[]>();
        Map<String, Double> rates = scorer.over(network, bank, (stream, steps, scores) -> {
            assertThat(stream).isEqualTo(found.size());
            assertThat(steps)
                    .isEqualTo(
                            ToneBanks.stacking().steps(bank.entry((long) stream).targets().length));
            found.add(java.util.Arrays.copyOf(scores, steps * LABELS.size()));
        });
        assertThat(found).hasSize(STREAMS);
        assertThat(rates.values()).allSatisfy(r -> assertThat(r).isCloseTo(0, within(1.0)));

        Normaliser normaliser =
                ToneBanks.normaliser(ToneBanks.empty(ToneBanks.SPEC, new BankConfig(STREAMS, 12, 0), 2));
        var extractor = FeatureExtractors.of(ToneBanks.SPEC.withNormaliser(normaliser));
        var streaming = new StreamingNetwork(network, Backends.stepsNamed("scalar"));
        var decision = new Decision(DECISION, LABELS, step);
        for (int i = 0; i < STREAMS; i++) {
            float[][] features = FeatureExtractors.extract(
                    extractor, ToneBanks.composer().compose(i, 0, 12).samples());
            NetworkState state = streaming.newState();
            DecisionState decided = decision.newState();
            float[] output = new float[LABELS.size()];
            float[] expected = new float[features.length * LABELS.size()];
            for (int t = 0; t < features.length; t++) {
                streaming.step(state, features[t], output);
                decision.step(decided, output, 0.1f);
                for (int k = 0; k < LABELS.size(); k++) {
                    expected[t * LABELS.size() + k] = decided.score(k);
                }
            }
            assertThat(found.get(i)).isEqualTo(expected);
        }
        assertThat(IntStream.range(0, STREAMS).mapToObj(i -> found.get(i)[400]).distinct())
                .hasSizeGreaterThan(5);
    }
}
