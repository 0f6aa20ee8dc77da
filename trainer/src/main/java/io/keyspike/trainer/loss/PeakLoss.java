package io.keyspike.trainer.loss;

import io.keyspike.trainer.config.StreamsConfig.PeakLossConfig;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The loss of windows of streams, on the scores that the decision stage will see: outputs smoothed exponentially, scaled,
 * softmax at every step. While a keyword may be reported, cross-entropy where its score is highest (max-pooling loss, Sun et
 * al. 2016, arXiv 1705.02411); where none may be, cross-entropy on the share of all keywords together, at the highest step
 * of each block. In the first part of the run the mean over the steps stands in for the peak, so that more than one step
 * learns.
 *
 * <p>The labels of a slice are one of each step, {@code [B, T]}: a label, or below 0 where nothing counts. A run of steps
 * with the same keyword is one keyword.
 */
final class PeakLoss implements ClipLoss {
    private final PeakLossConfig config;
    private final float[] smoothing;
    private final double scale;
    private final boolean[] keyword;
    private final int outputs;
    private final int others;
    private final int blockSteps;

    private double share;
    private double[] score = {};
    private double[] gradient = {};
    private double[] otherShare = {};

    /**
     * @param keyword which outputs are keywords
     * @param smoothing what a new output weighs in the smoothed one, by output
     * @param scale of the decision stage's softmax
     * @param stepSeconds the network's time step
     */
    PeakLoss(PeakLossConfig config, boolean[] keyword, float[] smoothing, double scale, double stepSeconds) {
        this.config = config;
        this.keyword = keyword.clone();
        this.scale = scale;
        outputs = keyword.length;
        this.smoothing = smoothing.clone();
        blockSteps = Math.max(1, (int) Math.round(config.blockSeconds() / stepSeconds));
        int rest = 0;
        for (boolean k : keyword) {
            rest += k ? 0 : 1;
        }
        others = rest;
    }

    @Override
    public void at(double shareOfRun) {
        share = shareOfRun;
    }

    private boolean summed() {
        return share < config.sumShare();
    }

    private double negativeWeight() {
        double from = config.ramp().get(0);
        double to = config.ramp().get(1);
        double along = to > from ? Math.clamp((share - from) / (to - from), 0.0, 1.0) : share < from ? 0 : 1;
        double low = config.negativeWeight().get(0);
        double high = config.negativeWeight().get(1);
        return low * Math.pow(high / low, along);
    }

    @Override
    public LossParts apply(LossSlice slice, float[] output, float @Nullable [] membrane, float[] gradientOut) {
        int steps = slice.steps();
        if (score.length < steps * outputs) {
            score = new double[steps * outputs];
            gradient = new double[steps * outputs];
            otherShare = new double[steps];
        }
        double loss = 0;
        int correct = 0;
        for (int b = 0; b < slice.batch(); b++) {
            int labels = (slice.labelOffset() + b) * steps;
            scores(slice, output, b);
            Arrays.fill(gradient, 0, steps * outputs, 0);
            boolean right = true;
            int t = 0;
            while (t < steps) {
                int label = slice.labels()[labels + t];
                if (label < 0 || !keyword[label]) {
                    t++;
                    continue;
                }
                int from = t;
                while (t < steps && slice.labels()[labels + t] == label) {
                    t++;
                }
                loss += keywordLoss(from, t, label);
                right &= peak(from, t, label) > 0.5;
            }
            loss += negativeLoss(slice.labels(), labels, steps);
            for (int s = 0; s < steps && right; s++) {
                int label = slice.labels()[labels + s];
                right = label < 0 || keyword[label] || otherShare[s] > 0.5;
            }
            correct += right ? 1 : 0;
            spread(slice, b, gradientOut);
        }
        return new LossParts(loss / slice.normalisingBatch(), 0, 0, correct, slice.batch());
    }

    /** Softmax of the smoothed outputs into {@link #score}, and the share of what is no keyword. */
    private void scores(LossSlice slice, float[] output, int b) {
        int steps = slice.steps();
        double[] smoothed = new double[outputs];
        for (int t = 0; t < steps; t++) {
            int from = (t * slice.batch() + b) * outputs;
            double most = Double.NEGATIVE_INFINITY;
            for (int n = 0; n < outputs; n++) {
                smoothed[n] = (1.0 - smoothing[n]) * smoothed[n] + (double) smoothing[n] * output[from + n];
                most = Math.max(most, smoothed[n]);
            }
            double sum = 0;
            for (int n = 0; n < outputs; n++) {
                double e = Math.exp(scale * (smoothed[n] - most));
                score[t * outputs + n] = e;
                sum += e;
            }
            double other = 0;
            for (int n = 0; n < outputs; n++) {
                double p = score[t * outputs + n] / sum;
                score[t * outputs + n] = p;
                other += keyword[n] ? 0 : p;
            }
            otherShare[t] = other;
        }
    }

    private double peak(int from, int to, int label) {
        double most = 0;
        for (int t = from; t < to; t++) {
            most = Math.max(most, score[t * outputs + label]);
        }
        return most;
    }

    private double keywordLoss(int from, int to, int label) {
        if (summed()) {
            double loss = 0;
            for (int t = from; t < to; t++) {
                loss += keywordStep(t, label, 1.0 / (to - from));
            }
            return loss;
        }
        int best = from;
        for (int t = from + 1; t < to; t++) {
            if (score[t * outputs + label] > score[best * outputs + label]) {
                best = t;
            }
        }
        return keywordStep(best, label, 1);
    }

    private double keywordStep(int t, int label, double weight) {
        double loss = -Math.log(Math.max(score[t * outputs + label], Float.MIN_NORMAL));
        if (loss < config.ignoredBelow()) {
            return 0;
        }
        for (int n = 0; n < outputs; n++) {
            gradient[t * outputs + n] += weight * (score[t * outputs + n] - (n == label ? 1 : 0));
        }
        return weight * loss;
    }

    private double negativeLoss(int[] labels, int at, int steps) {
        int count = 0;
        for (int t = 0; t < steps; t++) {
            count += isNegative(labels[at + t]) ? 1 : 0;
        }
        if (count == 0) {
            return 0;
        }
        int blocks = Math.ceilDiv(count, blockSteps);
        double weight = negativeWeight();
        double loss = 0;
        double mean = weight * (summed() ? 1 + config.meanWeight() : config.meanWeight()) / count;
        int highest = -1;
        int seen = 0;
        for (int t = 0; t < steps; t++) {
            int label = labels[at + t];
            if (!isNegative(label)) {
                continue;
            }
            loss += negativeStep(t, mean);
            if (others > 1) {
                loss += speechStep(t, label, config.speechWeight() / count);
            }
            highest = highest < 0 || otherShare[t] < otherShare[highest] ? t : highest;
            seen++;
            if (!summed() && (seen % blockSteps == 0 || seen == count)) {
                loss += negativeStep(highest, weight / blocks);
                highest = -1;
            }
        }
        return loss;
    }

    private boolean isNegative(int label) {
        return label >= 0 && !keyword[label];
    }

    /** Cross-entropy on the share of all outputs that are no keyword. */
    private double negativeStep(int t, double weight) {
        double share = Math.max(otherShare[t], Float.MIN_NORMAL);
        double loss = -Math.log(share);
        if (loss < config.ignoredBelow() || weight == 0) {
            return 0;
        }
        for (int n = 0; n < outputs; n++) {
            double p = score[t * outputs + n];
            gradient[t * outputs + n] += weight * (keyword[n] ? p : p - p / share);
        }
        return weight * loss;
    }

    /** Cross-entropy among the outputs that are no keyword: speech or silence. */
    private double speechStep(int t, int label, double weight) {
        double share = Math.max(otherShare[t], Float.MIN_NORMAL);
        for (int n = 0; n < outputs; n++) {
            if (!keyword[n]) {
                gradient[t * outputs + n] += weight * (score[t * outputs + n] / share - (n == label ? 1 : 0));
            }
        }
        return -weight * Math.log(Math.max(score[t * outputs + label] / share, Float.MIN_NORMAL));
    }

    /** Through scale and smoothing, back to the outputs. */
    private void spread(LossSlice slice, int b, float[] to) {
        int steps = slice.steps();
        double factor = scale / slice.normalisingBatch();
        for (int n = 0; n < outputs; n++) {
            double kept = 1.0 - smoothing[n];
            double later = 0;
            for (int t = steps - 1; t >= 0; t--) {
                later = factor * gradient[t * outputs + n] + kept * later;
                to[(t * slice.batch() + b) * outputs + n] = (float) (smoothing[n] * later);
            }
        }
    }
}
