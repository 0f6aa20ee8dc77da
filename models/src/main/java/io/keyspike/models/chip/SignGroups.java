package io.keyspike.models.chip;

/**
 * The groups of consecutive input synapses of one neuron that share their sign. Weights are {@code [inputs, outputs]};
 * group g of a neuron has its inputs {@code g·size … g·size + size − 1}, the last group what is left. A weight of 0 goes
 * with either sign.
 */
public record SignGroups(int inputs, int outputs, int size) {

    public SignGroups {
        if (inputs < 1 || outputs < 1 || size < 1) {
            throw new IllegalArgumentException("sign groups: expected inputs, outputs and a size of at least 1, found "
                    + inputs + ", " + outputs + " and " + size);
        }
    }

    /** Groups of one neuron. */
    public int perNeuron() {
        return (inputs + size - 1) / size;
    }

    /** First input of a group. */
    public int first(int group) {
        return group * size;
    }

    /** One after the last input of a group. */
    public int end(int group) {
        return Math.min(inputs, (group + 1) * size);
    }

    /** The sign that most of a group's weight has: 1 or −1; 1 on a tie. */
    public int sign(float[] weight, int group, int neuron) {
        double sum = 0;
        for (int i = first(group); i < end(group); i++) {
            sum += weight[i * outputs + neuron];
        }
        return sum < 0 ? -1 : 1;
    }

    /** Whether no weight of a group opposes a sign. */
    public boolean aligned(float[] weight, int group, int neuron, int sign) {
        for (int i = first(group); i < end(group); i++) {
            if (weight[i * outputs + neuron] * sign < 0) {
                return false;
            }
        }
        return true;
    }

    /** Sets what opposes its group's sign to 0. */
    public void align(float[] weight) {
        for (int neuron = 0; neuron < outputs; neuron++) {
            for (int group = 0; group < perNeuron(); group++) {
                int sign = sign(weight, group, neuron);
                for (int i = first(group); i < end(group); i++) {
                    if (weight[i * outputs + neuron] * sign < 0) {
                        weight[i * outputs + neuron] = 0;
                    }
                }
            }
        }
    }
}
