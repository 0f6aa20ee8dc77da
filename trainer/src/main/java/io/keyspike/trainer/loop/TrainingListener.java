package io.keyspike.trainer.loop;

import io.keyspike.trainer.common.Progress;
import io.keyspike.trainer.compose.SoundStock;
import io.keyspike.trainer.data.DataSet;
import io.keyspike.trainer.data.SkippedFile;
import io.keyspike.trainer.data.Split;
import io.keyspike.trainer.loss.LossParts;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Told how training goes; every method does nothing unless overridden. */
public interface TrainingListener extends Progress {

    @Override
    default void advanced(String what, long done, long total) {}

    /** The data set has been read. */
    default void dataRead(DataSet data) {}

    /**
     * What streams are composed of has been read.
     *
     * @param stocks by split; none of a split without recordings
     * @param skipped recordings that could not be read
     */
    default void stockRead(Map<Split, SoundStock> stocks, List<SkippedFile> skipped) {}

    /**
     * Training begins with the weights of a finished model.
     *
     * @param fresh names of the layers that begin with weights of their own
     */
    default void startedFrom(String model, List<String> fresh) {}

    /** What training runs on, truly: backend, device or width of the vectors, solver. */
    default void runsOn(String kernels) {}

    /**
     * Training goes on from a checkpoint.
     *
     * @param epoch the one it goes on in, from 1
     * @param batchesDone of that epoch
     */
    default void resumed(int epoch, int batchesDone) {}

    /** There was no checkpoint to go on from, so training begins at the beginning. */
    default void nothingToResume(Path checkpoint) {}

    /**
     * A batch has been learnt.
     *
     * @param epoch from 1
     * @param batch from 1
     * @param batches in the epoch
     * @param loss of the batch
     * @param accuracy of the epoch so far, in the passes that taught
     * @param samplesPerSecond in this epoch so far
     * @param secondsLeft until the last epoch's end, at this speed
     */
    default void batchDone(
            int epoch,
            int batch,
            int batches,
            LossParts loss,
            double accuracy,
            double samplesPerSecond,
            double secondsLeft) {}

    /** A checkpoint could not be written, for the reason given, which names the file; training goes on without it. */
    default void checkpointFailed(String reason) {}

    /** An epoch has ended; {@code best} if it is the best one so far. */
    default void epochDone(EpochRecord record, boolean best) {}

    /** Where the time of the epoch that has just ended went; of one that was resumed, that since then. */
    default void timeSpent(int epoch, EpochTime time) {}

    /**
     * Batches are shared with other processes.
     *
     * @param processes each in words, this one first
     */
    default void sharedWith(List<String> processes) {}

    /**
     * Another process will do no more; from now on its part is done by those that are left.
     *
     * @param worker which, in words
     * @param reason in words
     * @param left processes that are left, this one included
     */
    default void workerLost(String worker, String reason, int left) {}

    /** What the exchange with other processes took in the epoch that has just ended. */
    default void exchanged(int epoch, ExchangeCost cost, EpochTime time) {}
}
