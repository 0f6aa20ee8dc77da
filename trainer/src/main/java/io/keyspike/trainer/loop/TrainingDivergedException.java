package io.keyspike.trainer.loop;

/** The loss or a weight is no longer a number; what was learnt before it is in the last checkpoint, which stays. */
public final class TrainingDivergedException extends RuntimeException {

    /**
     * @param batch the last one learnt, from 1
     * @param what is not finite, with its value: {@code "the loss is NaN"}
     * @param learningRate of that batch
     */
    TrainingDivergedException(int epoch, int batch, String what, double learningRate) {
        super("training diverged in epoch " + epoch + ", batch " + batch + ": " + what + " at a learning rate of "
                + (float) learningRate + " (a smaller optimiser.learning_rate or an optimiser.clip_norm may help)");
    }
}
