package io.keyspike.monitoring.live;

import java.time.Instant;

/**
 * A keyword that was heard, to be shown.
 *
 * @param id of this detection, by which it is marked or played back
 * @param device that sent the audio
 * @param keyword the label of the network's output
 * @param score 0 to 1
 * @param latencyMillis from the capture of the deciding sample, in milliseconds; NaN where it is not known
 * @param model version of the model that detected it
 * @param time when the deciding sample was captured, by the device's clock; the time of detection where frames carry no time
 * @param position samples of the stream up to the decision
 * @param sound whether its sound was kept and can be played back
 */
public record KeywordNote(
        String id,
        String device,
        String keyword,
        float score,
        double latencyMillis,
        String model,
        Instant time,
        long position,
        boolean sound) {}
