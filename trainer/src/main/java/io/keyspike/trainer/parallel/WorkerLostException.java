package io.keyspike.trainer.parallel;

/** A worker does no more; the message says why, as the rest of a sentence about it. */
final class WorkerLostException extends RuntimeException {
    WorkerLostException(String reason) {
        super(reason);
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
