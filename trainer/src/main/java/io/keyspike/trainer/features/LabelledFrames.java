package io.keyspike.trainer.features;

import io.keyspike.trainer.cache.FrameSource;

/**
 * Frames of clips and their labels.
 *
 * @param labels {@code [clips]}
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
public record LabelledFrames(FrameSource frames, int[] labels) {
    public int clips() {
        return labels.length;
    }
}
