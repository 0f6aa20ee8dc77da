package io.keyspike.app.cli.sound;

import io.keyspike.audio.MicrophoneListener;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Prints what happens to a microphone, and waits for one until the command is stopped.
 *
 * @param print prints a sentence
 * @param running whether the command is to go on
 */
public record Remarks(Consumer<String> print, BooleanSupplier running) implements MicrophoneListener {

    @Override
    public void remark(String sentence) {
        print.accept(sentence);
    }

    @Override
    public boolean isWaiting() {
        return running.getAsBoolean();
    }
}
