package io.keyspike.models.decision;

import io.keyspike.models.decision.DecisionSettings.ActivityGate;
import io.keyspike.models.decision.DecisionSettings.IsolatedWord;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The decision stage: from network outputs, step by step, to reported labels. Outputs are smoothed exponentially
 * ({@code y ← (1 − α)·y + α·x}, {@code α = 1 − exp(−dt/τ)}), scaled and put through a softmax; a label is reported when it
 * has been at or above its threshold (under {@link DecisionRule#BEST}, as the best one) for the confirmation time, outside
 * warm-up and refractory time, while the activity gate is open. {@link DecisionRule} tells what the two rules have of their
 * own. Time is counted in steps. Immutable; any number of streams, each with its own {@link DecisionState}. Nothing is
 * allocated in {@link #step}.
 *
 * <p>Logarithms and exponentials are {@link StrictMath}'s, so that a decision does not depend on the machine.
 */
public final class Decision {

    /** What {@link #step} returns when nothing is reported. */
    public static final int NOTHING = -1;

    /** Threshold of labels that are never reported: above any score. */
    private static final float NEVER = Float.POSITIVE_INFINITY;

    private final double stepSeconds;

    /** Share of the new output in the smoothed one, by label. */
    private final float[] smoothing;

    private final float scale;
    private final float[] thresholds;
    private final float lowestThreshold;
    private final int confirmSteps;
    private final int refractorySteps;
    private final int warmUpSteps;
    private final @Nullable ActivityGate gate;
    private final int hangoverSteps;
    private final float floorRiseDb;

    /** Words that stand alone, in steps; null if all are reported. */
    private final @Nullable Isolation isolation;

    private record Isolation(int before, int after, int longest) {}

    /** What decides under {@link DecisionRule#EACH}; null under {@link DecisionRule#BEST}. */
    private final @Nullable EachLabel each;

    /**
     * Turns settings into counts of steps of a network.
     *
     * @param settings times in seconds and thresholds by label
     * @param labels what the outputs stand for, in order
     * @param stepSeconds the network's time step
     * @throws IllegalArgumentException if a threshold or a keyword's settings are for a label that does not exist
     */
    public Decision(DecisionSettings settings, List<String> labels, double stepSeconds) {
        this.stepSeconds = stepSeconds;
        this.smoothing = new float[labels.size()];
        for (int i = 0; i < smoothing.length; i++) {
            smoothing[i] = smoothing(settings.keyword(labels.get(i)).smoothingSeconds(settings));
        }
        this.scale = settings.scale();
        this.thresholds = new float[labels.size()];
        Arrays.fill(thresholds, NEVER);
        settings.thresholds().forEach((label, threshold) -> {
            int index = labels.indexOf(label);
            if (index < 0) {
                throw new IllegalArgumentException(
                        "decision: expected thresholds for labels " + labels + ", found one for " + label);
            }
            thresholds[index] = threshold;
        });
        float lowest = NEVER;
        for (float threshold : thresholds) {
            lowest = Math.min(lowest, threshold);
        }
        this.lowestThreshold = lowest;
        this.confirmSteps = Math.max(1, steps(settings.confirmSeconds()));
        this.refractorySteps = steps(settings.refractorySeconds());
        this.warmUpSteps = steps(settings.warmUpSeconds());
        this.gate = settings.gate();
        this.hangoverSteps = gate == null ? 0 : steps(gate.hangoverSeconds());
        this.floorRiseDb = gate == null ? 0 : (float) (gate.floorRiseDbPerSecond() * stepSeconds);
        this.isolation = gate == null ? null : isolation(gate.isolated());
        for (String label : settings.keywords().keySet()) {
            if (!labels.contains(label)) {
                throw new IllegalArgumentException(
                        "decision: expected settings for keywords among " + labels + ", found some for " + label);
            }
        }
        this.each =
                settings.rule() == DecisionRule.EACH ? EachLabel.of(settings, labels, thresholds, stepSeconds) : null;
    }

    /** {@return the state of a stream that has not begun, with its warm-up ahead} */
    public DecisionState newState() {
        LabelCounters counters = each == null ? null : new LabelCounters(thresholds.length);
        return new DecisionState(
                thresholds.length, warmUpSteps, scale, counters, isolation == null ? null : new IsolationState());
    }

    /** {@return whether a report makes the smoothed outputs start from zero, and the network's readout with them} */
    public boolean startsAgainAfterReport() {
        return each == null;
    }

    /**
     * One time step.
     *
     * @param state of the stream, made by {@link #newState}; changed in place
     * @param output {@code [labels]}, the network's
     * @param level root mean square of the step's samples relative to full scale, 0 to 1
     * @return the label that is reported at this step, or {@link #NOTHING}. Under {@link DecisionRule#BEST} the smoothed outputs
     *     start from zero after a report. Under {@link DecisionRule#EACH}, of several labels that are due at one step the one
     *     with the largest score is reported, of equals the first; the others are due again at the next step, if their scores
     *     are still at or above their thresholds. Where only isolated words are reported, a label comes at the end of the pause
     *     after its word
     */
    public int step(DecisionState state, float[] output, float level) {
        smooth(state.smoothed, output);
        state.scoresDue = true;
        boolean open = hear(state, level);
        state.open = open;
        if (each != null) {
            return each.step(state, open);
        }
        int due = best(state, open);
        return isolation == null ? due : isolated(isolation, state, due);
    }

    /** {@link DecisionRule#BEST}: the label that is due, or {@link #NOTHING}. */
    private int best(DecisionState state, boolean open) {
        boolean quiet = countDown(state);
        if (quiet || !open) {
            state.candidate = NOTHING;
            state.run = 0;
            return NOTHING;
        }
        int best = state.bestScoreAtMost() < lowestThreshold ? NOTHING : candidate(state);
        if (best == NOTHING) {
            state.candidate = NOTHING;
            state.run = 0;
            return NOTHING;
        }
        state.run = best == state.candidate ? state.run + 1 : 1;
        state.candidate = best;
        if (state.run < confirmSteps) {
            return NOTHING;
        }
        state.forgetOutputs();
        state.refractoryLeft = refractorySteps;
        return best;
    }

    /**
     * Bridges a gap in the audio: outputs are forgotten and the warm-up begins again, since the filters do; a refractory
     * time that is running goes on by the gap's length; the noise floor stays. A label that has yet to fall below its
     * release score may do so from the first step after the gap, in the warm-up too.
     *
     * @param state of the stream; changed in place
     * @param missingSteps length of the gap in time steps of the network
     */
    public void bridgeGap(DecisionState state, long missingSteps) {
        state.forgetOutputs();
        state.warmUpAgain();
        state.hangoverLeft = (int) Math.max(0, state.hangoverLeft - missingSteps);
        state.refractoryLeft = (int) Math.max(0, state.refractoryLeft - missingSteps);
        if (state.labels != null) {
            state.labels.bridgeGap(missingSteps);
        }
        if (state.isolation != null) {
            state.isolation.forget();
        }
    }

    private static int isolated(Isolation isolation, DecisionState state, int due) {
        IsolationState words = Objects.requireNonNull(state.isolation);
        int reported = words.step(
                state.active,
                due,
                due == NOTHING ? 0 : state.score(due),
                isolation.before,
                isolation.after,
                isolation.longest);
        if (reported != NOTHING) {
            state.score();
            state.scores[reported] = words.pendingScore();
        }
        return reported;
    }

    private @Nullable Isolation isolation(@Nullable IsolatedWord word) {
        return word == null
                ? null
                : new Isolation(steps(word.beforeSeconds()), steps(word.afterSeconds()), steps(word.longestSeconds()));
    }

    private float smoothing(double seconds) {
        return seconds == 0 ? 1f : (float) -StrictMath.expm1(-stepSeconds / seconds);
    }

    private void smooth(float[] smoothed, float[] output) {
        for (int i = 0; i < smoothed.length; i++) {
            smoothed[i] = (1f - smoothing[i]) * smoothed[i] + smoothing[i] * output[i];
        }
    }

    /** The best label if it reaches its threshold, else {@link #NOTHING}. */
    private int candidate(DecisionState state) {
        state.score();
        float[] scores = state.scores;
        int best = 0;
        for (int i = 1; i < scores.length; i++) {
            if (scores[i] > scores[best]) {
                best = i;
            }
        }
        return scores[best] >= thresholds[best] ? best : NOTHING;
    }

    /** Follows level and noise floor; tells whether the gate is open. */
    private boolean hear(DecisionState state, float level) {
        state.level = level;
        if (gate == null) {
            return true;
        }
        float risen = state.floorDb + floorRiseDb;
        state.floorDb = Math.max((float) gate.minimumDb(), reaches(state, risen) ? risen : state.levelDb());
        state.active = reaches(state, state.floorDb + gate.marginDb());
        if (state.active) {
            state.hangoverLeft = hangoverSteps;
            return true;
        }
        if (state.hangoverLeft > 0) {
            state.hangoverLeft--;
            return true;
        }
        return false;
    }

    /** Whether the level is at or above one in dB; mostly a glance at its exponent decides. */
    private static boolean reaches(DecisionState state, double db) {
        if (DecibelBounds.atLeast(state.level) >= db) {
            return true;
        }
        return DecibelBounds.atMost(state.level) >= db && state.levelDb() >= db;
    }

    /** Counts warm-up and refractory time; tells whether either is still on. */
    private static boolean countDown(DecisionState state) {
        boolean quiet = false;
        if (state.warmUpLeft > 0) {
            state.warmUpLeft--;
            quiet = true;
        }
        if (state.refractoryLeft > 0) {
            state.refractoryLeft--;
            quiet = true;
        }
        return quiet;
    }

    private int steps(double seconds) {
        return steps(seconds, stepSeconds);
    }

    /** Steps that last at least so long; the small slack keeps 0.08 s of 8 ms at 10 steps whatever the rounding. */
    static int steps(double seconds, double stepSeconds) {
        return (int) Math.ceil(seconds / stepSeconds - 1e-6);
    }
}
