package io.keyspike.kernels.internal.tornado;

import io.keyspike.kernels.ChainDescription;
import io.keyspike.kernels.ResidentChain;
import io.keyspike.kernels.internal.device.ChainState;
import io.keyspike.kernels.internal.device.DeviceLif;
import io.keyspike.kernels.internal.device.DeviceSynapses;
import io.keyspike.kernels.internal.device.DeviceTraining;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException;

/**
 * {@link ResidentChain} on a device, as three graphs that share the device's arrays: forward, learn, and read. The arrays of
 * this JVM only stand for those of the device; what changes from step to step travels in small arrays, since numbers passed
 * to a kernel are compiled into it.
 */
final class TornadoChain implements ResidentChain {

    private static final int FORWARD = 0;
    private static final int LEARN = 1;
    private static final int READ = 2;

    /**
     * Arrays of a layer's backward pass that only the device uses.
     *
     * @param spikeGradient {@code [T, B, N]}; of the last layer, the gradient of the counts
     * @param decaySums {@code [B·N]}
     * @param thresholdSums {@code [B·N]}
     * @param summedGradient the current's gradient summed over the steps, {@code [B·N]}
     * @param none for an argument that is not used
     */
    @SuppressWarnings("ArrayRecordComponent") // arrays to pass on, never compared
    private record Scratch(
            float[] spikeGradient, float[] decaySums, float[] thresholdSums, float[] summedGradient, float[] none) {}

    private static final String FORWARD_NAME = "forward";
    private static final String LEARN_NAME = "learn";

    private final ChainDescription description;
    private final String device;
    private final ChainState state;
    private final int last;
    private final float[] counts;
    private final float[] countGradient;
    private final float[] input;
    private final int[] chosen;
    private final List<LayerValues> readBack = new ArrayList<>();
    private final List<Scratch> scratch = new ArrayList<>();
    private float[] clips = {};
    private int clipCount;
    private boolean learnt;
    private @Nullable TornadoExecutionPlan plan;

    TornadoChain(ChainDescription description, String device) {
        this.description = description;
        this.device = device;
        state = new ChainState(description);
        last = description.layers().size() - 1;
        counts = new float[description.lanesOf(last)];
        countGradient = new float[counts.length];
        input = new float[description.inputSize()];
        chosen = new int[description.batch()];
        for (int k = 0; k <= last; k++) {
            readBack.add(LayerValues.zeros(
                    description.inputsOf(k), description.layers().get(k).outputs()));
            int lanes = description.lanesOf(k);
            scratch.add(new Scratch(
                    k == last ? countGradient : new float[description.steps() * lanes],
                    new float[lanes],
                    new float[lanes],
                    new float[lanes],
                    new float[1]));
        }
    }

    @Override
    public ChainDescription description() {
        return description;
    }

    @Override
    public String place() {
        return device;
    }

    @Override
    public void start(List<LayerValues> layers, long stepsTaken) {
        requireNotStarted("start");
        state.start(layers, stepsTaken);
    }

    @Override
    public void keep(int count, float[] newClips) {
        requireNotStarted("keep");
        ChainState.requireClips(description, count, newClips);
        clips = newClips.clone();
        clipCount = count;
    }

    private void requireNotStarted(String call) {
        if (plan != null) {
            throw new IllegalStateException("chain: expected " + call + " before the first pass, found it after");
        }
    }

    @Override
    public float[] forward(int[] newChosen) {
        ChainState.requireChosen(description, newChosen, clipCount);
        System.arraycopy(newChosen, 0, chosen, 0, chosen.length);
        plan().withGraph(FORWARD).execute();
        return counts;
    }

    @Override
    public float[] forward(float[] newInput) {
        if (clipCount > 0) {
            throw new IllegalStateException("chain: expected chosen clips, since clips are kept, found a batch");
        }
        ChainState.requireInput(description, newInput);
        System.arraycopy(newInput, 0, input, 0, input.length);
        plan().withGraph(FORWARD).execute();
        return counts;
    }

    @Override
    public void learn(float[] newCountGradient, double rate) {
        ChainState.requireCountGradient(description, newCountGradient);
        System.arraycopy(newCountGradient, 0, countGradient, 0, countGradient.length);
        state.advance(rate);
        plan().withGraph(LEARN).execute();
        learnt = true;
    }

    @Override
    public void read(List<LayerValues> layers) {
        if (!learnt) {
            state.read(layers);
            return;
        }
        plan().withGraph(READ).execute();
        for (int k = 0; k <= last; k++) {
            readBack.get(k).copyTo(layers.get(k));
        }
    }

    @Override
    public void close() {
        if (plan != null) {
            try {
                plan.close();
            } catch (TornadoExecutionPlanException e) {
                throw new IllegalStateException("device: could not give memory back", e);
            }
            plan = null;
        }
    }

    private TornadoExecutionPlan plan() {
        if (plan == null) {
            plan = new TornadoExecutionPlan(
                    forwardGraph().snapshot(),
                    learnGraph().snapshot(),
                    readGraph().snapshot());
        }
        return plan;
    }

    private TaskGraph forwardGraph() {
        var graph = new TaskGraph(FORWARD_NAME);
        boolean kept = clipCount > 0;
        if (kept) {
            graph.transferToDevice(DataTransferMode.FIRST_EXECUTION, clips, input)
                    .transferToDevice(DataTransferMode.EVERY_EXECUTION, chosen);
        } else {
            graph.transferToDevice(DataTransferMode.EVERY_EXECUTION, input);
        }
        graph.transferToDevice(DataTransferMode.FIRST_EXECUTION, shared().toArray());
        for (int k = 0; k <= last; k++) {
            graph.transferToDevice(DataTransferMode.FIRST_EXECUTION, state.layer(k).current);
        }
        if (kept) {
            graph.task(
                    "gather",
                    DeviceTraining::gather,
                    description.inputSteps(),
                    description.batch(),
                    description.inputs(),
                    clips,
                    chosen,
                    input);
        }
        for (int k = 0; k <= last; k++) {
            addForward(graph, k);
        }
        graph.task(
                "counts",
                DeviceTraining::sumSteps,
                description.steps(),
                counts.length,
                state.layer(last).spikes,
                counts);
        return graph.persistOnDevice(shared().toArray())
                .persistOnDevice(input)
                .transferToHost(DataTransferMode.EVERY_EXECUTION, counts);
    }

    private void addForward(TaskGraph graph, int k) {
        ChainState.LayerState s = state.layer(k);
        ChainDescription.Layer layer = description.layers().get(k);
        graph.task(
                        "dense" + k,
                        DeviceSynapses::dense,
                        description.rowsOf(k),
                        description.inputsOf(k),
                        layer.outputs(),
                        k == 0 ? input : state.layer(k - 1).spikes,
                        s.values.weight(),
                        s.values.bias(),
                        s.current)
                .task(
                        "lif" + k,
                        DeviceLif::forward,
                        description.steps(),
                        description.lanesOf(k),
                        layer.outputs(),
                        s.parameters.decay(),
                        s.parameters.threshold(),
                        layer.reset().code,
                        layer.membraneFloor(),
                        constant(k) ? 1 : 0,
                        s.current,
                        s.membrane,
                        s.spikes);
    }

    private TaskGraph learnGraph() {
        var graph = new TaskGraph(LEARN_NAME);
        graph.consumeFromDevice(FORWARD_NAME, shared().toArray()).consumeFromDevice(FORWARD_NAME, input);
        graph.transferToDevice(DataTransferMode.EVERY_EXECUTION, countGradient, state.weightStep, state.biasStep);
        for (int k = last; k >= 0; k--) {
            bringBackward(graph, k);
        }
        for (int k = last; k >= 0; k--) {
            addBackward(graph, k);
        }
        for (int k = 0; k <= last; k++) {
            addAdam(graph, k);
        }
        return graph.persistOnDevice(learnt().toArray());
    }

    private void bringBackward(TaskGraph graph, int k) {
        ChainState.LayerState s = state.layer(k);
        Scratch own = scratch.get(k);
        graph.transferToDevice(
                DataTransferMode.FIRST_EXECUTION,
                own.decaySums,
                own.thresholdSums,
                own.summedGradient,
                own.none,
                s.currentGradient,
                s.weightGradient,
                s.values.weightFirst(),
                s.values.weightSecond());
        if (description.layers().get(k).bias()) {
            graph.transferToDevice(
                    DataTransferMode.FIRST_EXECUTION, s.biasGradient, s.values.biasFirst(), s.values.biasSecond());
        }
        if (k < last) {
            graph.transferToDevice(DataTransferMode.FIRST_EXECUTION, own.spikeGradient);
        }
    }

    private void addBackward(TaskGraph graph, int k) {
        ChainState.LayerState s = state.layer(k);
        Scratch own = scratch.get(k);
        ChainDescription.Layer layer = description.layers().get(k);
        int lanes = description.lanesOf(k);
        int rows = description.rowsOf(k);
        int inputs = description.inputsOf(k);
        graph.task(
                "lif" + k,
                DeviceLif::backward,
                description.steps(),
                lanes,
                layer.outputs(),
                s.parameters.decay(),
                s.parameters.threshold(),
                layer.reset().code,
                layer.membraneFloor(),
                description.surrogate().deviceCode(),
                description.surrogate().slope(),
                description.resetDetached() ? 1 : 0,
                s.membrane,
                k == last ? 1 : 0,
                own.spikeGradient,
                0,
                own.none,
                own.none,
                s.currentGradient,
                own.decaySums,
                own.thresholdSums);
        float[] dI = s.currentGradient;
        if (constant(k)) {
            graph.task(
                    "sum" + k,
                    DeviceTraining::sumSteps,
                    description.steps(),
                    lanes,
                    s.currentGradient,
                    own.summedGradient);
            dI = own.summedGradient;
        }
        graph.task(
                "weight" + k,
                DeviceSynapses::denseWeightGradient,
                rows,
                inputs,
                layer.outputs(),
                k == 0 ? input : state.layer(k - 1).spikes,
                dI,
                s.weightGradient);
        if (layer.bias()) {
            graph.task("bias" + k, DeviceSynapses::biasGradient, rows, layer.outputs(), dI, s.biasGradient);
        }
        if (k > 0) {
            graph.task(
                    "input" + k,
                    DeviceSynapses::denseInputGradient,
                    rows,
                    inputs,
                    layer.outputs(),
                    dI,
                    s.values.weight(),
                    scratch.get(k - 1).spikeGradient);
        }
    }

    private void addAdam(TaskGraph graph, int k) {
        ChainState.LayerState s = state.layer(k);
        LayerValues v = s.values;
        addAdam(
                graph,
                "adamWeight" + k,
                List.of(v.weight(), s.weightGradient, v.weightFirst(), v.weightSecond(), state.weightStep),
                state.weightDecay());
        if (description.layers().get(k).bias()) {
            addAdam(
                    graph,
                    "adamBias" + k,
                    List.of(v.bias(), s.biasGradient, v.biasFirst(), v.biasSecond(), state.biasStep),
                    0f);
        }
    }

    /** @param arrays values, gradient, moments, and what changes from step to step */
    private void addAdam(TaskGraph graph, String name, List<float[]> arrays, float decay) {
        graph.task(
                name,
                DeviceTraining::adam,
                arrays.get(0).length,
                arrays.get(0),
                arrays.get(1),
                arrays.get(2),
                arrays.get(3),
                arrays.get(4),
                decay,
                state.beta1(),
                state.complement1(),
                state.beta2(),
                state.complement2(),
                state.epsilon());
    }

    private TaskGraph readGraph() {
        var graph = new TaskGraph("read");
        graph.consumeFromDevice(LEARN_NAME, learnt().toArray());
        var back = new ArrayList<Object>();
        for (int k = 0; k <= last; k++) {
            List<float[]> from = state.layer(k).values.arrays();
            List<float[]> to = readBack.get(k).arrays();
            int arrays = description.layers().get(k).bias() ? from.size() : LayerValues.WITHOUT_BIAS;
            for (int i = 0; i < arrays; i++) {
                graph.task("copy" + k + "x" + i, DeviceTraining::copy, from.get(i).length, from.get(i), to.get(i));
                back.add(to.get(i));
            }
        }
        return graph.transferToHost(DataTransferMode.EVERY_EXECUTION, back.toArray());
    }

    private boolean constant(int k) {
        return k == 0 && description.constantInput();
    }

    /** What forward and learn both use. */
    private List<float[]> shared() {
        var shared = new ArrayList<float[]>();
        for (int k = 0; k <= last; k++) {
            ChainState.LayerState s = state.layer(k);
            shared.add(s.values.weight());
            shared.add(s.values.bias());
            shared.add(s.parameters.decay());
            shared.add(s.parameters.threshold());
            shared.add(s.membrane);
            shared.add(s.spikes);
        }
        return shared;
    }

    /** What learn changes. */
    private List<float[]> learnt() {
        var learnt = new ArrayList<float[]>();
        for (int k = 0; k <= last; k++) {
            List<float[]> arrays = state.layer(k).values.arrays();
            learnt.addAll(
                    arrays.subList(0, description.layers().get(k).bias() ? arrays.size() : LayerValues.WITHOUT_BIAS));
        }
        return learnt;
    }
}
