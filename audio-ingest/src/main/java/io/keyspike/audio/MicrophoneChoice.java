package io.keyspike.audio;

import org.jspecify.annotations.Nullable;

/**
 * Which microphone to open, and how.
 *
 * @param device its number in {@link MicrophoneSource#devices()}, its name, or part of its name, ignoring case; an exact name
 *     wins over a part; null for the default
 * @param channel the channel to take, from 1; 0 for the mean of all
 * @param reconnect whether a microphone that stops is waited for and opened again; otherwise reading it fails
 */
public record MicrophoneChoice(@Nullable String device, int channel, boolean reconnect) {

    /** The default microphone, all its channels, opened again if it stops. */
    public static final MicrophoneChoice DEFAULT = new MicrophoneChoice(null, 0, true);

    /**
     * Checks the channel.
     *
     * @throws IllegalArgumentException if the channel is below 0
     */
    public MicrophoneChoice {
        if (channel < 0) {
            throw new IllegalArgumentException("microphone: expected a channel from 1, or 0 for all, found " + channel);
        }
    }

    /** The number of the device; -1 if it is chosen by name or not at all. */
    int number() {
        return device != null && device.matches("\\d{1,6}") ? Integer.parseInt(device) : -1;
    }
}
