package io.keyspike.models.chip;

import static io.keyspike.models.chip.ChipProfile.require;

import io.keyspike.kernels.TimeConstants;
import java.util.List;

/** Which decays per step a chip's neurons can have. */
public sealed interface LeakRule {

    /** A few units in the last place of a float. */
    float ROUNDING = 1e-6f;

    /**
     * The permitted decay nearest to a wanted one: in time constants, by their ratio.
     *
     * @param decay wanted factor of the membrane per step, from 0 to 1
     * @param stepSeconds length of a step, in seconds
     * @return a factor per step that the chip can have
     */
    float nearest(float decay, double stepSeconds);

    /**
     * The decays in the order of the chip's own codes.
     *
     * @param stepSeconds length of a step, in seconds
     * @return factors per step, shortest time constant first; empty where any of a range can be set
     */
    List<Float> table(double stepSeconds);

    /** {@return what is permitted, in words} */
    String description();

    /**
     * Whether a decay can be stored; up to rounding, since files hold decays and not time constants.
     *
     * @param decay factor of the membrane per step
     * @param stepSeconds length of a step, in seconds
     * @return true if the nearest permitted decay differs by at most {@link #ROUNDING}, relative to {@code decay}
     */
    default boolean permits(float decay, double stepSeconds) {
        return Math.abs(nearest(decay, stepSeconds) - decay) <= ROUNDING * decay;
    }

    /**
     * Any time constant of a range.
     *
     * @param leastMillis the shortest, in milliseconds; above 0
     * @param mostMillis the longest, in milliseconds; finite
     */
    record Range(double leastMillis, double mostMillis) implements LeakRule {
        /**
         * Checks the range.
         *
         * @throws IllegalArgumentException unless {@code 0 < leastMillis <= mostMillis}, both finite
         */
        public Range {
            require(
                    leastMillis > 0 && leastMillis <= mostMillis && Double.isFinite(mostMillis),
                    "neuron.tau_millis.range",
                    "[low, high] above 0",
                    List.of(leastMillis, mostMillis));
        }

        @Override
        public float nearest(float decay, double stepSeconds) {
            float low = decay(stepSeconds, leastMillis);
            float high = decay(stepSeconds, mostMillis);
            return Math.clamp(decay, low, high);
        }

        @Override
        public List<Float> table(double stepSeconds) {
            return List.of();
        }

        @Override
        public String description() {
            return leastMillis + " to " + mostMillis + " ms";
        }
    }

    /**
     * Some time constants.
     *
     * @param millis in milliseconds, ascending; the index is the chip's code
     */
    record Choices(List<Double> millis) implements LeakRule {
        /**
         * Sorts the time constants.
         *
         * @throws IllegalArgumentException if there is none, or one is not above 0 and finite
         */
        public Choices {
            millis = millis.stream().sorted().toList();
            require(!millis.isEmpty(), "neuron.tau_millis.choices", "at least one", "none");
            require(
                    millis.getFirst() > 0 && Double.isFinite(millis.getLast()),
                    "neuron.tau_millis.choices",
                    "all above 0",
                    millis);
        }

        @Override
        public float nearest(float decay, double stepSeconds) {
            return nearestOf(table(stepSeconds), decay);
        }

        @Override
        public List<Float> table(double stepSeconds) {
            return millis.stream().map(m -> decay(stepSeconds, m)).toList();
        }

        @Override
        public String description() {
            return millis + " ms";
        }
    }

    /**
     * Decays of 1 − 2^−k per step, as digital chips have them; they do not depend on the length of a step.
     *
     * @param shifts values of k, each from 1 to 16, ascending; the index is the chip's code
     */
    record Shifts(List<Integer> shifts) implements LeakRule {
        /**
         * Sorts the shifts.
         *
         * @throws IllegalArgumentException if there is none, or one is not from 1 to 16
         */
        public Shifts {
            shifts = shifts.stream().sorted().toList();
            require(!shifts.isEmpty(), "neuron.shifts", "at least one", "none");
            require(
                    shifts.getFirst() >= 1 && shifts.getLast() <= 16,
                    "neuron.shifts",
                    "bit shifts from 1 to 16",
                    shifts);
        }

        @Override
        public float nearest(float decay, double stepSeconds) {
            return nearestOf(table(stepSeconds), decay);
        }

        @Override
        public List<Float> table(double stepSeconds) {
            return shifts.stream().map(k -> (float) (1 - Math.scalb(1.0, -k))).toList();
        }

        @Override
        public String description() {
            return "1 - 2^-k per step with k of " + shifts;
        }
    }

    private static float decay(double stepSeconds, double millis) {
        return (float) TimeConstants.decay(stepSeconds, millis / 1_000);
    }

    /** By the ratio of the time constants, which is that of the logarithms of the decays. */
    private static float nearestOf(List<Float> permitted, float decay) {
        float best = permitted.getFirst();
        double least = Double.POSITIVE_INFINITY;
        for (float candidate : permitted) {
            double distance = Math.abs(logTau(candidate) - logTau(decay));
            if (distance < least) {
                least = distance;
                best = candidate;
            }
        }
        return best;
    }

    /** Of a decay of 0 or 1 the time constant is 0 or infinite: as near as can be to the ends. */
    private static double logTau(float decay) {
        double clamped = Math.clamp(decay, (double) Float.MIN_NORMAL, Math.nextDown(1.0));
        return -Math.log(-Math.log(clamped));
    }
}
