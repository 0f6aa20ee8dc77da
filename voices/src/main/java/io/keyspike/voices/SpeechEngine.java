package io.keyspike.voices;

import java.io.IOException;
import java.util.List;

/** Turns text into speech. Implementations are safe for use from several threads at once. */
public interface SpeechEngine extends AutoCloseable {

    /** Rate of all speech in Hz. */
    int SAMPLE_RATE_HZ = 16_000;

    /** Slowest {@code speed} that engines take. */
    double SLOWEST = 0.5;

    /** Fastest {@code speed} that engines take. */
    double FASTEST = 2;

    /** {@return the engine's name, such as {@code kokoro}} */
    String name();

    /** {@return the voices, in a fixed order, without mixes} */
    List<Voice> voices();

    /** {@return whether voices can be mixed ({@link Voice#mixedWith})} */
    default boolean mixes() {
        return false;
    }

    /**
     * Speaks a text.
     *
     * @param text a word or a sentence in English
     * @param voice one of {@link #voices}, or a mix of two where the engine {@link #mixes}
     * @param speed relative to the voice's own, {@link #SLOWEST} to {@link #FASTEST}
     * @return {@code [samples]}, one channel of PCM16 at {@link #SAMPLE_RATE_HZ}, with what silence the engine puts around it
     * @throws EngineMissingException if a program or file that the engine needs has gone
     * @throws IOException if the engine fails, or takes too long
     * @throws IllegalArgumentException if the voice is not one of this engine's, the text is blank, or the speed is out of range
     */
    short[] speak(String text, Voice voice, double speed) throws IOException;

    /** Releases what the engine holds. */
    @Override
    default void close() {}
}
