package io.keyspike.models.chip;

import io.keyspike.models.description.ChipPower;
import io.keyspike.models.network.Network;
import io.keyspike.models.network.NetworkPlan;
import io.keyspike.models.network.Node;
import java.util.Map;

/**
 * What a chip is estimated to draw while it runs a network on some sound. Every spiking neuron counts, those of the front
 * end among them.
 *
 * @param neurons all that spike
 * @param spikesPerSecond of all neurons together
 * @param synapticOperationsPerSecond synapses that these spikes reach
 * @param staticWatts drawn whether or not there is a spike
 * @param watts all
 */
public record PowerEstimate(
        int neurons, double spikesPerSecond, double synapticOperationsPerSecond, double staticWatts, double watts) {

    private static final double SECONDS_PER_DAY = 86_400;

    /**
     * The estimate for a network that fires at given rates.
     *
     * @param network what runs: its widths, fan-outs and step length count, its weights do not
     * @param power the chip's constants, in watts and joules
     * @param firingRates spikes per neuron and step, by spiking layer; a layer that is not named does not fire
     * @return rates per second of sound, and power in watts
     */
    public static PowerEstimate of(Network network, ChipPower power, Map<String, Double> firingRates) {
        NetworkPlan plan = network.graph().plan();
        double stepsPerSecond = 1 / network.graph().stepSeconds();
        int neurons = 0;
        double spikes = 0;
        double operations = 0;
        for (int i = 0; i < plan.nodes().size(); i++) {
            Node node = plan.node(i);
            if (node.fires()) {
                double layer = firingRates.getOrDefault(node.name(), 0.0) * node.outputs() * stepsPerSecond;
                neurons += node.outputs();
                spikes += layer;
                operations += layer * plan.fanOut(i);
            }
        }
        return new PowerEstimate(
                neurons, spikes, operations, power.watts(neurons, 0, 0), power.watts(neurons, spikes, operations));
    }

    /**
     * Energy for sound of a length, such as one clip.
     *
     * @param seconds length of the sound
     * @return joules
     */
    public double joules(double seconds) {
        return watts * seconds;
    }

    /** {@return energy for a day of such sound, in joules} */
    public double joulesPerDay() {
        return watts * SECONDS_PER_DAY;
    }

    /**
     * How long a battery lasts that feeds nothing else and does not discharge on its own: an upper bound.
     *
     * @param milliampereHours its charge
     * @param volts its voltage
     * @return days; infinite where no power is drawn
     */
    public double batteryDays(double milliampereHours, double volts) {
        double joules = milliampereHours * 3.6 * volts;
        return joules / joulesPerDay();
    }

    /**
     * The least that a calibration leaves possible: one measurement does not say how much of the power is static.
     *
     * @param calibration the published measurement
     * @return watts, of all divisions into static power and spikes that agree with the measurement
     */
    public double leastWatts(ChipPower.Calibration calibration) {
        return calibration.least(neurons, spikesPerSecond);
    }

    /**
     * The most that a calibration leaves possible: one measurement does not say how much of the power is static.
     *
     * @param calibration the published measurement
     * @return watts, of all divisions into static power and spikes that agree with the measurement
     */
    public double mostWatts(ChipPower.Calibration calibration) {
        return calibration.most(neurons, spikesPerSecond);
    }
}
