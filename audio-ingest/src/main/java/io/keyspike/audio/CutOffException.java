package io.keyspike.audio;

import java.io.IOException;
import java.io.Serial;

/**
 * The content of a recording ends before what its header announces, or in the middle of a sample, as when a recorder lost
 * power or a transfer was cut off. Everything before was delivered and is right.
 */
public final class CutOffException extends IOException {
    @Serial
    private static final long serialVersionUID = 1;

    CutOffException(String message) {
        super(message);
    }
}
