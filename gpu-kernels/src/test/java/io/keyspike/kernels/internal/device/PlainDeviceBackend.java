package io.keyspike.kernels.internal.device;

import io.keyspike.kernels.AdaptiveLifBackward;
import io.keyspike.kernels.AdaptiveLifParameters;
import io.keyspike.kernels.BatchNorm;
import io.keyspike.kernels.LifBackward;
import io.keyspike.kernels.LifParameters;
import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.internal.scalar.BackendDefaults;
import io.keyspike.kernels.internal.scalar.PlainLifTraining;
import io.keyspike.kernels.internal.scalar.ScalarNormalisation;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The kernels for devices as plain Java, so that they are tested where there is no device. Sizes above 0. */
public final class PlainDeviceBackend extends BackendDefaults {

    @Override
    public String name() {
        return "device kernels as Java";
    }

    @Override
    public void dense(
            int rows, int inputs, int outputs, float[] x, float[] weight, float @Nullable [] bias, float[] y) {
        DeviceSynapses.dense(rows, inputs, outputs, x, weight, bias == null ? new float[outputs] : bias, y);
    }

    @Override
    public void denseParameterGradient(
            int rows,
            int inputs,
            int outputs,
            float[] x,
            float[] dy,
            float[] weightGradient,
            float @Nullable [] biasGradient) {
        DeviceSynapses.denseWeightGradient(rows, inputs, outputs, x, dy, weightGradient);
        if (biasGradient != null) {
            DeviceSynapses.biasGradient(rows, outputs, dy, biasGradient);
        }
    }

    @Override
    public void denseInputGradient(int rows, int inputs, int outputs, float[] dy, float[] weight, float[] dx) {
        DeviceSynapses.denseInputGradient(rows, inputs, outputs, dy, weight, dx);
    }

    @Override
    public void diagonal(int rows, int neurons, float[] x, float[] weight, float[] y) {
        DeviceSynapses.diagonal(rows, neurons, x, weight, y);
    }

    @Override
    public void diagonalParameterGradient(int rows, int neurons, float[] x, float[] dy, float[] weightGradient) {
        DeviceSynapses.diagonalWeightGradient(rows, neurons, x, dy, weightGradient);
    }

    @Override
    public void diagonalInputGradient(int rows, int neurons, float[] dy, float[] weight, float[] dx) {
        DeviceSynapses.diagonal(rows, neurons, dy, weight, dx);
    }

    @Override
    public void lif(SequenceShape shape, LifParameters parameters, float[] current, float[] membrane, float[] spikes) {
        DeviceLif.forward(
                shape.steps(),
                shape.lanes(),
                shape.neurons(),
                parameters.decay(),
                parameters.threshold(),
                parameters.reset().code,
                parameters.membraneFloor(),
                0,
                current,
                membrane,
                spikes);
    }

    @Override
    public void lifBackward(LifBackward run) {
        PlainLifTraining.backward(run, PlainDeviceBackend::plainLifBackward);
    }

    private static void plainLifBackward(LifBackward run) {
        SequenceShape shape = run.shape();
        LifParameters parameters = run.parameters();
        float[] membraneGradient = run.given().membrane();
        float[] membraneAfterGradient = run.given().membraneAfter();
        float[] decaySums = new float[shape.lanes()];
        float[] thresholdSums = new float[shape.lanes()];
        boolean more = membraneGradient != null || membraneAfterGradient != null;
        DeviceLif.backward(
                shape.steps(),
                shape.lanes(),
                shape.neurons(),
                parameters.decay(),
                parameters.threshold(),
                parameters.reset().code,
                parameters.membraneFloor(),
                run.surrogate().deviceCode(),
                run.surrogate().slope(),
                run.resetDetached() ? 1 : 0,
                Objects.requireNonNull(run.membranes().floats),
                0,
                run.given().spikes(),
                more ? 1 : 0,
                membraneGradient == null ? new float[shape.size()] : membraneGradient,
                membraneAfterGradient == null ? new float[shape.size()] : membraneAfterGradient,
                run.wanted().current(),
                decaySums,
                thresholdSums);
        addLanes(shape, decaySums, run.wanted().decay());
        addLanes(shape, thresholdSums, run.wanted().threshold());
    }

    private static void addLanes(SequenceShape shape, float[] sums, float @Nullable [] gradient) {
        if (gradient != null) {
            DeviceLif.addLanes(shape.lanes(), shape.neurons(), sums, gradient);
        }
    }

    @Override
    public void adaptiveLif(
            SequenceShape shape,
            AdaptiveLifParameters parameters,
            float[] current,
            float[] membrane,
            float[] adaptation,
            float[] spikes) {
        DeviceAdaptiveLif.forward(
                shape.steps(),
                shape.lanes(),
                shape.neurons(),
                DeviceAdaptiveLif.pack(parameters, shape.neurons()),
                current,
                membrane,
                adaptation,
                spikes);
    }

    @Override
    public void adaptiveLifBackward(AdaptiveLifBackward run) {
        SequenceShape shape = run.shape();
        AdaptiveLifParameters parameterGradient = run.parameterGradient();
        int neurons = shape.neurons();
        float[] sums = new float[DeviceAdaptiveLif.GRADIENTS * shape.lanes()];
        DeviceAdaptiveLif.backward(
                shape.steps(),
                shape.lanes(),
                neurons,
                DeviceAdaptiveLif.pack(run.parameters(), neurons),
                run.surrogate().deviceCode(),
                run.surrogate().slope(),
                run.resetDetached() ? 1 : 0,
                run.membrane(),
                run.adaptation(),
                run.spikeGradient(),
                run.currentGradient(),
                sums);
        if (parameterGradient != null) {
            float[] gradient = DeviceAdaptiveLif.pack(parameterGradient, neurons);
            DeviceAdaptiveLif.addLanes(shape.lanes(), neurons, sums, gradient);
            DeviceAdaptiveLif.unpack(gradient, neurons, parameterGradient);
        }
    }

    @Override
    public void leakyIntegrator(SequenceShape shape, float[] decay, float[] current, float[] output) {
        DeviceLif.integrator(shape.steps(), shape.lanes(), shape.neurons(), decay, current, output);
    }

    @Override
    public void leakyIntegratorBackward(
            SequenceShape shape,
            float[] decay,
            float[] output,
            float[] current,
            float[] outputGradient,
            float[] currentGradient,
            float @Nullable [] decayGradient) {
        float[] sums = new float[shape.lanes()];
        DeviceLif.integratorBackward(
                shape.steps(),
                shape.lanes(),
                shape.neurons(),
                decay,
                output,
                current,
                outputGradient,
                currentGradient,
                sums);
        addLanes(shape, sums, decayGradient);
    }

    @Override
    public void batchNorm(BatchNorm norm, float[] x, float[] shift, float[] y) {
        int rows = norm.rows();
        int neurons = norm.neurons();
        float[] mean = norm.mean();
        float[] variance = norm.variance();
        int blocks = DeviceNormalisation.blocks(rows);
        float[] sums = new float[blocks * neurons];
        DeviceNormalisation.blockSums(rows, neurons, blocks, ScalarNormalisation.BLOCK_ROWS, x, sums);
        DeviceNormalisation.total(neurons, blocks, rows, sums, mean);
        DeviceNormalisation.blockSquares(rows, neurons, blocks, ScalarNormalisation.BLOCK_ROWS, x, mean, sums);
        DeviceNormalisation.total(neurons, blocks, rows, sums, variance);
        DeviceNormalisation.forward(rows, neurons, x, norm.gain(), shift, norm.epsilon(), mean, variance, y);
    }

    @Override
    public void batchNormBackward(
            BatchNorm norm, float[] x, float[] dy, float[] dx, float[] gainGradient, float[] shiftGradient) {
        int rows = norm.rows();
        int neurons = norm.neurons();
        float epsilon = norm.epsilon();
        float[] mean = norm.mean();
        float[] variance = norm.variance();
        int blocks = DeviceNormalisation.blocks(rows);
        float[] sums = new float[blocks * neurons];
        float[] plain = new float[neurons];
        float[] along = new float[neurons];
        DeviceNormalisation.blockSums(rows, neurons, blocks, ScalarNormalisation.BLOCK_ROWS, dy, sums);
        DeviceNormalisation.total(neurons, blocks, 1f, sums, plain);
        DeviceNormalisation.blockProducts(
                rows, neurons, blocks, ScalarNormalisation.BLOCK_ROWS, x, epsilon, mean, variance, dy, sums);
        DeviceNormalisation.total(neurons, blocks, 1f, sums, along);
        DeviceNormalisation.backward(rows, neurons, x, norm.gain(), epsilon, mean, variance, plain, along, dy, dx);
        DeviceLif.addLanes(neurons, neurons, plain, shiftGradient);
        DeviceLif.addLanes(neurons, neurons, along, gainGradient);
    }
}
