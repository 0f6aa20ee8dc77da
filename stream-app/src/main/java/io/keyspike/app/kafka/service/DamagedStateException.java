package io.keyspike.app.kafka.service;

import io.keyspike.app.kafka.wire.BrokerException;

/** The local state cannot be read, though disk and rights are in order: {@link StateFolder#setAside}, then start again. */
public final class DamagedStateException extends BrokerException {

    private static final long serialVersionUID = 1;

    DamagedStateException(String message, Throwable cause) {
        super(message, cause);
    }
}
