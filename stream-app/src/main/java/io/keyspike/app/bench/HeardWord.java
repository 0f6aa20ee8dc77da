package io.keyspike.app.bench;

import io.keyspike.app.hearing.KeywordEvent;

/**
 * Identifies a word detected in a device's audio.
 *
 * @param device of {@link DeviceLoad}
 * @param samplePosition samples of the audio up to and including the deciding one
 */
record HeardWord(int device, long samplePosition, String keyword) {

    static HeardWord of(KeywordEvent event) {
        return new HeardWord(DeviceLoad.device(event.device()), event.samplePosition(), event.keyword());
    }
}
