package io.keyspike.trainer.loop;

import io.keyspike.models.network.Network;
import io.keyspike.trainer.compose.ComposedStream;
import io.keyspike.trainer.evaluate.StreamScorer;
import io.keyspike.trainer.features.StreamBank;
import io.keyspike.trainer.streams.ScoreTrack;
import io.keyspike.trainer.streams.ScoredStream;
import io.keyspike.trainer.streams.StreamLabel;
import io.keyspike.trainer.streams.ThresholdSweep;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The share of the keywords in validation streams that is heard at given rates of false alarms: the mean over rates and
 * keywords, each at its own thresholds.
 */
final class StreamValidation implements Validation {
    private final List<StreamBank> banks;
    private final StreamScorer scorer;
    private final List<Double> rates;
    private final int sampleRateHz;
    private final int stepSamples;
    private final List<String> labels;
    private final List<String> keywords;

    /**
     * @param stepSamples of a network's step
     * @param labels of the network's outputs
     * @param keywords those of them that are reported
     */
    StreamValidation(
            List<StreamBank> banks,
            StreamScorer scorer,
            List<Double> rates,
            int sampleRateHz,
            int stepSamples,
            List<String> labels,
            List<String> keywords) {
        this.banks = banks;
        this.scorer = scorer;
        this.rates = rates;
        this.sampleRateHz = sampleRateHz;
        this.stepSamples = stepSamples;
        this.labels = labels;
        this.keywords = keywords;
    }

    /** The scores of all validation streams. */
    List<ScoredStream> streams(Network network) {
        var streams = new ArrayList<ScoredStream>();
        score(network, streams);
        return streams;
    }

    private Map<String, Double> score(Network network, List<ScoredStream> streams) {
        Map<String, Double> firing = Map.of();
        for (StreamBank bank : banks) {
            Map<String, Double> rates = scorer.over(
                    network, bank, (stream, steps, scores) -> streams.add(scored(bank, stream, steps, scores)));
            firing = firing.isEmpty() ? rates : firing;
        }
        return firing;
    }

    @Override
    public Measure measure(Network network) {
        var streams = new ArrayList<ScoredStream>();
        Map<String, Double> firing = score(network, streams);
        double heard = keywords.parallelStream()
                .map(keyword -> ThresholdSweep.of(streams, keyword))
                .filter(sweep -> sweep.labels() > 0)
                .flatMap(sweep -> rates.stream().map(rate -> 1 - sweep.missAt(rate)))
                .toList()
                .stream()
                .mapToDouble(Double::doubleValue)
                .average()
                .orElse(0);
        return new Measure(heard, firing);
    }

    private ScoredStream scored(StreamBank bank, int stream, int steps, float[] scores) {
        var track = new ScoreTrack.Builder(keywords, sampleRateHz, stepSamples);
        int[] columns = keywords.stream().mapToInt(labels::indexOf).toArray();
        for (int t = 0; t < steps; t++) {
            track.step(bank.sampleAt(0) + (long) t * stepSamples);
            for (int k = 0; k < columns.length; k++) {
                track.score(k, scores[t * labels.size() + columns[k]]);
            }
        }
        List<StreamLabel> words = bank.entry((long) stream).words().stream()
                .filter(w -> keywords.contains(labels.get(w.label())))
                .map(this::label)
                .toList();
        return new ScoredStream("stream " + stream, bank.seconds(), words, track.build());
    }

    private StreamLabel label(ComposedStream.Word word) {
        return new StreamLabel(
                (double) word.start() / sampleRateHz, (double) word.end() / sampleRateHz, labels.get(word.label()));
    }
}
