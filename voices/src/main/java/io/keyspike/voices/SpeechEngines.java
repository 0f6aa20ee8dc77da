package io.keyspike.voices;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The engines that this machine has, the most natural first. Closing closes them all.
 *
 * @param engines the engines that run
 * @param missing by name of the engine: one sentence on why it does not run
 * @param phonemes how words are pronounced
 */
public record SpeechEngines(List<SpeechEngine> engines, Map<String, String> missing, Phonemes phonemes)
        implements AutoCloseable {

    /** The names of all engines, the most natural first. */
    public static final List<String> NAMES = List.of(KokoroEngine.NAME, FliteEngine.NAME, EspeakEngine.NAME);

    /** Copies both collections. */
    public SpeechEngines {
        engines = List.copyOf(engines);
        missing = new LinkedHashMap<>(missing);
    }

    /** Opens an engine. */
    private interface Opener {
        SpeechEngine open() throws IOException;
    }

    /**
     * Opens the engines that run here.
     *
     * @param voicesFolder where Kokoro's files lie
     * @param names which of {@link #NAMES} to look for
     * @return those that run, and why the others do not
     * @throws IllegalArgumentException if a name is none of an engine
     */
    public static SpeechEngines open(Path voicesFolder, List<String> names) {
        var phonemes = new Phonemes();
        var engines = new ArrayList<SpeechEngine>();
        var missing = new LinkedHashMap<String, String>();
        for (String name : names) {
            Opener opener = opener(name, voicesFolder, phonemes);
            try {
                engines.add(opener.open());
            } catch (IOException e) {
                missing.put(name, String.valueOf(e.getMessage()));
            } catch (LinkageError e) {
                missing.put(name, name + " needs a library that this installation does not have: " + e.getMessage());
            }
        }
        return new SpeechEngines(engines, missing, phonemes);
    }

    private static Opener opener(String name, Path voicesFolder, Phonemes phonemes) {
        return switch (name) {
            case KokoroEngine.NAME -> () -> new KokoroEngine(voicesFolder, phonemes);
            case FliteEngine.NAME -> FliteEngine::new;
            case EspeakEngine.NAME -> EspeakEngine::new;
            default ->
                throw new IllegalArgumentException(
                        "speech engine: expected one of " + NAMES + ", found '" + name + "'");
        };
    }

    /** {@return the voices of all engines} */
    public List<Voice> voices() {
        return engines.stream().flatMap(engine -> engine.voices().stream()).toList();
    }

    /**
     * The engine of a voice.
     *
     * @param voice one of these engines' voices
     * @return its engine
     * @throws IllegalArgumentException if its engine is not among these
     */
    public SpeechEngine of(Voice voice) {
        return engines.stream()
                .filter(engine -> engine.name().equals(voice.engine()))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException("speech: the engine of " + voice.id() + " is not here"));
    }

    /**
     * Finds a voice by name.
     *
     * @param name a voice with or without its engine ({@code slt}, {@code kokoro:af_heart}), or two of an engine that mixes,
     *     joined by +
     * @return the voice
     * @throws IllegalArgumentException if there is no such voice
     */
    public Voice voice(String name) {
        for (SpeechEngine engine : engines) {
            String prefix = engine.name() + ":";
            String own = name.startsWith(prefix) ? name.substring(prefix.length()) : name;
            for (Voice voice : engine.voices()) {
                if (voice.name().equals(own)) {
                    return voice;
                }
            }
            int plus = own.indexOf(Voice.MIX);
            if (engine.mixes() && plus > 0) {
                List<Voice> parts = engine.voices().stream()
                        .filter(voice -> voice.name().equals(own.substring(0, plus))
                                || voice.name().equals(own.substring(plus + 1)))
                        .toList();
                if (parts.size() == 2) {
                    return parts.get(0).name().equals(own.substring(0, plus))
                            ? parts.get(0).mixedWith(parts.get(1))
                            : parts.get(1).mixedWith(parts.get(0));
                }
            }
        }
        throw new IllegalArgumentException(
                "speech: expected one of the voices that 'keyspike voices list' names, found '" + name + "'");
    }

    @Override
    public void close() {
        engines.forEach(SpeechEngine::close);
    }
}
