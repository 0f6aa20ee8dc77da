package io.keyspike.voices;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** flite: small voices built from recordings of real speakers. */
public final class FliteEngine implements SpeechEngine {

    static final String NAME = "flite";

    private static final Program PROGRAM = new Program("flite", "flite");
    private static final Duration LIMIT = Duration.ofSeconds(30);

    /** The voices worth using; {@code awb_time} can only tell the time, {@code kal} is the speaker of {@code kal16} at 8 kHz. */
    private static final Map<String, String> ACCENTS =
            Map.of("kal16", "en-us", "awb", "en-gb-scotland", "rms", "en-us", "slt", "en-us");

    private final List<Voice> voices;

    /**
     * Asks the program for its voices.
     *
     * @throws EngineMissingException if there is none
     * @throws IOException if it does not answer
     */
    public FliteEngine() throws IOException {
        String answer = new String(PROGRAM.run(List.of("-lv"), "", LIMIT), StandardCharsets.UTF_8);
        var all = new ArrayList<Voice>();
        for (String name : answer.substring(answer.indexOf(':') + 1).strip().split("\\s+", -1)) {
            String accent = ACCENTS.get(name);
            if (accent != null) {
                all.add(new Voice(NAME, name, accent, List.of(name)));
            }
        }
        if (all.isEmpty()) {
            throw new EngineMissingException(
                    "flite has none of the voices " + ACCENTS.keySet() + "; install Debian's package flite");
        }
        all.sort((a, b) -> a.name().compareTo(b.name()));
        voices = List.copyOf(all);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<Voice> voices() {
        return voices;
    }

    @Override
    public short[] speak(String text, Voice voice, double speed) throws IOException {
        Checks.speakable(this, text, voice, speed);
        Checks.listed(voices, voice);
        Path wav = Files.createTempFile("keyspike-speech", ".wav");
        try {
            PROGRAM.run(
                    List.of(
                            "-voice",
                            voice.name(),
                            "--setf",
                            String.format(Locale.ROOT, "duration_stretch=%.3f", 1 / speed),
                            "-t",
                            text,
                            "-o",
                            wav.toString()),
                    "",
                    LIMIT);
            return Speech.ofWav(Files.readAllBytes(wav), "flite's output");
        } finally {
            Files.deleteIfExists(wav);
        }
    }
}
