package io.keyspike.trainer.loop;

import io.keyspike.kernels.backends.Devices;
import io.keyspike.trainer.config.ConfigException;
import io.keyspike.trainer.config.LayerConfig;
import io.keyspike.trainer.config.TrainingConfig;
import io.keyspike.trainer.layers.Pass;
import io.keyspike.trainer.layers.TrainableNetwork;
import io.keyspike.trainer.loss.LossParts;
import java.util.List;

/**
 * Other processes that learn parts of each batch. A batch is cut into groups of sequences by its shape alone, and the gradients
 * of the groups are added in their order; so which process learns which group does not change a bit of the model, and a group
 * that one process fails to deliver can be done by another.
 */
public interface Crew {

    /**
     * What is trained.
     *
     * @param inputs width of a feature step
     * @param stepSeconds dt
     * @param maximumSteps largest T
     */
    record Setup(TrainingConfig config, int inputs, double stepSeconds, int maximumSteps) {}

    /**
     * A batch to share.
     *
     * @param network with the weights of this batch; takes the gradients ({@link TrainableNetwork#groupResults})
     * @param input {@code [T, B, inputs]}, or {@code [B, inputs]} if the pass has a constant input
     * @param labels {@code [B, labelsPerSequence]}
     * @param shareOfRun how much of the whole training is done, 0 to 1
     * @param losses of each group, written where another process has learnt it
     */
    @SuppressWarnings("ArrayRecordComponent") // shared on purpose, never compared
    record SharedBatch(
            TrainableNetwork network,
            Pass pass,
            float[] input,
            int[] labels,
            int labelsPerSequence,
            double shareOfRun,
            LossParts[] losses) {}

    /** Groups {@code from} to below {@code to} of a batch. */
    record Groups(int from, int to) {}

    /** Threads that this process has for its own part. */
    int ownThreads();

    /** Tells the others what is trained, once, before the first batch. Those who cannot do it are left out and named. */
    void prepare(Setup setup);

    /** Sends the others their groups of a batch. @return how many groups, the first ones, are this process's own */
    int deal(SharedBatch batch);

    /** Waits for what was sent out, and puts it into the batch. @return what was not delivered, and is to be done here */
    List<Groups> collect(SharedBatch batch);

    /** What the exchange took since this was last asked. */
    ExchangeCost cost();

    /**
     * Refuses what cannot be shared.
     *
     * @throws ConfigException with one sentence, if batches cannot be taken apart
     */
    static void requireParts(TrainingConfig config, String backend) {
        if (backend.equals(Devices.TORNADO)) {
            throw new ConfigException("--workers: expected the backend vector or scalar, found " + backend
                    + ", which sums in an order of its own");
        }
        for (LayerConfig layer : config.network().layers()) {
            if (layer.batchNorm() && config.training().parts() == null) {
                throw new ConfigException("--workers: expected training.parts, the parts that a batch is normalised in,"
                        + " since '" + layer.name() + "' has batch_norm, found none; set them to 8, for instance");
            }
            if (layer.rates().active()) {
                throw new ConfigException(
                        "--workers: expected layers whose sequences do not depend on one another, found rates in '"
                                + layer.name() + "', a loss over a whole batch");
            }
        }
        if (config.loss().rateWeight() > 0 && !config.streams().enabled()) {
            throw new ConfigException("--workers: expected a loss of single clips, found loss.rate_weight "
                    + config.loss().rateWeight() + ", a loss over a whole batch");
        }
    }
}
