package io.keyspike.trainer.layers;

/** A loss on how often the neurons of a layer fire, over a whole batch. */
public sealed interface FiringRateLoss {

    /**
     * The loss; its gradient is added.
     *
     * @param rates spikes per step of each neuron, {@code [N]}
     * @param gradient dL/drate, {@code [N]}
     */
    double apply(double[] rates, double[] gradient);

    /** {@code multiplier·(mean rate − offset)²}: the layer as a whole is drawn to a rate. */
    record OfLayer(double offset, double multiplier) implements FiringRateLoss {
        @Override
        public double apply(double[] rates, double[] gradient) {
            double excess = mean(rates) - offset;
            for (int n = 0; n < rates.length; n++) {
                gradient[n] += 2 * multiplier * excess / rates.length;
            }
            return multiplier * excess * excess;
        }
    }

    /**
     * {@code mean_n multiplier_n·(rate_n − offset_n)²}: each neuron is drawn to a rate.
     *
     * @param offsets {@code [N]}, or one for all
     * @param multipliers {@code [N]}, or one for all
     */
    @SuppressWarnings("ArrayRecordComponent") // settings of a loss, never compared
    record OfNeurons(double[] offsets, double[] multipliers) implements FiringRateLoss {
        @Override
        public double apply(double[] rates, double[] gradient) {
            double loss = 0;
            for (int n = 0; n < rates.length; n++) {
                double excess = rates[n] - offsets[n % offsets.length];
                double multiplier = multipliers[n % multipliers.length] / rates.length;
                loss += multiplier * excess * excess;
                gradient[n] += 2 * multiplier * excess;
            }
            return loss;
        }
    }

    /** {@code weight·mean_n (rate_n − mean rate)²}: no neuron of a population does the work of the others. */
    record Balance(double weight) implements FiringRateLoss {
        @Override
        public double apply(double[] rates, double[] gradient) {
            double mean = mean(rates);
            double loss = 0;
            for (int n = 0; n < rates.length; n++) {
                double excess = rates[n] - mean;
                loss += weight * excess * excess / rates.length;
                // what the mean contributes cancels, as the excesses sum to 0
                gradient[n] += 2 * weight * excess / rates.length;
            }
            return loss;
        }
    }

    private static double mean(double[] rates) {
        double sum = 0;
        for (double rate : rates) {
            sum += rate;
        }
        return sum / rates.length;
    }
}
