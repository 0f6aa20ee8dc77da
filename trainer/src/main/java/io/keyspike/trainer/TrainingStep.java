package io.keyspike.trainer;

import io.keyspike.trainer.config.LossConfig;
import io.keyspike.trainer.config.OptimiserConfig;
import io.keyspike.trainer.layers.Pass;
import io.keyspike.trainer.layers.TrainableNetwork;
import io.keyspike.trainer.loss.ClipLoss;
import io.keyspike.trainer.loss.LossParts;
import io.keyspike.trainer.loss.LossSlice;
import io.keyspike.trainer.loss.WeightLoss;
import io.keyspike.trainer.optimise.GradientClip;
import io.keyspike.trainer.optimise.LearningRateSchedule;
import io.keyspike.trainer.optimise.Optimiser;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Forward, loss, backward, clip, optimise: what happens with one batch. */
public final class TrainingStep {
    private final TrainableNetwork network;
    private final OptimiserConfig optimiserConfig;
    private final ClipLoss loss;
    private final List<WeightLoss> weightLosses;
    private final Optimiser optimiser;
    private final LearningRateSchedule schedule;
    private final float[] outputGradient;
    private final float @Nullable [] membraneGradient;

    /**
     * @param totalSteps of the whole run, for the schedule
     * @param maximumBatch largest B
     */
    public TrainingStep(
            TrainableNetwork network,
            LossConfig lossConfig,
            OptimiserConfig optimiserConfig,
            long totalSteps,
            int maximumBatch) {
        this.network = network;
        this.optimiserConfig = optimiserConfig;
        loss = ClipLoss.of(lossConfig, network.outputs(), maximumBatch);
        weightLosses = lossConfig.magnitudeWeight() > 0
                ? List.of(new WeightLoss.Magnitude(lossConfig.magnitudeLimit(), lossConfig.magnitudeWeight()))
                : List.of();
        optimiser = Optimiser.of(optimiserConfig, network.parameters());
        schedule = new LearningRateSchedule(optimiserConfig.schedule(), totalSteps);
        outputGradient = new float[network.maximumSteps() * maximumBatch * network.outputs()];
        membraneGradient = loss.onMembranes() ? new float[outputGradient.length] : null;
    }

    /**
     * Learns one batch.
     *
     * @param input {@code [T, B, inputs]} at least
     * @param labels {@code [B]} at least
     */
    public LossParts apply(Pass pass, float[] input, int[] labels) {
        LossParts parts = gradients(pass, input, labels);
        Double limit = optimiserConfig.clipNorm();
        if (limit != null) {
            GradientClip.apply(network.parameters(), limit);
        }
        optimiser.step(schedule.factor(optimiser.steps()));
        network.project();
        return parts;
    }

    /** Loss and gradients only. */
    LossParts gradients(Pass pass, float[] input, int[] labels) {
        float[] output = network.forward(pass, input);
        var whole = LossSlice.whole(pass.steps(), pass.firstStep(), pass.batch(), labels);
        LossParts parts = loss.apply(
                whole, output, network.outputMembrane(), membraneGradient == null ? outputGradient : membraneGradient);
        if (membraneGradient != null) {
            Arrays.fill(outputGradient, 0, pass.steps() * pass.batch() * network.outputs(), 0);
        }
        network.backward(pass, outputGradient, membraneGradient);
        double magnitude = 0;
        for (WeightLoss weightLoss : weightLosses) {
            magnitude += weightLoss.apply(network.parameters());
        }
        return new LossParts(parts.classification(), parts.rate(), magnitude, parts.correct(), parts.clips());
    }

    /** The learning rate of the last step, for layers without one of their own. */
    double learningRate() {
        return optimiserConfig.learningRate() * schedule.factor(Math.max(0, optimiser.steps() - 1));
    }

    Optimiser optimiser() {
        return optimiser;
    }
}
