package io.keyspike.trainer.loop;

import io.keyspike.models.network.Network;
import io.keyspike.trainer.chip.ChipWeights;
import io.keyspike.trainer.config.LossConfig;
import io.keyspike.trainer.config.OptimiserConfig;
import io.keyspike.trainer.layers.Parameter;
import io.keyspike.trainer.layers.Pass;
import io.keyspike.trainer.layers.TrainableNetwork;
import io.keyspike.trainer.loss.ClipLoss;
import io.keyspike.trainer.loss.LossParts;
import io.keyspike.trainer.loss.LossSlice;
import io.keyspike.trainer.loss.WeightLoss;
import io.keyspike.trainer.optimise.GradientClip;
import io.keyspike.trainer.optimise.LearningRateSchedule;
import io.keyspike.trainer.optimise.Optimiser;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Forward, loss, backward, clip, optimise: what happens with one batch. */
public final class TrainingStep {
    /** Values that the optimiser moves in one task. */
    private static final int RANGE = 1 << 13;

    private final TrainableNetwork network;
    private final OptimiserConfig optimiserConfig;
    private final ClipLoss loss;
    private final List<ClipLoss> groupLosses;
    private final LossParts[] groupParts;
    private final List<WeightLoss> weightLosses;
    private final Optimiser optimiser;
    private final List<Range> ranges;
    private final LearningRateSchedule schedule;
    private final @Nullable ChipWeights chip;
    private final long totalSteps;
    private final int maximumBatch;
    private float[] outputGradient = {};
    private float @Nullable [] membraneGradient;
    private @Nullable Crew crew;
    private boolean labelsBySteps;

    /** As the longer form, without a chip in mind. */
    public TrainingStep(
            TrainableNetwork network,
            LossConfig lossConfig,
            OptimiserConfig optimiserConfig,
            long totalSteps,
            int maximumBatch) {
        this(network, lossConfig, optimiserConfig, totalSteps, maximumBatch, null);
    }

    /**
     * @param totalSteps of the whole run, for the schedule
     * @param maximumBatch largest B
     * @param chip what its weights are in the place of those learnt; null for the learnt ones themselves
     */
    public TrainingStep(
            TrainableNetwork network,
            LossConfig lossConfig,
            OptimiserConfig optimiserConfig,
            long totalSteps,
            int maximumBatch,
            @Nullable ChipWeights chip) {
        this(
                network,
                () -> ClipLoss.of(lossConfig, network.outputs(), maximumBatch),
                lossConfig,
                optimiserConfig,
                totalSteps,
                maximumBatch,
                chip);
    }

    /**
     * @param losses makes losses, one for each thread
     * @param lossConfig of the losses on weights
     */
    TrainingStep(
            TrainableNetwork network,
            Supplier<ClipLoss> losses,
            LossConfig lossConfig,
            OptimiserConfig optimiserConfig,
            long totalSteps,
            int maximumBatch,
            @Nullable ChipWeights chip) {
        this.network = network;
        this.chip = chip;
        this.totalSteps = totalSteps;
        this.optimiserConfig = optimiserConfig;
        this.maximumBatch = maximumBatch;
        loss = losses.get();
        weightLosses = weightLosses(lossConfig, network.inputs(), chip);
        groupLosses =
                IntStream.range(0, network.groups()).mapToObj(g -> losses.get()).toList();
        groupParts = new LossParts[network.groups()];
        optimiser = Optimiser.of(optimiserConfig, network.parameters());
        ranges = Range.of(network.parameters());
        schedule = new LearningRateSchedule(optimiserConfig.schedule(), totalSteps);
    }

    /**
     * Leaves parts of each batch to other processes.
     *
     * @param labelPerStep whether labels are {@code [B, T]}
     * @throws IllegalArgumentException if the batches cannot be taken apart
     */
    void shareWith(Crew others, boolean labelPerStep) {
        if (!network.sliceable() || !loss.separable()) {
            throw new IllegalArgumentException("training: expected batches that can be taken apart, found a network or"
                    + " a loss that needs whole ones");
        }
        crew = others;
        labelsBySteps = labelPerStep;
    }

    /** What the exchange with other processes took since it was last asked; null where there are none. */
    @Nullable
    ExchangeCost exchangeCost() {
        return crew == null ? null : crew.cost();
    }

    private static List<WeightLoss> weightLosses(LossConfig config, int inputs, @Nullable ChipWeights chip) {
        var losses = new ArrayList<WeightLoss>();
        if (config.magnitudeWeight() > 0) {
            losses.add(new WeightLoss.Magnitude(config.magnitudeLimit(), config.magnitudeWeight()));
        }
        if (config.signGroupWeight() > 0 && chip != null) {
            losses.add(new WeightLoss.SignAgreement(
                    chip.profile().synapse().signGroup(), config.signGroupWeight(), inputs));
        }
        return List.copyOf(losses);
    }

    /**
     * Learns one batch.
     *
     * @param input {@code [T, B, inputs]} at least
     * @param labels {@code [B]} at least, or {@code [B, T]} for a loss on windows of streams
     */
    public LossParts apply(Pass pass, float[] input, int[] labels) {
        LossParts parts = gradients(pass, input, labels);
        Double limit = optimiserConfig.clipNorm();
        if (limit != null) {
            GradientClip.apply(network.parameters(), limit);
        }
        optimise();
        network.project();
        if (chip != null) {
            chip.project(progress());
        }
        return parts;
    }

    /** The network as the model has it: with the weights that the chip stores, if it is for one. */
    Network export() {
        return chip == null ? network.export() : chip.withStored(network::export);
    }

    /** Share of the run that is done. */
    private double progress() {
        return (double) optimiser.steps() / totalSteps;
    }

    /** Loss and gradients only. */
    LossParts gradients(Pass pass, float[] input, int[] labels) {
        if (chip != null) {
            chip.load(progress(), pass.randomKey());
        }
        loss.at(progress());
        groupLosses.forEach(l -> l.at(progress()));
        LossParts parts =
                network.sliceable() && loss.separable() ? inSlices(pass, input, labels) : whole(pass, input, labels);
        if (chip != null) {
            chip.unload();
        }
        double magnitude = 0;
        for (WeightLoss weightLoss : weightLosses) {
            magnitude += weightLoss.apply(network.parameters());
        }
        return new LossParts(
                parts.classification(), parts.rate() + network.rateLoss(), magnitude, parts.correct(), parts.clips());
    }

    /** The learning rate of the last step, for layers without one of their own. */
    double learningRate() {
        return optimiserConfig.learningRate() * schedule.factor(Math.max(0, optimiser.steps() - 1));
    }

    private LossParts inSlices(Pass pass, float[] input, int[] labels) {
        Arrays.fill(groupParts, LossParts.NONE);
        Crew others = crew;
        if (others == null) {
            learnGroups(pass, input, labels, 0, network.groups(pass));
        } else {
            var batch = new Crew.SharedBatch(
                    network, pass, input, labels, labelsBySteps ? pass.steps() : 1, progress(), groupParts);
            learnGroups(pass, input, labels, 0, others.deal(batch));
            for (Crew.Groups missing : others.collect(batch)) {
                learnGroups(pass, input, labels, missing.from(), missing.to());
            }
        }
        network.sumGroups(pass, input);
        return Arrays.stream(groupParts).reduce(LossParts.NONE, LossParts::plus);
    }

    private void learnGroups(Pass pass, float[] input, int[] labels, int from, int to) {
        PartLearner.learn(network, groupLosses, groupParts, new PartLearner.Part(pass, input, labels, from, to));
    }

    private LossParts whole(Pass pass, float[] input, int[] labels) {
        if (outputGradient.length == 0) {
            outputGradient = new float[network.maximumSteps() * maximumBatch * network.outputs()];
            membraneGradient = loss.onMembranes() ? new float[outputGradient.length] : null;
        }
        float[] output = network.forward(pass, input);
        var slice = LossSlice.whole(pass.steps(), pass.firstStep(), pass.batch(), labels);
        LossParts parts = loss.apply(
                slice, output, network.outputMembrane(), membraneGradient == null ? outputGradient : membraneGradient);
        if (membraneGradient != null) {
            Arrays.fill(outputGradient, 0, pass.steps() * pass.batch() * network.outputs(), 0);
        }
        network.backward(pass, outputGradient, membraneGradient);
        return parts;
    }

    /** A step of the optimiser, cut into ranges for all threads. */
    private void optimise() {
        optimiser.begin(schedule.factor(optimiser.steps()));
        network.forEach(ranges.size(), i -> {
            Range range = ranges.get(i);
            optimiser.update(range.parameter(), range.from(), range.to());
        });
    }

    /** Values of one parameter. */
    private record Range(int parameter, int from, int to) {

        static List<Range> of(List<Parameter> parameters) {
            var all = new ArrayList<Range>();
            for (int p = 0; p < parameters.size(); p++) {
                int length = parameters.get(p).values().length;
                for (int from = 0; from < length; from += RANGE) {
                    all.add(new Range(p, from, Math.min(length, from + RANGE)));
                }
            }
            return List.copyOf(all);
        }
    }

    Optimiser optimiser() {
        return optimiser;
    }
}
