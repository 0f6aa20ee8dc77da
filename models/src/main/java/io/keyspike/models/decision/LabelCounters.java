package io.keyspike.models.decision;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** What a stream counts for each label under {@link DecisionRule#EACH}; part of a {@link DecisionState}. */
final class LabelCounters {

    private static final int BYTES_PER_LABEL = 3 * Integer.BYTES;
    private static final int HELD = 1;
    private static final int FREE = 0;

    /** For how many steps in a row the score has been at or above the threshold while the label could be reported. */
    final int[] run;

    /** Steps for which the label is not reported yet. */
    final int[] refractoryLeft;

    /** Whether the label was reported and has not fallen below its release score since: {@link #HELD} or {@link #FREE}. */
    private final int[] held;

    LabelCounters(int labels) {
        run = new int[labels];
        refractoryLeft = new int[labels];
        held = new int[labels];
    }

    boolean held(int label) {
        return held[label] == HELD;
    }

    void hold(int label) {
        held[label] = HELD;
    }

    void release(int label) {
        held[label] = FREE;
    }

    /** One step of the label's refractory time; tells whether the step is within it. */
    boolean countDown(int label) {
        if (refractoryLeft[label] == 0) {
            return false;
        }
        refractoryLeft[label]--;
        return true;
    }

    void bridgeGap(long missingSteps) {
        Arrays.fill(run, 0);
        for (int i = 0; i < refractoryLeft.length; i++) {
            refractoryLeft[i] = (int) Math.max(0, refractoryLeft[i] - missingSteps);
        }
    }

    int longestRefractoryTime() {
        int longest = 0;
        for (int left : refractoryLeft) {
            longest = Math.max(longest, left);
        }
        return longest;
    }

    void reset() {
        Arrays.fill(run, 0);
        Arrays.fill(refractoryLeft, 0);
        Arrays.fill(held, FREE);
    }

    void takeOver(LabelCounters previous) {
        System.arraycopy(previous.run, 0, run, 0, run.length);
        System.arraycopy(previous.refractoryLeft, 0, refractoryLeft, 0, run.length);
        System.arraycopy(previous.held, 0, held, 0, run.length);
    }

    int byteSize() {
        return BYTES_PER_LABEL * run.length;
    }

    /** Into a buffer that is little-endian and has room. */
    void save(ByteBuffer out) {
        for (int i = 0; i < run.length; i++) {
            out.putInt(run[i]).putInt(refractoryLeft[i]).putInt(held[i]);
        }
    }

    /** From a buffer that is little-endian and holds enough; {@link #check} is still to be called. */
    void restore(ByteBuffer in) {
        for (int i = 0; i < run.length; i++) {
            run[i] = in.getInt();
            refractoryLeft[i] = in.getInt();
            held[i] = in.getInt();
        }
    }

    /**
     * Checks what was restored.
     *
     * @throws IllegalArgumentException if it is no state that can come about
     */
    void check() {
        for (int i = 0; i < run.length; i++) {
            if ((run[i] | refractoryLeft[i]) < 0) {
                throw new IllegalArgumentException("decision state: expected counts of at least 0, found run " + run[i]
                        + " and refractory " + refractoryLeft[i] + " for label " + i);
            }
            if (held[i] != HELD && held[i] != FREE) {
                throw new IllegalArgumentException(
                        "decision state: expected 0 or 1 for held, found " + held[i] + " for label " + i);
            }
        }
    }
}
