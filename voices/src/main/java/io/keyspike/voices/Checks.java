package io.keyspike.voices;

import java.util.List;

/** What every engine checks before it speaks. */
final class Checks {

    private static final int LONGEST = 400;

    private Checks() {}

    static void speakable(SpeechEngine engine, String text, Voice voice, double speed) {
        if (text.isBlank() || text.length() > LONGEST) {
            throw new IllegalArgumentException(
                    "speech: expected a text of 1 to " + LONGEST + " characters, found " + text.length());
        }
        if (!(speed >= SpeechEngine.SLOWEST && speed <= SpeechEngine.FASTEST)) {
            throw new IllegalArgumentException("speech: expected a speed from " + SpeechEngine.SLOWEST + " to "
                    + SpeechEngine.FASTEST + ", found " + speed);
        }
        if (!voice.engine().equals(engine.name())) {
            throw new IllegalArgumentException(
                    "speech: expected a voice of " + engine.name() + ", found " + voice.id());
        }
    }

    static void listed(List<Voice> voices, Voice voice) {
        if (!voices.contains(voice)) {
            throw new IllegalArgumentException(
                    "speech: expected one of the voices of " + voice.engine() + ", found " + voice.name());
        }
    }
}
