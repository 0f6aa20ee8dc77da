package io.keyspike.app.kafka.device;

import java.time.Duration;

/**
 * What a device's network is told when frames of a session never came, chosen by how long the hole is.
 *
 * <ul>
 *   <li>{@link Outcome#BRIDGED}: the hole is heard as silence of its length. Filters, membranes and decision live on and
 *       decay as they would in a quiet room, so a word that was under way can still be heard.
 *   <li>{@link Outcome#RESET}: filters and network begin afresh at the first frame after the hole and warm up again;
 *       nothing that was heard before it can join with what comes after.
 * </ul>
 *
 * In both cases the position in the session moves on by the hole's length, so later events have the ids that they would
 * have had anyway.
 *
 * @param bridge longest hole that is bridged; zero resets at every hole
 */
public record GapPolicy(Duration bridge) {

    /** What was done about a hole. */
    public enum Outcome {
        BRIDGED,
        RESET
    }

    /** Longest {@link #bridge}: silence costs as much work as sound, and one record must not cost seconds of it. */
    public static final Duration LONGEST_BRIDGE = Duration.ofSeconds(2);

    /**
     * Where nobody said otherwise. Silence keeps more words than beginning afresh at every length; beyond this one the wrong
     * words grow faster than those kept ({@code docs/kafka.md} has the figures).
     */
    public static final GapPolicy DEFAULT = new GapPolicy(Duration.ofMillis(100));

    /** @throws IllegalArgumentException if the time is below zero or above {@link #LONGEST_BRIDGE} */
    public GapPolicy {
        if (bridge.isNegative() || bridge.compareTo(LONGEST_BRIDGE) > 0) {
            throw new IllegalArgumentException("gap policy: expected to bridge 0 to " + LONGEST_BRIDGE.toMillis()
                    + " ms, found " + bridge.toMillis());
        }
    }

    /** What is done about {@code missingSamples} samples that never came. */
    public Outcome outcome(long missingSamples, int sampleRateHz) {
        return missingSamples * 1_000 <= bridge.toMillis() * sampleRateHz ? Outcome.BRIDGED : Outcome.RESET;
    }
}
