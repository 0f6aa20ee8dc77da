package io.keyspike.trainer.loop;

import io.keyspike.models.network.Network;
import io.keyspike.trainer.compose.ComposedStream;
import io.keyspike.trainer.evaluate.StreamScorer;
import io.keyspike.trainer.features.FrameStacking;
import io.keyspike.trainer.features.StreamBank;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * The share of the keywords in validation streams that is heard at given rates of false alarms: mean over rates and
 * keywords.
 */
final class StreamValidation implements Validation {
    private static final double TAIL_SECONDS = 0.5;
    private static final double MERGED_SECONDS = 1;

    private final List<StreamBank> banks;
    private final StreamScorer scorer;
    private final FrameStacking stacking;
    private final List<Double> rates;
    private final int sampleRateHz;
    private final boolean[] keyword;

    StreamValidation(
            List<StreamBank> banks,
            StreamScorer scorer,
            FrameStacking stacking,
            List<Double> rates,
            int sampleRateHz,
            boolean[] keyword) {
        this.banks = banks;
        this.scorer = scorer;
        this.stacking = stacking;
        this.rates = rates;
        this.sampleRateHz = sampleRateHz;
        this.keyword = keyword.clone();
    }

    @Override
    public Measure measure(Network network) {
        var hits = new ArrayList<List<Double>>();
        var alarms = new ArrayList<List<Double>>();
        for (int k = 0; k < keyword.length; k++) {
            hits.add(new ArrayList<>());
            alarms.add(new ArrayList<>());
        }
        Map<String, Double> firing = Map.of();
        double hours = 0;
        for (StreamBank bank : banks) {
            hours += bank.hours();
            Map<String, Double> rates = scorer.over(network, bank, (stream, steps, scores) -> {
                for (int k = 0; k < keyword.length; k++) {
                    if (keyword[k]) {
                        score(bank, stream, k, steps, scores, hits.get(k), alarms.get(k));
                    }
                }
            });
            firing = firing.isEmpty() ? rates : firing;
        }
        double sum = 0;
        int terms = 0;
        for (int k = 0; k < keyword.length; k++) {
            if (hits.get(k).isEmpty()) {
                continue;
            }
            List<Double> sorted = alarms.get(k);
            sorted.sort(Comparator.reverseOrder());
            for (double rate : rates) {
                int allowed = (int) Math.floor(rate * hours);
                double threshold = allowed < sorted.size() ? sorted.get(allowed) : 0;
                sum += (double) hits.get(k).stream().filter(h -> h > threshold).count()
                        / hits.get(k).size();
                terms++;
            }
        }
        return new Measure(terms == 0 ? 0 : sum / terms, firing);
    }

    private void score(
            StreamBank bank, int stream, int k, int steps, float[] scores, List<Double> hits, List<Double> alarms) {
        int columns = keyword.length;
        boolean[] within = new boolean[steps];
        for (ComposedStream.Word word : bank.entry((long) stream).words()) {
            if (word.label() != k) {
                continue;
            }
            double most = 0;
            int from = Math.max(0, bank.frameAt(word.start()) / stacking.stride());
            int to =
                    Math.min(steps, bank.frameAt(word.end() + (int) (TAIL_SECONDS * sampleRateHz)) / stacking.stride());
            for (int t = from; t < to; t++) {
                within[t] = true;
                most = Math.max(most, scores[t * columns + k]);
            }
            hits.add(most);
        }
        int merged = (int) (MERGED_SECONDS / (bank.frameSeconds() * stacking.stride()));
        double open = 0;
        int since = 0;
        for (int t = 0; t < steps; t++) {
            double score = within[t] ? 0 : scores[t * columns + k];
            if (t - since > merged) {
                if (open > 0) {
                    alarms.add(open);
                }
                open = 0;
                since = t;
            }
            open = Math.max(open, score);
        }
        if (open > 0) {
            alarms.add(open);
        }
    }
}
