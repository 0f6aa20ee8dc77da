package io.keyspike.trainer;

/** Training was asked to stop and did, after writing its checkpoint where it has one. */
public final class TrainingStoppedException extends RuntimeException {
    TrainingStoppedException(int epoch, int batch) {
        super("training stopped in epoch " + epoch + " after batch " + batch);
    }
}
