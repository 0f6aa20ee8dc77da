package io.keyspike.models.decision;

import io.keyspike.audio.StreamState;
import java.nio.BufferOverflowException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One stream's state in a {@link Decision}. The saved form under {@link DecisionRule#BEST}, little-endian:
 *
 * <pre>
 * +---------------------+----------+----------+-----------+--------+------------+---------+
 * | smoothed f32 x L    | floor    | hangover | candidate | run    | refractory | warm-up |
 * |                     | f32, dB  | i32      | i32       | i32    | i32        | i32     |
 * +---------------------+----------+----------+-----------+--------+------------+---------+
 * </pre>
 *
 * and under {@link DecisionRule#EACH}, with a run, a refractory time and a held flag (0 or 1) for each label:
 *
 * <pre>
 * +---------------------+----------+----------+---------+-----------------------------------------+
 * | smoothed f32 x L    | floor    | hangover | warm-up | L times: run i32, refractory i32,       |
 * |                     | f32, dB  | i32      | i32     |          held i32                       |
 * +---------------------+----------+----------+---------+-----------------------------------------+
 * </pre>
 *
 * Where only isolated words are reported, the 16 bytes of an {@link IsolationState} follow. Scores and level of the last step
 * are not saved. Logarithms and exponentials are {@link StrictMath}'s, so that a decision
 * does not depend on the machine.
 */
public final class DecisionState implements StreamState {

    /** No audio has arrived yet; the first level becomes the floor. */
    static final float NO_FLOOR = Float.POSITIVE_INFINITY;

    /** Level of digital silence. */
    static final float SILENCE_DB = -120f;

    private static final int COUNTERS_BEST = 5;
    private static final int COUNTERS_EACH = 2;

    /** Above 1 by more than what rounding can take from the terms of a bound and from a score. */
    private static final double ROUNDING = 1.0001;

    final float[] smoothed;
    final float[] scores;

    /** Root mean square of the last step's samples relative to full scale. */
    float level;

    float floorDb = NO_FLOOR;

    /** Whether the gate was open in the last step; not saved. */
    boolean open = true;

    /** Whether the level of the last step was above the gate's margin; not saved. */
    boolean active;

    /** Steps for which the gate stays open yet. */
    int hangoverLeft;

    /** The best label of the last step if it was above its threshold, else {@link Decision#NOTHING}. */
    int candidate = Decision.NOTHING;

    /** For how many steps in a row the candidate has been that. */
    int run;

    int refractoryLeft;
    int warmUpLeft;

    /** Whether {@link #scores} are yet to be computed from {@link #smoothed}; not needed while the gate is closed. */
    boolean scoresDue;

    /** What is counted for each label under {@link DecisionRule#EACH}; null under {@link DecisionRule#BEST}. */
    final @Nullable LabelCounters labels;

    /** The present word, where only isolated words are reported; else null. */
    final @Nullable IsolationState isolation;

    private final int warmUpSteps;
    private final float scale;

    DecisionState(
            int labels,
            int warmUpSteps,
            float scale,
            @Nullable LabelCounters counters,
            @Nullable IsolationState isolation) {
        this.labels = counters;
        this.isolation = isolation;
        smoothed = new float[labels];
        scores = new float[labels];
        this.warmUpSteps = warmUpSteps;
        this.scale = scale;
        warmUpLeft = warmUpSteps;
    }

    /**
     * Score of a label in the last step; at a step that reports one, the scores that led to the report.
     *
     * @param label index into the model's labels
     * @return share of the softmax over all labels, 0 to 1
     */
    public float score(int label) {
        score();
        return scores[label];
    }

    /** Brings {@link #scores} up to date: the softmax of the scaled outputs. */
    void score() {
        if (!scoresDue) {
            return;
        }
        scoresDue = false;
        float most = most();
        double sum = 0;
        for (int i = 0; i < scores.length; i++) {
            float below = scale * (smoothed[i] - most);
            double e = below == 0 ? 1 : StrictMath.exp(below);
            scores[i] = (float) e;
            sum += e;
        }
        for (int i = 0; i < scores.length; i++) {
            scores[i] = (float) (scores[i] / sum);
        }
    }

    private float most() {
        float most = Float.NEGATIVE_INFINITY;
        for (float value : smoothed) {
            most = Math.max(most, value);
        }
        return most;
    }

    /**
     * A bound of the best label's score without an exponential: mostly far enough below the thresholds that the scores are not
     * needed.
     */
    float bestScoreAtMost() {
        return scoreAtMost(most(), 1);
    }

    /**
     * A bound of the best score among some labels, likewise. Where a label that is never reported stands far above all others,
     * as in silence, it is small.
     *
     * @param among by label, whether it is one of them
     */
    float bestScoreAtMost(boolean[] among) {
        float most = Float.NEGATIVE_INFINITY;
        float best = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < among.length; i++) {
            most = Math.max(most, smoothed[i]);
            best = among[i] ? Math.max(best, smoothed[i]) : best;
        }
        // exp(-x) <= 1 / (1 + x/8)^8 for x of at least 0
        float root = 1 + scale * (most - best) / 8;
        float square = root * root;
        float fourth = square * square;
        return scoreAtMost(most, 1 / (fourth * fourth));
    }

    /** @param term upper bound of the exponential of the label whose score is asked for */
    private float scoreAtMost(float most, float term) {
        // The best label's own term is 1; of the others as much as is certain: exp(-x) >= (1 - x/8)^8 for x from 0 to
        // 8.
        double sum = 0;
        for (float value : smoothed) {
            float part = 1 + scale * (value - most) / 8;
            if (part > 0) {
                float square = part * part;
                float fourth = square * square;
                sum += fourth * fourth;
            }
        }
        return (float) (ROUNDING * term / sum);
    }

    /** {@return the level of the last step in dB relative to full scale; -120 for digital silence and all below} */
    public float levelDb() {
        return level > 0 ? Math.max(SILENCE_DB, (float) (20 * StrictMath.log10(level))) : SILENCE_DB;
    }

    /** {@return whether the activity gate was open in the last step; true where there is none} */
    public boolean gateOpen() {
        return open;
    }

    /** Forgets what the network said, but neither the level of the background nor that a report was just made. */
    void forgetOutputs() {
        score();
        Arrays.fill(smoothed, 0f);
        candidate = Decision.NOTHING;
        run = 0;
    }

    /**
     * Goes on where the state of another decision stage with the same labels has stopped. Between two rules the smoothed
     * outputs, the noise floor, the gate and the warm-up carry over, and of the refractory times the longest, for all labels;
     * the confirmation begins again.
     *
     * @param previous any state for as many labels; not changed
     * @throws IllegalArgumentException if it is for another number of labels
     */
    public void takeOver(DecisionState previous) {
        if (smoothed.length != previous.smoothed.length) {
            throw new IllegalArgumentException("decision state: expected one of " + smoothed.length + " labels, found "
                    + previous.smoothed.length);
        }
        System.arraycopy(previous.smoothed, 0, smoothed, 0, smoothed.length);
        scoresDue = false;
        Arrays.fill(scores, 0f);
        level = 0;
        floorDb = previous.floorDb;
        hangoverLeft = previous.hangoverLeft;
        warmUpLeft = previous.warmUpLeft;
        if (labels == null && previous.labels == null) {
            candidate = previous.candidate;
            run = previous.run;
            refractoryLeft = previous.refractoryLeft;
        } else if (labels == null) {
            candidate = Decision.NOTHING;
            run = 0;
            refractoryLeft = Objects.requireNonNull(previous.labels).longestRefractoryTime();
        } else if (previous.labels == null) {
            labels.reset();
            Arrays.fill(labels.refractoryLeft, previous.refractoryLeft);
        } else {
            labels.takeOver(previous.labels);
        }
        if (isolation != null && previous.isolation != null) {
            isolation.takeOver(previous.isolation);
        } else if (isolation != null) {
            isolation.forget();
        }
    }

    @Override
    public int byteSize() {
        int common = Float.BYTES * (smoothed.length + 1);
        return (labels == null
                        ? common + Integer.BYTES * COUNTERS_BEST
                        : common + Integer.BYTES * COUNTERS_EACH + labels.byteSize())
                + (isolation == null ? 0 : IsolationState.BYTES);
    }

    @Override
    public void save(ByteBuffer out) {
        if (out.remaining() < byteSize()) {
            throw new BufferOverflowException();
        }
        ByteOrder order = out.order();
        out.order(ByteOrder.LITTLE_ENDIAN);
        for (float value : smoothed) {
            out.putFloat(value);
        }
        out.putFloat(floorDb).putInt(hangoverLeft);
        if (labels == null) {
            out.putInt(candidate).putInt(run).putInt(refractoryLeft).putInt(warmUpLeft);
        } else {
            out.putInt(warmUpLeft);
            labels.save(out);
        }
        if (isolation != null) {
            isolation.save(out);
        }
        out.order(order);
    }

    @Override
    public void restore(ByteBuffer in) {
        if (in.remaining() < byteSize()) {
            throw new BufferUnderflowException();
        }
        ByteOrder order = in.order();
        in.order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < smoothed.length; i++) {
            smoothed[i] = in.getFloat();
        }
        floorDb = in.getFloat();
        hangoverLeft = in.getInt();
        if (labels == null) {
            candidate = in.getInt();
            run = in.getInt();
            refractoryLeft = in.getInt();
            warmUpLeft = in.getInt();
        } else {
            warmUpLeft = in.getInt();
            labels.restore(in);
        }
        if (isolation != null) {
            isolation.restore(in);
        }
        in.order(order);
        scoresDue = false;
        Arrays.fill(scores, 0f);
        level = 0;
        if (candidate < Decision.NOTHING || candidate >= smoothed.length) {
            throw new IllegalArgumentException(
                    "decision state: expected a candidate among " + smoothed.length + " labels, found " + candidate);
        }
        if ((hangoverLeft | run | refractoryLeft | warmUpLeft) < 0) {
            throw new IllegalArgumentException("decision state: expected counts of at least 0, found hangover "
                    + hangoverLeft + ", run " + run + ", refractory " + refractoryLeft + ", warm-up " + warmUpLeft);
        }
        if (Float.isNaN(floorDb)) {
            throw new IllegalArgumentException("decision state: expected a noise floor in dB, found " + floorDb);
        }
        if (labels != null) {
            labels.check();
        }
        if (isolation != null) {
            isolation.check(smoothed.length);
        }
    }

    @Override
    public void reset() {
        forgetOutputs();
        Arrays.fill(scores, 0f);
        level = 0;
        floorDb = NO_FLOOR;
        hangoverLeft = 0;
        refractoryLeft = 0;
        warmUpLeft = warmUpSteps;
        if (labels != null) {
            labels.reset();
        }
        if (isolation != null) {
            isolation.forget();
        }
    }

    /** As {@link #reset} does for the warm-up alone: the filters before the network begin afresh. */
    void warmUpAgain() {
        warmUpLeft = warmUpSteps;
    }
}
