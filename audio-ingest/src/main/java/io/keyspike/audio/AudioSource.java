package io.keyspike.audio;

import java.io.IOException;

/** A source of audio: one channel of 16-bit samples at a known rate. Not thread-safe. */
public interface AudioSource extends AutoCloseable {

    /** {@return the rate of the samples that {@link #read} delivers, in Hz} */
    int sampleRateHz();

    /** {@return a short name for people: the file's path, the microphone's name} */
    String description();

    /**
     * Reads up to {@code length} samples into {@code buffer}, blocking until at least one is available.
     *
     * @param buffer receives PCM16 samples
     * @param offset index in {@code buffer} of the first sample to write
     * @param length most samples to read, at least 1
     * @return how many were read, or -1 at the end
     * @throws IOException if the source fails or its content is not what it claims to be
     */
    int read(short[] buffer, int offset, int length) throws IOException;

    @Override
    void close() throws IOException;
}
