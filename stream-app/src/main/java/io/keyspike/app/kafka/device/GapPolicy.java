package io.keyspike.app.kafka.device;

import java.time.Duration;

/**
 * How a gap in a session's frames is handled, depending on its length.
 *
 * <ul>
 *   <li>{@link Outcome#BRIDGED}: the gap is filled with silence of its length. Filters, membranes and decision continue and
 *       decay as they would in a quiet room, so a word in progress can still be detected.
 *   <li>{@link Outcome#RESET}: filters and network are reset at the first frame after the gap and warm up again; audio from
 *       before the gap has no influence on what follows.
 * </ul>
 *
 * In both cases the position in the session advances by the gap's length, so later events have the ids that they would
 * have had anyway.
 *
 * @param bridge longest gap that is bridged; zero resets at every gap
 */
public record GapPolicy(Duration bridge) {

    /** How a gap was handled. */
    public enum Outcome {
        BRIDGED,
        RESET
    }

    /** Longest {@link #bridge}: silence costs as much work as audio, and one record must not cost seconds of it. */
    public static final Duration LONGEST_BRIDGE = Duration.ofSeconds(2);

    /**
     * The default. Bridging preserves more words than a reset at every length; beyond this one false alarms grow faster than
     * the words preserved ({@code docs/kafka.md} has the figures).
     */
    public static final GapPolicy DEFAULT = new GapPolicy(Duration.ofMillis(100));

    /** @throws IllegalArgumentException if the time is below zero or above {@link #LONGEST_BRIDGE} */
    public GapPolicy {
        if (bridge.isNegative() || bridge.compareTo(LONGEST_BRIDGE) > 0) {
            throw new IllegalArgumentException("gap policy: expected to bridge 0 to " + LONGEST_BRIDGE.toMillis()
                    + " ms, found " + bridge.toMillis());
        }
    }

    /** How a gap of {@code missingSamples} samples is handled. */
    public Outcome outcome(long missingSamples, int sampleRateHz) {
        return missingSamples * 1_000 <= bridge.toMillis() * sampleRateHz ? Outcome.BRIDGED : Outcome.RESET;
    }
}
