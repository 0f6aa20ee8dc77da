package io.keyspike.voices;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * espeak-ng: a formant synthesiser. Cheap, and the least natural of the engines, so only those of its variants are used that
 * sound like people; its robots, whispers and croaks are not. A variant is a speaker, whatever the accent.
 */
public final class EspeakEngine implements SpeechEngine {

    static final Program PROGRAM = new Program("espeak-ng", "espeak-ng");
    static final String NAME = "espeak-ng";

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int WORDS_PER_MINUTE = 165;
    private static final List<String> ACCENTS = List.of("en-us", "en-gb-x-rp");
    private static final List<String> VARIANTS =
            List.of("m1", "m2", "m3", "m4", "m7", "f1", "f2", "f3", "f4", "f5", "Andy", "Annie");

    private final List<Voice> voices;

    /**
     * Looks for the program.
     *
     * @throws EngineMissingException if there is none
     */
    public EspeakEngine() throws EngineMissingException {
        if (!PROGRAM.isThere("--version")) {
            throw new EngineMissingException(
                    "espeak-ng was not found; install it (on Debian and Ubuntu: apt-get install espeak-ng)");
        }
        var all = new ArrayList<Voice>();
        for (String variant : VARIANTS) {
            for (String accent : ACCENTS) {
                all.add(new Voice(NAME, accent + "+" + variant, accent, List.of(variant.toLowerCase(Locale.ROOT))));
            }
        }
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
        byte[] wav = PROGRAM.run(
                List.of(
                        "-v",
                        voice.name(),
                        "-s",
                        Long.toString(Math.round(WORDS_PER_MINUTE * speed)),
                        "--stdin",
                        "--stdout"),
                text,
                LIMIT);
        return Speech.ofWav(wav, "espeak-ng's output");
    }
}
