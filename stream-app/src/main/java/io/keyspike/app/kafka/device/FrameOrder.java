package io.keyspike.app.kafka.device;

import io.keyspike.audio.AudioFrame;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts the frames of one session in order, each once. A frame that arrives early is held until its predecessors are there,
 * or until a frame arrives that is so much later that waiting is pointless: then the missing ones are given up.
 *
 * <p>Law: frames displaced by fewer than {@value #WINDOW_FRAMES} places, and repeated any number of times, come out in
 * order, each once. Nothing here depends on a clock, so the same records in the same order always give the same result,
 * which a replay after a crash relies on.
 */
final class FrameOrder {

    /** Maximum number of later frames held while waiting for a missing one. */
    static final int WINDOW_FRAMES = 8;

    /** Maximum audio held back for a missing frame; limits the window where frames are long. */
    static final double WINDOW_SECONDS = 0.5;

    /** How far back a duplicate frame can be told from a late one. */
    private static final int MEMORY = Long.SIZE;

    /** Outcome of offering a frame. */
    enum Verdict {
        ACCEPTED,
        DUPLICATE,
        LATE
    }

    /** The next sequence number. */
    long next;

    /** Bit i is set if frame {@code next − 1 − i} was released, and clear if it was given up. */
    long released;

    /** Frames given up since the last one was released. */
    long givenUp;

    /** By sequence number, all at or after {@link #next}. */
    final List<AudioFrame> held = new ArrayList<>(WINDOW_FRAMES);

    /** Offers a frame of this session; call {@link #release} afterwards until it returns null. */
    Verdict offer(AudioFrame frame) {
        long behind = next - frame.sequence();
        if (behind > 0) {
            boolean known = behind <= MEMORY && (released >>> (behind - 1) & 1) != 0;
            return known ? Verdict.DUPLICATE : Verdict.LATE;
        }
        int at = held.size();
        while (at > 0 && held.get(at - 1).sequence() > frame.sequence()) {
            at--;
        }
        if (at > 0 && held.get(at - 1).sequence() == frame.sequence()) {
            return Verdict.DUPLICATE;
        }
        held.add(at, frame);
        return Verdict.ACCEPTED;
    }

    /**
     * The next frame in order.
     *
     * @param ended whether no more frames of this session will come, so that none is waited for
     * @return null if there is none yet; otherwise {@link #takeGivenUp} tells how many are missing before it
     */
    @Nullable
    AudioFrame release(boolean ended) {
        if (held.isEmpty()) {
            return null;
        }
        long first = held.getFirst().sequence();
        if (first > next) {
            AudioFrame newest = held.getLast();
            long patience = ended ? 0 : window(newest) - 1;
            long hopeless = newest.sequence() - patience - next;
            if (hopeless > 0) {
                giveUp(Math.min(hopeless, first - next));
            }
            if (first > next) {
                return null;
            }
        }
        next++;
        released = released << 1 | 1;
        return held.removeFirst();
    }

    /** Number of frames given up just before the one that {@link #release} returned; zero afterwards. */
    long takeGivenUp() {
        long count = givenUp;
        givenUp = 0;
        return count;
    }

    /** As at the start of a session. */
    void clear() {
        next = 0;
        released = 0;
        givenUp = 0;
        held.clear();
    }

    private void giveUp(long count) {
        next += count;
        givenUp += count;
        released = count >= MEMORY ? 0 : released << count;
    }

    private static int window(AudioFrame frame) {
        return (int) Math.clamp(WINDOW_SECONDS / frame.durationSeconds(), 1, WINDOW_FRAMES);
    }
}
