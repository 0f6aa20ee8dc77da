package io.keyspike.trainer.loss;

import io.keyspike.models.decision.DecisionSettings;
import io.keyspike.trainer.config.LabelMap;
import java.util.List;

/** {@link io.keyspike.models.decision.DecisionSettings.ClipRule#PEAK}: what a stream would have reported of the clip. */
final class PeakClassifier implements ClipClassifier {
    /** Share of silence in what is no keyword, from which a clip is silent: found on validation clips of commands-12. */
    private static final double SILENT = 0.5;

    private final PeakScores peaks;
    private final List<String> labels;
    private final int unknown;
    private final int silence;
    private final double threshold;

    PeakClassifier(DecisionSettings settings, List<String> labels, double stepSeconds) {
        this.labels = labels;
        peaks = new PeakScores(settings, labels, stepSeconds);
        unknown = labels.indexOf(LabelMap.UNKNOWN);
        silence = labels.indexOf(LabelMap.SILENCE);
        threshold = settings.clip().threshold();
    }

    @Override
    public int classify(float[] output, int steps, int batch, int b) {
        int n = labels.size();
        float[] scores = new float[steps * n];
        peaks.of(output, steps, batch, n, b, scores);
        int best = -1;
        float highest = 0;
        double silent = 0;
        double spoken = 0;
        for (int t = 0; t < steps; t++) {
            for (int k = 0; k < n; k++) {
                if (k != unknown && k != silence && scores[t * n + k] > highest) {
                    highest = scores[t * n + k];
                    best = k;
                }
            }
            silent += silence < 0 ? 0 : scores[t * n + silence];
            spoken += unknown < 0 ? 0 : scores[t * n + unknown];
        }
        if ((unknown < 0 && silence < 0) || highest >= threshold) {
            return best;
        }
        return unknown < 0 || (silence >= 0 && silent >= SILENT * (silent + spoken)) ? silence : unknown;
    }
}
