package io.keyspike.app.cli.keyword;

import io.keyspike.voices.Phonemes;
import io.keyspike.voices.SpeechEngine;
import io.keyspike.voices.SpeechEngines;
import io.keyspike.voices.Voice;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** An engine that needs no program: a tone whose length and pitch follow the text, between two pauses. */
final class Parrot implements SpeechEngine {

    /** A text that it refuses. */
    static final String UNSPEAKABLE = "unspeakable";

    final AtomicInteger spoken = new AtomicInteger();

    private final String name;
    private final List<Voice> voices;

    Parrot(String name, int voices) {
        this.name = name;
        this.voices = IntStream.range(0, voices)
                .mapToObj(i -> new Voice(name, "v_" + (char) ('a' + i), "en-us", List.of("speaker" + i)))
                .toList();
    }

    static SpeechEngines engines(SpeechEngine... engines) {
        return new SpeechEngines(List.of(engines), Map.of(), new Phonemes());
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<Voice> voices() {
        return voices;
    }

    @Override
    public boolean mixes() {
        return name.equals("kokoro");
    }

    @Override
    public short[] speak(String text, Voice voice, double speed) throws IOException {
        if (text.contains(UNSPEAKABLE)) {
            throw new IOException("the parrot does not know that");
        }
        spoken.incrementAndGet();
        int pause = SAMPLE_RATE_HZ / 4;
        short[] samples = new short[2 * pause + (int) (text.length() * 600 / speed)];
        double pitch = 0.05 + 0.001 * (voice.name().hashCode() & 31);
        for (int i = pause; i < samples.length - pause; i++) {
            samples[i] = (short) (9_000 * Math.sin(i * pitch));
        }
        return samples;
    }
}
