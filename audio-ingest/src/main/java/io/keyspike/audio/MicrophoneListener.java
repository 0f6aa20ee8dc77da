package io.keyspike.audio;

/** What happens to a microphone besides samples. Called on the thread that opens or reads it. */
@FunctionalInterface
public interface MicrophoneListener {

    /**
     * Something that a person should know: another device was opened, the microphone stopped, it is back.
     *
     * @param sentence for people
     */
    void remark(String sentence);

    /**
     * Asked while waiting for a microphone to come back.
     *
     * @return whether to go on waiting; otherwise the microphone's audio ends
     */
    default boolean isWaiting() {
        return true;
    }
}
