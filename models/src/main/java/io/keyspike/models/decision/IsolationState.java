package io.keyspike.models.decision;

import io.keyspike.models.decision.DecisionSettings.IsolatedWord;
import java.nio.ByteBuffer;

/**
 * What a stream has of {@link IsolatedWord}: where its present word began, how long it has been quiet, and the label that waits
 * for the pause after the word. Part of a {@link DecisionState}; saved as four i32, the last the bits of a score.
 */
final class IsolationState {

    static final int BYTES = 4 * Integer.BYTES;

    /** Steps in a row below the gate's margin; counted up to the pause that is asked for before a word. */
    private int quietRun;

    /** Steps since the present word began, its short gaps included; 0 between words. */
    private int wordSteps;

    /** The label that was due within the present word, or {@link Decision#NOTHING}. */
    private int pending = Decision.NOTHING;

    private float pendingScore;

    /** Score of the label that {@link #step} returned last. */
    float pendingScore() {
        return pendingScore;
    }

    /**
     * One step.
     *
     * @param active whether the level is above the gate's margin
     * @param due the label that is due, or {@link Decision#NOTHING}
     * @param score of that label
     * @param before steps of quiet before a word
     * @param after steps of quiet after it
     * @param longest steps of a word
     * @return the label whose word has just turned out to stand alone, or {@link Decision#NOTHING}
     */
    int step(boolean active, int due, float score, int before, int after, int longest) {
        hear(active, before, longest);
        if (due != Decision.NOTHING && (pending == Decision.NOTHING || score > pendingScore)) {
            pending = due;
            pendingScore = score;
        }
        if (pending == Decision.NOTHING) {
            return Decision.NOTHING;
        }
        int word = wordSteps - quietRun;
        if (wordSteps == 0 || word > longest) {
            pending = Decision.NOTHING;
            return Decision.NOTHING;
        }
        if (quietRun < after) {
            return Decision.NOTHING;
        }
        int reported = pending;
        pending = Decision.NOTHING;
        return reported;
    }

    private void hear(boolean active, int before, int longest) {
        if (active) {
            // Without a pause before it, what is heard now belongs to what was heard before: no word that stands alone.
            if (wordSteps == 0) {
                wordSteps = quietRun >= before ? 1 : longest + 1 + before;
            } else {
                wordSteps = Math.min(wordSteps + 1, longest + 1 + before);
            }
            quietRun = 0;
            return;
        }
        quietRun = Math.min(quietRun + 1, before);
        if (wordSteps == 0) {
            return;
        }
        // A word that is over stays for as long as its pause may still be the one that a label waits for.
        wordSteps = quietRun >= before ? 0 : wordSteps + 1;
    }

    /** Sound is missing: what was before it is not known. */
    void forget() {
        quietRun = 0;
        wordSteps = 0;
        pending = Decision.NOTHING;
        pendingScore = 0;
    }

    void takeOver(IsolationState previous) {
        quietRun = previous.quietRun;
        wordSteps = previous.wordSteps;
        pending = previous.pending;
        pendingScore = previous.pendingScore;
    }

    void save(ByteBuffer out) {
        out.putInt(quietRun).putInt(wordSteps).putInt(pending).putFloat(pendingScore);
    }

    void restore(ByteBuffer in) {
        quietRun = in.getInt();
        wordSteps = in.getInt();
        pending = in.getInt();
        pendingScore = in.getFloat();
    }

    /**
     * Checks what was restored.
     *
     * @param labels how many there are
     * @throws IllegalArgumentException if it is no state that can come about
     */
    void check(int labels) {
        if ((quietRun | wordSteps) < 0
                || pending < Decision.NOTHING
                || pending >= labels
                || !(pendingScore >= 0 && pendingScore <= 1)) {
            throw new IllegalArgumentException("decision state: expected counts of at least 0, a label among " + labels
                    + " and a score from 0 to 1 for an isolated word, found quiet " + quietRun + ", word " + wordSteps
                    + ", label " + pending + ", score " + pendingScore);
        }
    }
}
