package io.keyspike.trainer.bench;

import java.io.Serial;

/** A benchmark's network does not fire as it should, so that its speed would say nothing. */
public final class UnheldRateException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    UnheldRateException(String message) {
        super(message);
    }
}
