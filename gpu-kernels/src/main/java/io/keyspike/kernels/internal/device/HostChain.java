package io.keyspike.kernels.internal.device;

import io.keyspike.kernels.ChainDescription;
import io.keyspike.kernels.KernelBackend;
import io.keyspike.kernels.LifBackward;
import io.keyspike.kernels.Membranes;
import io.keyspike.kernels.ResidentChain;
import io.keyspike.kernels.SequenceShape;
import java.util.List;

/** {@link ResidentChain} on a {@link KernelBackend} of this JVM: the reference. */
public final class HostChain implements ResidentChain {

    private final ChainDescription description;
    private final KernelBackend kernels;
    private final ChainState state;
    private final int last;
    private final float[] counts;
    private final float[] gathered;
    /** Of the layer whose backward pass is due, {@code [T, B, N]} of the widest layer. */
    private final float[] spikeGradient;
    /** The current of the first layer at every step, and its gradient's sum over them, where the input is constant. */
    private final float[] repeatedCurrent;

    private final float[] summedGradient;
    private float[] input = {};
    private float[] clips = {};
    private int clipCount;

    public HostChain(ChainDescription description, KernelBackend kernels) {
        this.description = description;
        this.kernels = kernels;
        state = new ChainState(description);
        last = description.layers().size() - 1;
        counts = new float[description.lanesOf(last)];
        gathered = new float[description.inputSize()];
        int widest = 0;
        for (ChainDescription.Layer layer : description.layers()) {
            widest = Math.max(widest, layer.outputs());
        }
        spikeGradient = new float[description.steps() * description.batch() * widest];
        boolean constant = description.constantInput();
        repeatedCurrent = new float[constant ? description.steps() * description.lanesOf(0) : 0];
        summedGradient = new float[constant ? description.lanesOf(0) : 0];
    }

    @Override
    public ChainDescription description() {
        return description;
    }

    @Override
    public String place() {
        return kernels.name();
    }

    @Override
    public void start(List<LayerValues> layers, long stepsTaken) {
        state.start(layers, stepsTaken);
    }

    @Override
    public void read(List<LayerValues> layers) {
        state.read(layers);
    }

    @Override
    public void keep(int count, float[] newClips) {
        ChainState.requireClips(description, count, newClips);
        clips = newClips.clone();
        clipCount = count;
    }

    @Override
    public float[] forward(int[] chosen) {
        ChainState.requireChosen(description, chosen, clipCount);
        DeviceTraining.gather(
                description.inputSteps(), description.batch(), description.inputs(), clips, chosen, gathered);
        return forward(gathered);
    }

    @Override
    public float[] forward(float[] newInput) {
        ChainState.requireInput(description, newInput);
        input = newInput;
        float[] x = input;
        for (int k = 0; k <= last; k++) {
            ChainState.LayerState s = state.layer(k);
            int outputs = description.layers().get(k).outputs();
            kernels.dense(
                    description.rowsOf(k),
                    description.inputsOf(k),
                    outputs,
                    x,
                    s.values.weight(),
                    s.values.bias(),
                    s.current);
            float[] current = s.current;
            if (k == 0 && description.constantInput()) {
                repeat(s.current, s.current.length, repeatedCurrent);
                current = repeatedCurrent;
            }
            kernels.lif(shape(k), s.parameters, current, s.membrane, s.spikes);
            x = s.spikes;
        }
        DeviceTraining.sumSteps(description.steps(), counts.length, x, counts);
        return counts;
    }

    @Override
    public void learn(float[] countGradient, double rate) {
        ChainState.requireCountGradient(description, countGradient);
        repeat(countGradient, counts.length, spikeGradient);
        for (int k = last; k >= 0; k--) {
            backward(k);
        }
        state.advance(rate);
        for (int k = 0; k <= last; k++) {
            ChainState.LayerState s = state.layer(k);
            LayerValues v = s.values;
            adam(
                    v.weight(),
                    s.weightGradient,
                    v.weightFirst(),
                    v.weightSecond(),
                    state.weightStep,
                    state.weightDecay());
            if (description.layers().get(k).bias()) {
                adam(v.bias(), s.biasGradient, v.biasFirst(), v.biasSecond(), state.biasStep, 0f);
            }
        }
    }

    /** Takes the gradient of the layer's spikes and leaves that of the spikes before it. */
    private void backward(int k) {
        ChainState.LayerState s = state.layer(k);
        kernels.lifBackward(new LifBackward(
                shape(k),
                s.parameters,
                description.surrogate(),
                description.resetDetached(),
                Membranes.around(s.membrane),
                new LifBackward.Given(spikeGradient),
                new LifBackward.Wanted(s.currentGradient, null, null)));
        float[] dy = s.currentGradient;
        if (k == 0 && description.constantInput()) {
            DeviceTraining.sumSteps(description.steps(), summedGradient.length, s.currentGradient, summedGradient);
            dy = summedGradient;
        }
        ChainDescription.Layer layer = description.layers().get(k);
        float[] x = k == 0 ? input : state.layer(k - 1).spikes;
        int rows = description.rowsOf(k);
        int inputs = description.inputsOf(k);
        kernels.denseParameterGradient(
                rows, inputs, layer.outputs(), x, dy, s.weightGradient, layer.bias() ? s.biasGradient : null);
        if (k > 0) {
            kernels.denseInputGradient(rows, inputs, layer.outputs(), dy, s.values.weight(), spikeGradient);
        }
    }

    private void adam(float[] w, float[] g, float[] first, float[] second, float[] step, float decay) {
        DeviceTraining.adam(
                w.length,
                w,
                g,
                first,
                second,
                step,
                decay,
                state.beta1(),
                state.complement1(),
                state.beta2(),
                state.complement2(),
                state.epsilon());
    }

    private SequenceShape shape(int k) {
        return new SequenceShape(
                description.steps(),
                description.batch(),
                description.layers().get(k).outputs());
    }

    /** Writes the same numbers for every step. */
    private void repeat(float[] step, int lanes, float[] sequence) {
        for (int t = 0; t < description.steps(); t++) {
            System.arraycopy(step, 0, sequence, t * lanes, lanes);
        }
    }

    @Override
    public void close() {
        clips = new float[0];
        clipCount = 0;
    }
}
