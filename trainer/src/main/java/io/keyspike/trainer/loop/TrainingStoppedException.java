package io.keyspike.trainer.loop;

/** Training was asked to stop and did, after writing its checkpoint where it has one. */
public final class TrainingStoppedException extends RuntimeException {
    /** In the middle of an epoch, between two batches. */
    TrainingStoppedException(int epoch, int batch) {
        super("training stopped in epoch " + epoch + " after batch " + batch);
    }

    /**
     * Outside the epochs.
     *
     * @param what was being done, such as {@code "extracting features"}
     */
    public TrainingStoppedException(String what) {
        super("training stopped while " + what);
    }
}
