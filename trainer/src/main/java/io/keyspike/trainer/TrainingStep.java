package io.keyspike.trainer;

import io.keyspike.trainer.config.LossConfig;
import io.keyspike.trainer.config.OptimiserConfig;
import io.keyspike.trainer.layers.Pass;
import io.keyspike.trainer.layers.TrainableNetwork;
import io.keyspike.trainer.loss.ClipLoss;
import io.keyspike.trainer.loss.LossParts;
import io.keyspike.trainer.loss.WeightLoss;
import io.keyspike.trainer.optimise.Adam;
import io.keyspike.trainer.optimise.GradientClip;
import io.keyspike.trainer.optimise.LearningRateSchedule;
import java.util.List;

/** Forward, loss, backward, clip, Adam: what happens with one batch. */
public final class TrainingStep {
    private final TrainableNetwork network;
    private final OptimiserConfig optimiserConfig;
    private final ClipLoss loss;
    private final List<WeightLoss> weightLosses;
    private final Adam adam;
    private final LearningRateSchedule schedule;
    private final float[] outputGradient;

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
        loss = new ClipLoss(lossConfig);
        weightLosses = lossConfig.magnitudeWeight() > 0
                ? List.of(new WeightLoss.Magnitude(lossConfig.magnitudeLimit(), lossConfig.magnitudeWeight()))
                : List.of();
        adam = new Adam(optimiserConfig, network.parameters());
        schedule = new LearningRateSchedule(optimiserConfig.schedule(), totalSteps);
        outputGradient = new float[network.maximumSteps() * maximumBatch * network.outputs()];
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
        adam.step(schedule.factor(adam.steps()));
        network.project();
        return parts;
    }

    /** Loss and gradients only. */
    LossParts gradients(Pass pass, float[] input, int[] labels) {
        float[] output = network.forward(pass, input);
        LossParts parts = loss.apply(
                output, pass.steps(), pass.batch(), network.outputs(), pass.firstStep(), labels, outputGradient);
        network.backward(pass, outputGradient);
        double magnitude = 0;
        for (WeightLoss weightLoss : weightLosses) {
            magnitude += weightLoss.apply(network.parameters());
        }
        return new LossParts(parts.classification(), parts.rate(), magnitude, parts.correct(), parts.clips());
    }

    Adam adam() {
        return adam;
    }
}
