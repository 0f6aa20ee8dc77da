package io.keyspike.audio;

/**
 * A piece of one device's audio, as sent through Kafka.
 *
 * @param sampleRateHz rate of the samples in Hz
 * @param sessionId random, new whenever a device starts, so that a restart can be told from a duplicate
 * @param sequence 0, 1, 2, … within a session
 * @param captureTimeMicros when the first sample was captured, microseconds since the epoch
 * @param samples mono PCM16; owned by the frame, not copied
 */
@SuppressWarnings("ArrayRecordComponent") // a frame is a carrier of samples and never compared or used as a key
public record AudioFrame(int sampleRateHz, long sessionId, long sequence, long captureTimeMicros, short[] samples) {

    /** {@return the length of the frame in seconds} */
    public double durationSeconds() {
        return (double) samples.length / sampleRateHz;
    }
}
