package io.keyspike.app.cli.shared;

import io.keyspike.audio.WavWriter;
import io.keyspike.voices.EngineMissingException;
import io.keyspike.voices.Speech;
import io.keyspike.voices.SpeechEngine;
import io.keyspike.voices.SpeechEngines;
import io.keyspike.voices.Voice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/** A training clip made by text to speech. */
public final class SpokenClip {
    /** What is left before and after the speech. */
    private static final double MARGIN_SECONDS = 0.15;

    private static final double SHORTEST_SECONDS = 0.15;

    private SpokenClip() {}

    /**
     * Speaks a text into a WAV file, whole or not at all.
     *
     * @param speed relative to the voice's own
     * @param file is replaced if it is there; its folder exists
     * @return why the engine could not speak it, in one sentence; null if it did
     * @throws EngineMissingException if the engine is no longer there
     * @throws IOException if the file cannot be written
     */
    public static @Nullable String write(SpeechEngines engines, Voice voice, String text, double speed, Path file)
            throws IOException {
        short[] speech;
        try {
            speech = Speech.trimmed(engines.of(voice).speak(text, voice, speed), MARGIN_SECONDS);
        } catch (EngineMissingException e) {
            throw e;
        } catch (IOException e) {
            return voice.id() + ", '" + text + "': " + e.getMessage();
        }
        if (speech.length < SHORTEST_SECONDS * SpeechEngine.SAMPLE_RATE_HZ) {
            return voice.id() + ", '" + text + "': nothing was said";
        }
        Path part = file.resolveSibling(file.getFileName() + ".part");
        WavWriter.write(part, SpeechEngine.SAMPLE_RATE_HZ, speech);
        Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
        return null;
    }
}
