package io.keyspike.voices;

import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

/**
 * One voice of a speech engine, or a mix of two.
 *
 * @param engine name of the engine, such as {@code kokoro}
 * @param name the voice as that engine knows it, such as {@code af_heart} or, mixed, {@code af_heart+am_adam}
 * @param language language or accent, such as {@code en-us}
 * @param speakers who is heard: what two voices share where they are the same person in another language or quality. Voices
 *     that share a speaker are never divided between training and validation
 */
public record Voice(String engine, String name, String language, List<String> speakers) {

    /** Between the names of the voices in a mix. */
    static final String MIX = "+";

    /**
     * Checks the names and copies the speakers.
     *
     * @throws IllegalArgumentException if a name is empty, or nobody speaks
     */
    public Voice {
        if (engine.isEmpty() || name.isEmpty() || speakers.isEmpty()) {
            throw new IllegalArgumentException("voice: expected an engine, a name and a speaker, found '" + engine
                    + "', '" + name + "' and " + speakers);
        }
        speakers = List.copyOf(speakers);
    }

    /**
     * A voice halfway between this one and another of the same engine.
     *
     * @param other the voice to mix in
     * @return the mix, in the language of this voice
     * @throws IllegalArgumentException if the engines differ
     */
    public Voice mixedWith(Voice other) {
        if (!engine.equals(other.engine)) {
            throw new IllegalArgumentException(
                    "voice: expected two voices of one engine, found " + id() + " and " + other.id());
        }
        var all = new TreeSet<>(speakers);
        all.addAll(other.speakers);
        return new Voice(engine, name + MIX + other.name, language, List.copyOf(all));
    }

    /** {@return engine and name, as options take it: {@code kokoro:af_heart}} */
    public String id() {
        return engine + ":" + name;
    }

    /** {@return the voice in a file name, where it stands for the speaker: a to z, 0 to 9 and hyphens} */
    public String fileName() {
        return (engine + "-" + name).toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    }
}
