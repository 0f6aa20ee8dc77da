package io.keyspike.app.bench;

import io.keyspike.app.hearing.KeywordEvent;

/**
 * A word that was heard in a device's sound; what tells it from every other.
 *
 * @param device of {@link DeviceLoad}
 * @param samplePosition samples of the sound up to and including the one that decided
 */
record HeardWord(int device, long samplePosition, String keyword) {

    static HeardWord of(KeywordEvent event) {
        return new HeardWord(DeviceLoad.device(event.device()), event.samplePosition(), event.keyword());
    }
}
