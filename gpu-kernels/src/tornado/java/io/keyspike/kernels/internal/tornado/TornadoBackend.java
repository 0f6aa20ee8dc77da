package io.keyspike.kernels.internal.tornado;

import io.keyspike.kernels.AdaptiveLifBackward;
import io.keyspike.kernels.AdaptiveLifParameters;
import io.keyspike.kernels.BatchNorm;
import io.keyspike.kernels.LeakyParameters;
import io.keyspike.kernels.LeakySequence;
import io.keyspike.kernels.LifBackward;
import io.keyspike.kernels.LifParameters;
import io.keyspike.kernels.RecurrentSynapses;
import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.Solver;
import io.keyspike.kernels.Surrogate;
import io.keyspike.kernels.backends.Devices;
import io.keyspike.kernels.internal.check.CheckedBackend;
import io.keyspike.kernels.internal.device.DeviceAdaptiveLif;
import io.keyspike.kernels.internal.device.DeviceLif;
import io.keyspike.kernels.internal.device.DeviceNormalisation;
import io.keyspike.kernels.internal.device.DeviceSynapses;
import io.keyspike.kernels.internal.scalar.BackendDefaults;
import io.keyspike.kernels.internal.scalar.PlainLifTraining;
import io.keyspike.kernels.internal.scalar.ScalarBackend;
import io.keyspike.kernels.internal.scalar.ScalarNormalisation;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import uk.ac.manchester.tornado.api.TaskGraph;

/**
 * The kernels one at a time on a device, through TornadoVM. Every call brings its arrays there and back, so this is for
 * checks and for networks that {@link TornadoChain} does not cover; a kernel is compiled once for each set of sizes.
 * Unchecked; {@link CheckedBackend} stands before it.
 *
 * <p>Where a size is 0 there is nothing for a device to compute, and the plain loops write what is left (a bias, zeros).
 */
final class TornadoBackend extends BackendDefaults {

    /** Compiled programs kept; the oldest goes when there are more. */
    private static final int PROGRAMS = 64;

    private final ScalarBackend empty = new ScalarBackend(Solver.SCAN);
    private final Map<String, DeviceProgram> programs = new LinkedHashMap<>(16, 0.75f, true);
    private int made;

    @Override
    public String name() {
        return Devices.TORNADO;
    }

    @Override
    public synchronized void dense(
            int rows, int inputs, int outputs, float[] x, float[] weight, float @Nullable [] bias, float[] y) {
        if (anyZero(rows, inputs, outputs)) {
            empty.dense(rows, inputs, outputs, x, weight, bias, y);
            return;
        }
        program("dense " + rows + " " + inputs + " " + outputs, (a, start) -> {
                    float[] dx = a.input(rows * inputs);
                    float[] dw = a.input(inputs * outputs);
                    float[] db = a.input(outputs);
                    float[] dy = a.output(rows * outputs);
                    return start.graph().task("dense", DeviceSynapses::dense, rows, inputs, outputs, dx, dw, db, dy);
                })
                .run(arrays(x, weight, orZeros(bias, outputs)), arrays(y));
    }

    @Override
    public synchronized void denseParameterGradient(
            int rows,
            int inputs,
            int outputs,
            float[] x,
            float[] dy,
            float[] weightGradient,
            float @Nullable [] biasGradient) {
        if (anyZero(rows, inputs, outputs)) {
            empty.denseParameterGradient(rows, inputs, outputs, x, dy, weightGradient, biasGradient);
            return;
        }
        float[] bias = orZeros(biasGradient, outputs);
        program("denseParameterGradient " + rows + " " + inputs + " " + outputs, (a, start) -> {
                    float[] px = a.input(rows * inputs);
                    float[] pdy = a.input(rows * outputs);
                    float[] dw = a.updated(inputs * outputs);
                    float[] db = a.updated(outputs);
                    return start.graph()
                            .task("weight", DeviceSynapses::denseWeightGradient, rows, inputs, outputs, px, pdy, dw)
                            .task("bias", DeviceSynapses::biasGradient, rows, outputs, pdy, db);
                })
                .run(arrays(x, dy, weightGradient, bias), arrays(weightGradient, bias));
    }

    @Override
    public synchronized void denseInputGradient(
            int rows, int inputs, int outputs, float[] dy, float[] weight, float[] dx) {
        if (anyZero(rows, inputs, outputs)) {
            empty.denseInputGradient(rows, inputs, outputs, dy, weight, dx);
            return;
        }
        program("denseInputGradient " + rows + " " + inputs + " " + outputs, (a, start) -> {
                    float[] pdy = a.input(rows * outputs);
                    float[] w = a.input(inputs * outputs);
                    float[] pdx = a.output(rows * inputs);
                    return start.graph()
                            .task("input", DeviceSynapses::denseInputGradient, rows, inputs, outputs, pdy, w, pdx);
                })
                .run(arrays(dy, weight), arrays(dx));
    }

    @Override
    public synchronized void diagonal(int rows, int neurons, float[] x, float[] weight, float[] y) {
        if (anyZero(rows, neurons)) {
            return;
        }
        program("diagonal " + rows + " " + neurons, (a, start) -> {
                    float[] px = a.input(rows * neurons);
                    float[] w = a.input(neurons);
                    float[] py = a.output(rows * neurons);
                    return start.graph().task("diagonal", DeviceSynapses::diagonal, rows, neurons, px, w, py);
                })
                .run(arrays(x, weight), arrays(y));
    }

    @Override
    public synchronized void diagonalParameterGradient(
            int rows, int neurons, float[] x, float[] dy, float[] weightGradient) {
        if (anyZero(rows, neurons)) {
            return;
        }
        program("diagonalParameterGradient " + rows + " " + neurons, (a, start) -> {
                    float[] px = a.input(rows * neurons);
                    float[] pdy = a.input(rows * neurons);
                    float[] dw = a.updated(neurons);
                    return start.graph()
                            .task("weight", DeviceSynapses::diagonalWeightGradient, rows, neurons, px, pdy, dw);
                })
                .run(arrays(x, dy, weightGradient), arrays(weightGradient));
    }

    @Override
    public void diagonalInputGradient(int rows, int neurons, float[] dy, float[] weight, float[] dx) {
        diagonal(rows, neurons, dy, weight, dx);
    }

    @Override
    public synchronized void lif(
            SequenceShape shape, LifParameters parameters, float[] current, float[] membrane, float[] spikes) {
        if (shape.size() == 0) {
            return;
        }
        int reset = parameters.reset().code;
        float floor = parameters.membraneFloor();
        int lanes = shape.lanes();
        int neurons = shape.neurons();
        program("lif " + shape + reset + " " + floor, (a, start) -> {
                    float[] decay = a.input(neurons);
                    float[] threshold = a.input(neurons);
                    float[] i = a.input(shape.size());
                    float[] p = a.output(shape.size());
                    float[] s = a.output(shape.size());
                    return start.graph()
                            .task(
                                    "lif",
                                    DeviceLif::forward,
                                    shape.steps(),
                                    lanes,
                                    neurons,
                                    decay,
                                    threshold,
                                    reset,
                                    floor,
                                    0,
                                    i,
                                    p,
                                    s);
                })
                .run(arrays(parameters.decay(), parameters.threshold(), current), arrays(membrane, spikes));
    }

    @Override
    public synchronized void lifBackward(LifBackward run) {
        PlainLifTraining.backward(run, this::plainLifBackward);
    }

    private void plainLifBackward(LifBackward run) {
        SequenceShape shape = run.shape();
        LifParameters parameters = run.parameters();
        Surrogate surrogate = run.surrogate();
        boolean resetDetached = run.resetDetached();
        float[] membrane = Objects.requireNonNull(run.membranes().floats);
        float[] membraneGradient = run.given().membrane();
        float[] membraneAfterGradient = run.given().membraneAfter();
        if (shape.size() == 0) {
            return;
        }
        boolean more = membraneGradient != null || membraneAfterGradient != null;
        int moreSize = more ? shape.size() : 1;
        int neurons = shape.neurons();
        int lanes = shape.lanes();
        int reset = parameters.reset().code;
        float floor = parameters.membraneFloor();
        int kind = surrogate.deviceCode();
        float slope = surrogate.slope();
        float[] decayResult = orZeros(run.wanted().decay(), neurons);
        float[] thresholdResult = orZeros(run.wanted().threshold(), neurons);
        String key = "lifBackward " + shape + reset + " " + floor + surrogate + resetDetached + more;
        program(key, (a, start) -> {
                    float[] decay = a.input(neurons);
                    float[] threshold = a.input(neurons);
                    float[] p = a.input(shape.size());
                    float[] cs = a.input(shape.size());
                    float[] cp = a.input(moreSize);
                    float[] cu = a.input(moreSize);
                    float[] gBeta = a.updated(neurons);
                    float[] gTheta = a.updated(neurons);
                    float[] gi = a.output(shape.size());
                    float[] betaSums = a.scratch(lanes);
                    float[] thetaSums = a.scratch(lanes);
                    return start.graph()
                            .task(
                                    "lif",
                                    DeviceLif::backward,
                                    shape.steps(),
                                    lanes,
                                    neurons,
                                    decay,
                                    threshold,
                                    reset,
                                    floor,
                                    kind,
                                    slope,
                                    resetDetached ? 1 : 0,
                                    p,
                                    0,
                                    cs,
                                    more ? 1 : 0,
                                    cp,
                                    cu,
                                    gi,
                                    betaSums,
                                    thetaSums)
                            .task("decay", DeviceLif::addLanes, lanes, neurons, betaSums, gBeta)
                            .task("threshold", DeviceLif::addLanes, lanes, neurons, thetaSums, gTheta);
                })
                .run(
                        arrays(
                                parameters.decay(),
                                parameters.threshold(),
                                membrane,
                                run.given().spikes(),
                                orZeros(membraneGradient, moreSize),
                                orZeros(membraneAfterGradient, moreSize),
                                decayResult,
                                thresholdResult),
                        arrays(decayResult, thresholdResult, run.wanted().current()));
    }

    @Override
    public synchronized void adaptiveLif(
            SequenceShape shape,
            AdaptiveLifParameters parameters,
            float[] current,
            float[] membrane,
            float[] adaptation,
            float[] spikes) {
        if (shape.size() == 0) {
            return;
        }
        int neurons = shape.neurons();
        program("adaptiveLif " + shape, (a, start) -> {
                    float[] packed = a.input(DeviceAdaptiveLif.PARAMETERS * neurons);
                    float[] i = a.input(shape.size());
                    float[] u = a.output(shape.size());
                    float[] w = a.output(shape.size());
                    float[] s = a.output(shape.size());
                    return start.graph()
                            .task(
                                    "adaptive",
                                    DeviceAdaptiveLif::forward,
                                    shape.steps(),
                                    shape.lanes(),
                                    neurons,
                                    packed,
                                    i,
                                    u,
                                    w,
                                    s);
                })
                .run(
                        arrays(DeviceAdaptiveLif.pack(parameters, neurons), current),
                        arrays(membrane, adaptation, spikes));
    }

    @Override
    public synchronized void adaptiveLifBackward(AdaptiveLifBackward run) {
        SequenceShape shape = run.shape();
        Surrogate surrogate = run.surrogate();
        boolean resetDetached = run.resetDetached();
        AdaptiveLifParameters parameterGradient = run.parameterGradient();
        if (shape.size() == 0) {
            return;
        }
        int neurons = shape.neurons();
        int lanes = shape.lanes();
        int kind = surrogate.deviceCode();
        float slope = surrogate.slope();
        float[] gradient = parameterGradient == null
                ? new float[DeviceAdaptiveLif.PARAMETERS * neurons]
                : DeviceAdaptiveLif.pack(parameterGradient, neurons);
        program("adaptiveLifBackward " + shape + surrogate + resetDetached, (a, start) -> {
                    float[] packed = a.input(DeviceAdaptiveLif.PARAMETERS * neurons);
                    float[] u = a.input(shape.size());
                    float[] w = a.input(shape.size());
                    float[] cs = a.input(shape.size());
                    float[] gParameters = a.updated(DeviceAdaptiveLif.GRADIENTS * neurons);
                    float[] gi = a.output(shape.size());
                    float[] sums = a.scratch(DeviceAdaptiveLif.GRADIENTS * lanes);
                    return start.graph()
                            .task(
                                    "adaptive",
                                    DeviceAdaptiveLif::backward,
                                    shape.steps(),
                                    lanes,
                                    neurons,
                                    packed,
                                    kind,
                                    slope,
                                    resetDetached ? 1 : 0,
                                    u,
                                    w,
                                    cs,
                                    gi,
                                    sums)
                            .task("sums", DeviceAdaptiveLif::addLanes, lanes, neurons, sums, gParameters);
                })
                .run(
                        arrays(
                                DeviceAdaptiveLif.pack(run.parameters(), neurons),
                                run.membrane(),
                                run.adaptation(),
                                run.spikeGradient(),
                                gradient),
                        arrays(gradient, run.currentGradient()));
        if (parameterGradient != null) {
            DeviceAdaptiveLif.unpack(gradient, neurons, parameterGradient);
        }
    }

    @Override
    public synchronized void leakyIntegrator(SequenceShape shape, float[] decay, float[] current, float[] output) {
        if (shape.size() == 0) {
            return;
        }
        int neurons = shape.neurons();
        program("leakyIntegrator " + shape, (a, start) -> {
                    float[] c = a.input(neurons);
                    float[] i = a.input(shape.size());
                    float[] y = a.output(shape.size());
                    return start.graph()
                            .task("leaky", DeviceLif::integrator, shape.steps(), shape.lanes(), neurons, c, i, y);
                })
                .run(arrays(decay, current), arrays(output));
    }

    @Override
    public synchronized void leakyIntegratorBackward(
            SequenceShape shape,
            float[] decay,
            float[] output,
            float[] current,
            float[] outputGradient,
            float[] currentGradient,
            float @Nullable [] decayGradient) {
        if (shape.size() == 0) {
            return;
        }
        int neurons = shape.neurons();
        int lanes = shape.lanes();
        float[] decayResult = orZeros(decayGradient, neurons);
        program("leakyIntegratorBackward " + shape, (a, start) -> {
                    float[] c = a.input(neurons);
                    float[] y = a.input(shape.size());
                    float[] i = a.input(shape.size());
                    float[] gy = a.input(shape.size());
                    float[] gc = a.updated(neurons);
                    float[] gi = a.output(shape.size());
                    float[] sums = a.scratch(lanes);
                    return start.graph()
                            .task(
                                    "leaky",
                                    DeviceLif::integratorBackward,
                                    shape.steps(),
                                    lanes,
                                    neurons,
                                    c,
                                    y,
                                    i,
                                    gy,
                                    gi,
                                    sums)
                            .task("decay", DeviceLif::addLanes, lanes, neurons, sums, gc);
                })
                .run(arrays(decay, output, current, outputGradient, decayResult), arrays(decayResult, currentGradient));
    }

    @Override
    public synchronized void batchNorm(BatchNorm norm, float[] x, float[] shift, float[] y) {
        int rows = norm.rows();
        int neurons = norm.neurons();
        float epsilon = norm.epsilon();
        if (anyZero(rows, neurons)) {
            empty.batchNorm(norm, x, shift, y);
            return;
        }
        int blocks = DeviceNormalisation.blocks(rows);
        int blockRows = ScalarNormalisation.BLOCK_ROWS;
        program("batchNorm " + rows + " " + neurons + " " + epsilon, (a, start) -> {
                    float[] px = a.input(rows * neurons);
                    float[] pGain = a.input(neurons);
                    float[] pShift = a.input(neurons);
                    float[] m = a.output(neurons);
                    float[] v = a.output(neurons);
                    float[] py = a.output(rows * neurons);
                    float[] sums = a.scratch(blocks * neurons);
                    return start.graph()
                            .task("sums", DeviceNormalisation::blockSums, rows, neurons, blocks, blockRows, px, sums)
                            .task("mean", DeviceNormalisation::total, neurons, blocks, (float) rows, sums, m)
                            .task(
                                    "squares",
                                    DeviceNormalisation::blockSquares,
                                    rows,
                                    neurons,
                                    blocks,
                                    blockRows,
                                    px,
                                    m,
                                    sums)
                            .task("variance", DeviceNormalisation::total, neurons, blocks, (float) rows, sums, v)
                            .task(
                                    "normal",
                                    DeviceNormalisation::forward,
                                    rows,
                                    neurons,
                                    px,
                                    pGain,
                                    pShift,
                                    epsilon,
                                    m,
                                    v,
                                    py);
                })
                .run(arrays(x, norm.gain(), shift), arrays(norm.mean(), norm.variance(), y));
    }

    @Override
    public synchronized void batchNormBackward(
            BatchNorm norm, float[] x, float[] dy, float[] dx, float[] gainGradient, float[] shiftGradient) {
        int rows = norm.rows();
        int neurons = norm.neurons();
        float epsilon = norm.epsilon();
        if (anyZero(rows, neurons)) {
            empty.batchNormBackward(norm, x, dy, dx, gainGradient, shiftGradient);
            return;
        }
        int blocks = DeviceNormalisation.blocks(rows);
        int blockRows = ScalarNormalisation.BLOCK_ROWS;
        program("batchNormBackward " + rows + " " + neurons + " " + epsilon, (a, start) -> {
                    float[] px = a.input(rows * neurons);
                    float[] pGain = a.input(neurons);
                    float[] m = a.input(neurons);
                    float[] v = a.input(neurons);
                    float[] pdy = a.input(rows * neurons);
                    float[] gGain = a.updated(neurons);
                    float[] gShift = a.updated(neurons);
                    float[] pdx = a.output(rows * neurons);
                    float[] sums = a.scratch(blocks * neurons);
                    float[] plain = a.scratch(neurons);
                    float[] along = a.scratch(neurons);
                    return start.graph()
                            .task("sums", DeviceNormalisation::blockSums, rows, neurons, blocks, blockRows, pdy, sums)
                            .task("plain", DeviceNormalisation::total, neurons, blocks, 1f, sums, plain)
                            .task(
                                    "products",
                                    DeviceNormalisation::blockProducts,
                                    rows,
                                    neurons,
                                    blocks,
                                    blockRows,
                                    px,
                                    epsilon,
                                    m,
                                    v,
                                    pdy,
                                    sums)
                            .task("along", DeviceNormalisation::total, neurons, blocks, 1f, sums, along)
                            .task(
                                    "input",
                                    DeviceNormalisation::backward,
                                    rows,
                                    neurons,
                                    px,
                                    pGain,
                                    epsilon,
                                    m,
                                    v,
                                    plain,
                                    along,
                                    pdy,
                                    pdx)
                            .task("shift", DeviceLif::addLanes, neurons, neurons, plain, gShift)
                            .task("gain", DeviceLif::addLanes, neurons, neurons, along, gGain);
                })
                .run(
                        arrays(x, norm.gain(), norm.mean(), norm.variance(), dy, gainGradient, shiftGradient),
                        arrays(gainGradient, shiftGradient, dx));
    }

    // ---- what does not run on a device: an error, since the reference in its place would be a silent change of place
    // -----

    @Override
    public void recurrentLif(
            SequenceShape shape,
            LifParameters parameters,
            RecurrentSynapses recurrent,
            float[] current,
            float[] membrane,
            float[] spikes) {
        throw notHere("layers with recurrent synapses");
    }

    @Override
    public void recurrentAdaptiveLif(
            SequenceShape shape,
            AdaptiveLifParameters parameters,
            RecurrentSynapses recurrent,
            float[] current,
            float[] membrane,
            float[] adaptation,
            float[] spikes) {
        throw notHere("layers with recurrent synapses");
    }

    @Override
    public void leaky(
            SequenceShape shape,
            LeakyParameters parameters,
            @Nullable RecurrentSynapses recurrent,
            float[] current,
            LeakySequence sequence) {
        throw notHere("neurons of snnTorch's kinds");
    }

    private static IllegalArgumentException notHere(String what) {
        return new IllegalArgumentException(
                "backend tornado: expected dense or diagonal layers of LIF, adaptive LIF or readout neurons, found "
                        + what + "; scalar and vector have them");
    }

    private DeviceProgram program(
            String key, BiFunction<DeviceProgram.Arrangement, DeviceProgram.GraphStart, TaskGraph> tasks) {
        DeviceProgram program = programs.get(key);
        if (program == null) {
            if (programs.size() == PROGRAMS) {
                var oldest = programs.entrySet().iterator();
                oldest.next().getValue().free();
                oldest.remove();
            }
            program = DeviceProgram.of("kernel" + made++, tasks);
            programs.put(key, program);
        }
        return program;
    }

    private static float[][] arrays(float[]... arrays) {
        return arrays;
    }

    private static float[] orZeros(float @Nullable [] values, int size) {
        return values != null ? values : new float[size];
    }

    private static boolean anyZero(int... sizes) {
        for (int size : sizes) {
            if (size == 0) {
                return true;
            }
        }
        return false;
    }
}
