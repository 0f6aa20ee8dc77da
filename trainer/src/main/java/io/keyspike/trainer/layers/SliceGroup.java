package io.keyspike.trainer.layers;

import java.util.Arrays;
import java.util.List;

/** One group of a batch's slices: a stack of layers as wide as a tile, with gradients of its own, and what surrounds it. */
final class SliceGroup {
    private final int index;
    private final LayerStack stack;
    private final List<Parameter> parameters;
    private final int synapseParameters;
    private final int inputs;
    private final int outputs;
    private final int maximumRows;
    private final float[] outputGradient;
    private float[] membraneGradient = {};
    private float[] input = {};
    private float[] current = {};

    SliceGroup(int index, LayerStack stack, int inputs, int outputs, int maximumRows) {
        this.index = index;
        this.stack = stack;
        this.inputs = inputs;
        this.outputs = outputs;
        this.maximumRows = maximumRows;
        parameters = stack.parameters();
        synapseParameters = stack.stages().getFirst().parameters().size();
        outputGradient = new float[Math.multiplyExact(maximumRows, outputs)];
    }

    /** This group's gradients, in the order of the network's parameters. */
    List<Parameter> parameters() {
        return parameters;
    }

    LayerStack stack() {
        return stack;
    }

    /**
     * What a batch's slices learn from.
     *
     * @param x {@code [T, B, inputs]}, or {@code [B, inputs]} if the pass has a constant input
     * @param onMembranes whether the loss gives the gradient of the membranes
     */
    @SuppressWarnings("ArrayRecordComponent") // a bundle of arguments, never compared
    record Task(Pass pass, float[] x, SliceLoss loss, boolean onMembranes, BatchSlices cut) {}

    /** Learns the group's slices from the network's input. */
    void learn(Task task) {
        clear(0);
        if (input.length == 0) {
            input = new float[Math.multiplyExact(maximumRows, inputs)];
        }
        for (int tile = task.cut().firstTile(index); tile < task.cut().firstTile(index + 1); tile++) {
            int from = task.cut().from(tile);
            Pass slice = task.pass().slice(from, task.cut().size(tile));
            gather(task, from, slice.batch());
            float[] dOutput = judge(task, from, slice, stack.forward(slice, input));
            stack.backward(slice, dOutput, task.onMembranes() ? membraneGradient : null);
        }
    }

    /**
     * Learns the group's slices from the first layer's currents, which are the same at each step.
     *
     * @param currents {@code [B, N]}
     * @param gradients of the currents, {@code [B, N]}, written where the group's sequences are
     * @param width N
     */
    void learnFromCurrent(Task task, float[] currents, float[] gradients, int width) {
        clear(synapseParameters);
        if (current.length == 0) {
            current = new float[Math.multiplyExact(task.cut().tile(), width)];
        }
        for (int tile = task.cut().firstTile(index); tile < task.cut().firstTile(index + 1); tile++) {
            int from = task.cut().from(tile);
            Pass slice = task.pass().slice(from, task.cut().size(tile));
            System.arraycopy(currents, from * width, current, 0, slice.batch() * width);
            float[] dOutput = judge(task, from, slice, stack.forwardFromCurrent(slice, current));
            float[] dCurrent = stack.backwardToCurrent(slice, dOutput, task.onMembranes() ? membraneGradient : null);
            System.arraycopy(dCurrent, 0, gradients, from * width, slice.batch() * width);
        }
    }

    private void clear(int fromParameter) {
        for (Parameter p : parameters.subList(fromParameter, parameters.size())) {
            Arrays.fill(p.gradient(), 0f);
        }
    }

    /** Copies the slice's rows out of the batch, each step's together, and repeats them if they are given once. */
    private void gather(Task task, int from, int sequences) {
        Pass pass = task.pass();
        int length = sequences * inputs;
        for (int t = 0; t < pass.steps(); t++) {
            int step = pass.constantInput() ? 0 : t;
            System.arraycopy(task.x(), (step * pass.batch() + from) * inputs, input, t * length, length);
        }
    }

    /** @return the gradient of the output */
    private float[] judge(Task task, int from, Pass slice, float[] output) {
        if (!task.onMembranes()) {
            task.loss().apply(index, from, slice.batch(), output, stack.outputMembrane(), outputGradient);
            return outputGradient;
        }
        if (membraneGradient.length == 0) {
            membraneGradient = new float[outputGradient.length];
        }
        task.loss().apply(index, from, slice.batch(), output, stack.outputMembrane(), membraneGradient);
        Arrays.fill(outputGradient, 0, slice.rows() * outputs, 0f);
        return outputGradient;
    }
}
