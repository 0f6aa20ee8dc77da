package io.keyspike.trainer.loss;

import io.keyspike.models.decision.DecisionSettings;
import io.keyspike.trainer.config.LabelMap;
import io.keyspike.trainer.config.LossConfig;
import io.keyspike.trainer.config.StreamsConfig.PeakLossConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The loss of a batch of clips on what the network's last layer did. Each kind equals snnTorch's of that name in value and
 * gradient. A loss has buffers of its own, so threads need one each.
 */
public interface ClipLoss {

    /**
     * The loss that a configuration asks for.
     *
     * @param outputs N, neurons of the last layer: classes times population
     * @param maximumBatch largest B of a slice
     */
    static ClipLoss of(LossConfig config, int outputs, int maximumBatch) {
        ClipLoss loss = switch (config.kind()) {
            case CROSS_ENTROPY, CROSS_ENTROPY_MEMBRANE -> new ScoreCrossEntropy(config, outputs, maximumBatch);
            case CROSS_ENTROPY_RATE -> new StepCrossEntropy(config, outputs, maximumBatch);
            case MEAN_SQUARED_COUNT -> new CountSquaredError(config, outputs, maximumBatch);
            case MEAN_SQUARED_MEMBRANE -> new MembraneSquaredError(config, outputs, maximumBatch);
        };
        return config.rateWeight() > 0 ? new RatePenalty(config, outputs, loss) : loss;
    }

    /**
     * The loss of windows of streams, on the peak of the scores.
     *
     * @param labels of the outputs, in order
     * @param decision the smoothing and scale of the scores
     * @param stepSeconds the network's time step
     */
    static ClipLoss onPeaks(PeakLossConfig config, List<String> labels, DecisionSettings decision, double stepSeconds) {
        boolean[] keyword = new boolean[labels.size()];
        for (int n = 0; n < keyword.length; n++) {
            keyword[n] = LabelMap.isKeyword(labels.get(n));
        }
        return new PeakLoss(
                config, keyword, PeakScores.smoothing(decision, labels, stepSeconds), decision.scale(), stepSeconds);
    }

    /**
     * Told before each batch how much of the run is done; a loss may change with it.
     *
     * @param shareOfRun from 0 to 1
     */
    default void at(double shareOfRun) {}

    /** Whether the slices of a batch can be judged apart; if not, only whole batches may be given. */
    default boolean separable() {
        return true;
    }

    /** Whether the gradient is of the membranes instead of the outputs. */
    default boolean onMembranes() {
        return false;
    }

    /**
     * Loss and gradient of a slice; the slices' parts add up to the batch's ({@link LossParts#plus}).
     *
     * @param output the last layer's spikes, or the readout, {@code [T, B, N]}
     * @param membrane its membranes before the reset, {@code [T, B, N]}; not read unless {@link #onMembranes}
     * @param gradient dL/doutput, or dL/dmembrane where {@link #onMembranes}, {@code [T, B, N]}, written
     * @throws IllegalArgumentException if membranes are needed and not given, or the slice is not the whole batch and the
     *     loss not separable
     */
    LossParts apply(LossSlice slice, float[] output, float @Nullable [] membrane, float[] gradient);
}
