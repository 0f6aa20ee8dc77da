package io.keyspike.app.hearing;

import io.keyspike.app.kafka.wire.Topics;
import java.time.Instant;

/**
 * A keyword detected in a device's audio: the value of a record in {@link Topics#KEYWORD_EVENTS}, as JSON with exactly
 * these names.
 *
 * @param id {@code <device>/<session>/<sample position>/<keyword>}: the same audio gives the same id, however often it is
 *     processed. After a device restarted its sequence numbers without a new session id, {@code -1}, {@code -2}, … follows
 *     the session
 * @param device its id, the key of its frames
 * @param score 0 to 1
 * @param model version of the model that detected it
 * @param sessionId the device's session, 16 hex digits
 * @param samplePosition samples of the session up to and including the one that decided
 * @param audioTime when the deciding sample was captured, by the device's clock, to the microsecond; {@code emittedAt} if that
 *     clock cannot be right: before the year 2000, or more than a day ahead
 * @param emittedAt when the service decided, by its clock, to the microsecond
 * @param latencyMillis {@code emittedAt − audioTime}; below zero where the device's clock is ahead
 */
public record KeywordEvent(
        String id,
        String device,
        String keyword,
        float score,
        String model,
        String sessionId,
        long samplePosition,
        Instant audioTime,
        Instant emittedAt,
        double latencyMillis) {

    /** Everything that does not depend on the time of processing: equal for equal audio and model. */
    public record Identity(String id, float score, String model) {}

    /** The part that two runs over the same audio must agree on. */
    public Identity identity() {
        return new Identity(id, score, model);
    }
}
