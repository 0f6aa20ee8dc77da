package io.keyspike.trainer.loop;

import io.keyspike.kernels.KernelBackend;
import io.keyspike.models.decision.DecisionSettings;
import io.keyspike.trainer.config.TrainingConfig;
import io.keyspike.trainer.layers.Pass;
import io.keyspike.trainer.layers.TrainableNetwork;
import io.keyspike.trainer.loss.ClipLoss;
import io.keyspike.trainer.loss.LossParts;
import io.keyspike.trainer.loss.LossSlice;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * The network and the losses of a training that another process leads: loss and gradients of some of a batch's groups, out of the
 * weights, samples and labels that it was given. It keeps nothing from one batch to the next.
 */
public final class PartLearner {
    private final TrainableNetwork network;
    private final List<ClipLoss> losses;
    private final LossParts[] parts;
    private final boolean labelsBySteps;

    /** @throws IllegalArgumentException if the network's batches cannot be taken apart */
    public PartLearner(Crew.Setup setup, KernelBackend backend) {
        TrainingConfig config = setup.config();
        network = new TrainableNetwork(
                config.network(),
                setup.inputs(),
                config.data().labels().size() * config.loss().population(),
                setup.stepSeconds(),
                config.training().seed(),
                backend,
                setup.maximumSteps(),
                config.training().batch(),
                config.training().precision(),
                config.training().parts());
        labelsBySteps = config.streams().enabled();
        Supplier<ClipLoss> supplier = () -> loss(config, setup.stepSeconds());
        losses = IntStream.range(0, network.groups())
                .mapToObj(g -> supplier.get())
                .toList();
        if (losses.isEmpty() || !losses.getFirst().separable()) {
            throw new IllegalArgumentException("training: expected batches that can be taken apart, found a network or"
                    + " a loss that needs whole ones");
        }
        parts = new LossParts[network.groups()];
    }

    private ClipLoss loss(TrainingConfig config, double stepSeconds) {
        if (!config.streams().enabled()) {
            return ClipLoss.of(
                    config.loss(), network.outputs(), config.training().batch());
        }
        DecisionSettings decision =
                new ConfiguredDecision(config).settings(config.loss().logitScale());
        return ClipLoss.onPeaks(config.streams().loss(), config.data().labels(), decision, stepSeconds);
    }

    /**
     * What to learn.
     *
     * @param input {@code [T, B, inputs]}, or {@code [B, inputs]} if the pass has a constant input; only the groups' sequences
     *     are read
     * @param labels {@code [B]}, or {@code [B, T]} on streams; likewise
     * @param from first group
     * @param to after the last
     */
    @SuppressWarnings("ArrayRecordComponent") // a bundle of arguments, never compared
    public record Part(Pass pass, float[] input, int[] labels, int from, int to) {}

    /** The network, whose weights are to be set before {@link #learn}, and which holds the gradients after it. */
    public TrainableNetwork network() {
        return network;
    }

    /** Labels of a sequence: one, or one for each step. */
    public int labelsPerSequence(Pass pass) {
        return labelsBySteps ? pass.steps() : 1;
    }

    /**
     * Learns the groups of a part.
     *
     * @param shareOfRun how much of the whole training is done, 0 to 1
     * @return their losses, one for each group
     */
    public List<LossParts> learn(Part part, double shareOfRun) {
        losses.forEach(l -> l.at(shareOfRun));
        Arrays.fill(parts, LossParts.NONE);
        learn(network, losses, parts, part);
        return List.of(Arrays.copyOfRange(parts, part.from(), part.to()));
    }

    /**
     * Learns the groups of a part with one loss for each of the network's groups.
     *
     * @param parts of each group, added to
     */
    static void learn(TrainableNetwork network, List<ClipLoss> losses, LossParts[] parts, Part part) {
        Pass pass = part.pass();
        network.learnGroups(
                pass,
                part.input(),
                losses.getFirst().onMembranes(),
                (group, from, sequences, output, membrane, gradient) -> {
                    var slice =
                            new LossSlice(pass.steps(), pass.firstStep(), sequences, part.labels(), from, pass.batch());
                    parts[group] = parts[group].plus(losses.get(group).apply(slice, output, membrane, gradient));
                },
                part.from(),
                part.to());
    }
}
