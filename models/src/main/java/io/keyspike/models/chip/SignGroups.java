package io.keyspike.models.chip;

/**
 * The groups of consecutive input synapses of one neuron that share their sign. Weights are {@code [inputs, outputs]};
 * group g of a neuron has its inputs {@code g·size … g·size + size − 1}, the last group what is left. A weight of 0 goes
 * with either sign.
 *
 * @param inputs rows of the weights, at least 1
 * @param outputs neurons, the columns of the weights; at least 1
 * @param size inputs of a group, at least 1; with 1, every weight has a sign of its own
 */
public record SignGroups(int inputs, int outputs, int size) {

    /**
     * Checks the sizes.
     *
     * @throws IllegalArgumentException if one of the three is below 1
     */
    public SignGroups {
        if (inputs < 1 || outputs < 1 || size < 1) {
            throw new IllegalArgumentException("sign groups: expected inputs, outputs and a size of at least 1, found "
                    + inputs + ", " + outputs + " and " + size);
        }
    }

    /** {@return groups of one neuron, a last one that is not full among them} */
    public int perNeuron() {
        return (inputs + size - 1) / size;
    }

    /**
     * First input of a group.
     *
     * @param group from 0 to below {@link #perNeuron}; not checked
     * @return index of the input
     */
    public int first(int group) {
        return group * size;
    }

    /**
     * Where a group ends.
     *
     * @param group from 0 to below {@link #perNeuron}; not checked
     * @return one after the last input of the group, at most {@link #inputs}
     */
    public int end(int group) {
        return Math.min(inputs, (group + 1) * size);
    }

    /**
     * The sign of the sum of a group's weights, which is the side with the greater total magnitude.
     *
     * @param weight {@code [inputs, outputs]}, row by row
     * @param group from 0 to below {@link #perNeuron}
     * @param neuron column of the weights, from 0
     * @return 1 or −1; 1 on a tie
     */
    public int sign(float[] weight, int group, int neuron) {
        double sum = 0;
        for (int i = first(group); i < end(group); i++) {
            sum += weight[i * outputs + neuron];
        }
        return sum < 0 ? -1 : 1;
    }

    /**
     * Whether no weight of a group opposes a sign.
     *
     * @param weight {@code [inputs, outputs]}, row by row
     * @param group from 0 to below {@link #perNeuron}
     * @param neuron column of the weights, from 0
     * @param sign 1 or −1
     * @return true if every weight of the group is 0 or has the sign
     */
    public boolean aligned(float[] weight, int group, int neuron, int sign) {
        for (int i = first(group); i < end(group); i++) {
            if (weight[i * outputs + neuron] * sign < 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * Sets every weight that opposes its group's {@link #sign} to 0.
     *
     * @param weight {@code [inputs, outputs]}, row by row; changed in place
     */
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
