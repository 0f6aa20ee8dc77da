package io.keyspike.app.kafka.device;

import io.keyspike.app.hearing.KeywordEvent;
import io.keyspike.audio.AudioFrame;
import io.keyspike.models.decision.Detection;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;

/**
 * The place of a frame in its device's audio, from which the times of detections follow.
 *
 * @param device its id
 * @param state of the device
 * @param frame whose capture time tells the time
 * @param start position in the session at which the frame begins, in samples
 */
public record FramePlace(String device, DeviceState state, AudioFrame frame, long start) {

    /**
     * The event of a detection. If the capture time cannot be right ({@link CaptureTime}), the event has the time of
     * processing in its place, and so a latency of zero.
     *
     * @param model version of the model that made it
     * @param clock for the time of the event
     */
    KeywordEvent event(Detection detection, String model, InstantSource clock) {
        String session = HexFormat.of().toHexDigits(state.session);
        String run = state.restarts == 0 ? session : session + "-" + state.restarts;
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        Instant audioTime = now;
        if (CaptureTime.isPlausible(frame.captureTimeMicros(), now.toEpochMilli())) {
            long micros = frame.captureTimeMicros()
                    + Math.round((detection.samplePosition() - start) * 1e6 / frame.sampleRateHz());
            audioTime = Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
        }
        return new KeywordEvent(
                device + "/" + run + "/" + detection.samplePosition() + "/" + detection.keyword(),
                device,
                detection.keyword(),
                detection.score(),
                model,
                session,
                detection.samplePosition(),
                audioTime,
                now,
                ChronoUnit.MICROS.between(audioTime, now) / 1e3);
    }
}
