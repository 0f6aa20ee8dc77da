package io.keyspike.kernels.internal.check;

import static io.keyspike.kernels.Lengths.require;
import static io.keyspike.kernels.Lengths.requireCounts;

import io.keyspike.kernels.AdaptiveLifBackward;
import io.keyspike.kernels.AdaptiveLifParameters;
import io.keyspike.kernels.BatchNorm;
import io.keyspike.kernels.CurrentLifAdjoint;
import io.keyspike.kernels.CurrentLifParameters;
import io.keyspike.kernels.CurrentLifSequence;
import io.keyspike.kernels.DenseProducts;
import io.keyspike.kernels.KernelBackend;
import io.keyspike.kernels.LeakyBackward;
import io.keyspike.kernels.LeakyParameters;
import io.keyspike.kernels.LeakySequence;
import io.keyspike.kernels.Lengths;
import io.keyspike.kernels.LifBackward;
import io.keyspike.kernels.LifParameters;
import io.keyspike.kernels.LifTraining;
import io.keyspike.kernels.RecurrentBackward;
import io.keyspike.kernels.RecurrentSynapses;
import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.SolveCounts;
import io.keyspike.kernels.Solver;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** Checks every array's length against the shapes, then hands over to kernels that check nothing. */
public final class CheckedBackend implements KernelBackend {

    private final KernelBackend kernels;

    public CheckedBackend(KernelBackend kernels) {
        this.kernels = kernels;
    }

    @Override
    public String name() {
        return kernels.name();
    }

    @Override
    public KernelBackend serial() {
        return new CheckedBackend(kernels.serial());
    }

    @Override
    public boolean sliceable() {
        return kernels.sliceable();
    }

    @Override
    public void forEach(int tasks, IntConsumer task) {
        requireCounts("forEach", "tasks", tasks, "tasks", tasks);
        kernels.forEach(tasks, task);
    }

    @Override
    public DenseProducts products(int inputs, int outputs) {
        requireCounts("products", "inputs", inputs, "outputs", outputs);
        return kernels.products(inputs, outputs);
    }

    @Override
    public Solver solver() {
        return kernels.solver();
    }

    @Override
    public SolveCounts solveCounts() {
        return kernels.solveCounts();
    }

    @Override
    public void dense(
            int rows, int inputs, int outputs, float[] x, float[] weight, float @Nullable [] bias, float[] y) {
        requireCounts("dense", "rows", rows, "inputs", inputs, "outputs", outputs);
        require("dense", "x", x, "rows", rows, "inputs", inputs);
        require("dense", "weight", weight, "inputs", inputs, "outputs", outputs);
        require("dense", "bias", bias, "outputs", outputs);
        require("dense", "y", y, "rows", rows, "outputs", outputs);
        kernels.dense(rows, inputs, outputs, x, weight, bias, y);
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
        String kernel = "denseParameterGradient";
        requireCounts(kernel, "rows", rows, "inputs", inputs, "outputs", outputs);
        require(kernel, "x", x, "rows", rows, "inputs", inputs);
        require(kernel, "dy", dy, "rows", rows, "outputs", outputs);
        require(kernel, "weightGradient", weightGradient, "inputs", inputs, "outputs", outputs);
        require(kernel, "biasGradient", biasGradient, "outputs", outputs);
        kernels.denseParameterGradient(rows, inputs, outputs, x, dy, weightGradient, biasGradient);
    }

    @Override
    public void denseInputGradient(int rows, int inputs, int outputs, float[] dy, float[] weight, float[] dx) {
        String kernel = "denseInputGradient";
        requireCounts(kernel, "rows", rows, "inputs", inputs, "outputs", outputs);
        require(kernel, "dy", dy, "rows", rows, "outputs", outputs);
        require(kernel, "weight", weight, "inputs", inputs, "outputs", outputs);
        require(kernel, "dx", dx, "rows", rows, "inputs", inputs);
        kernels.denseInputGradient(rows, inputs, outputs, dy, weight, dx);
    }

    @Override
    public void diagonal(int rows, int neurons, float[] x, float[] weight, float[] y) {
        requireCounts("diagonal", "rows", rows, "neurons", neurons);
        require("diagonal", "x", x, "rows", rows, "neurons", neurons);
        require("diagonal", "weight", weight, "neurons", neurons);
        require("diagonal", "y", y, "rows", rows, "neurons", neurons);
        kernels.diagonal(rows, neurons, x, weight, y);
    }

    @Override
    public void diagonalParameterGradient(int rows, int neurons, float[] x, float[] dy, float[] weightGradient) {
        String kernel = "diagonalParameterGradient";
        requireCounts(kernel, "rows", rows, "neurons", neurons);
        require(kernel, "x", x, "rows", rows, "neurons", neurons);
        require(kernel, "dy", dy, "rows", rows, "neurons", neurons);
        require(kernel, "weightGradient", weightGradient, "neurons", neurons);
        kernels.diagonalParameterGradient(rows, neurons, x, dy, weightGradient);
    }

    @Override
    public void diagonalInputGradient(int rows, int neurons, float[] dy, float[] weight, float[] dx) {
        String kernel = "diagonalInputGradient";
        requireCounts(kernel, "rows", rows, "neurons", neurons);
        require(kernel, "dy", dy, "rows", rows, "neurons", neurons);
        require(kernel, "weight", weight, "neurons", neurons);
        require(kernel, "dx", dx, "rows", rows, "neurons", neurons);
        kernels.diagonalInputGradient(rows, neurons, dy, weight, dx);
    }

    @Override
    public void lif(SequenceShape shape, LifParameters parameters, float[] current, float[] membrane, float[] spikes) {
        parameters.check("lif", shape);
        Lengths.of("lif", shape, "current", current);
        Lengths.of("lif", shape, "membrane", membrane);
        Lengths.of("lif", shape, "spikes", spikes);
        kernels.lif(shape, parameters, current, membrane, spikes);
    }

    @Override
    public void lifBackward(LifBackward run) {
        run.check("lifBackward");
        kernels.lifBackward(run);
    }

    @Override
    public void lifTraining(LifTraining run) {
        run.check("lifTraining");
        kernels.lifTraining(run);
    }

    @Override
    public void adaptiveLif(
            SequenceShape shape,
            AdaptiveLifParameters parameters,
            float[] current,
            float[] membrane,
            float[] adaptation,
            float[] spikes) {
        String kernel = "adaptiveLif";
        parameters.check(kernel, shape);
        Lengths.of(kernel, shape, "current", current);
        Lengths.of(kernel, shape, "membrane", membrane);
        Lengths.of(kernel, shape, "adaptation", adaptation);
        Lengths.of(kernel, shape, "spikes", spikes);
        kernels.adaptiveLif(shape, parameters, current, membrane, adaptation, spikes);
    }

    @Override
    public void adaptiveLifBits(
            SequenceShape shape,
            AdaptiveLifParameters parameters,
            float[] current,
            float[] membrane,
            float[] adaptation,
            long[] bits) {
        String kernel = "adaptiveLifBits";
        parameters.check(kernel, shape);
        Lengths.of(kernel, shape, "current", current);
        Lengths.of(kernel, shape, "membrane", membrane);
        Lengths.of(kernel, shape, "adaptation", adaptation);
        Lengths.ofBits(kernel, shape, bits);
        kernels.adaptiveLifBits(shape, parameters, current, membrane, adaptation, bits);
    }

    @Override
    public void adaptiveLifBackward(AdaptiveLifBackward run) {
        run.check("adaptiveLifBackward");
        kernels.adaptiveLifBackward(run);
    }

    @Override
    public void recurrentLif(
            SequenceShape shape,
            LifParameters parameters,
            RecurrentSynapses recurrent,
            float[] current,
            float[] membrane,
            float[] spikes) {
        String kernel = "recurrentLif";
        parameters.check(kernel, shape);
        recurrent.check(kernel, shape);
        Lengths.of(kernel, shape, "current", current);
        Lengths.of(kernel, shape, "membrane", membrane);
        Lengths.of(kernel, shape, "spikes", spikes);
        kernels.recurrentLif(shape, parameters, recurrent, current, membrane, spikes);
    }

    @Override
    public void recurrentLifBackward(LifBackward run, RecurrentBackward recurrent) {
        run.check("recurrentLifBackward");
        recurrent.check("recurrentLifBackward", run.shape());
        kernels.recurrentLifBackward(run, recurrent);
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
        String kernel = "recurrentAdaptiveLif";
        parameters.check(kernel, shape);
        recurrent.check(kernel, shape);
        Lengths.of(kernel, shape, "current", current);
        Lengths.of(kernel, shape, "membrane", membrane);
        Lengths.of(kernel, shape, "adaptation", adaptation);
        Lengths.of(kernel, shape, "spikes", spikes);
        kernels.recurrentAdaptiveLif(shape, parameters, recurrent, current, membrane, adaptation, spikes);
    }

    @Override
    public void recurrentAdaptiveLifBackward(AdaptiveLifBackward run, RecurrentBackward recurrent) {
        run.check("recurrentAdaptiveLifBackward");
        recurrent.check("recurrentAdaptiveLifBackward", run.shape());
        kernels.recurrentAdaptiveLifBackward(run, recurrent);
    }

    @Override
    public void leaky(
            SequenceShape shape,
            LeakyParameters parameters,
            @Nullable RecurrentSynapses recurrent,
            float[] current,
            LeakySequence sequence) {
        sequence.check("leaky", shape, parameters);
        Lengths.of("leaky", shape, "current", current);
        if (recurrent != null) {
            recurrent.check("leaky", shape);
        }
        kernels.leaky(shape, parameters, recurrent, current, sequence);
    }

    @Override
    public void leakyBackward(LeakyBackward run) {
        run.check("leakyBackward");
        kernels.leakyBackward(run);
    }

    @Override
    public void leakyIntegrator(SequenceShape shape, float[] decay, float[] current, float[] output) {
        String kernel = "leakyIntegrator";
        require(kernel, "decay", decay, "neurons", shape.neurons());
        Lengths.of(kernel, shape, "current", current);
        Lengths.of(kernel, shape, "output", output);
        kernels.leakyIntegrator(shape, decay, current, output);
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
        String kernel = "leakyIntegratorBackward";
        require(kernel, "decay", decay, "neurons", shape.neurons());
        Lengths.of(kernel, shape, "output", output);
        Lengths.of(kernel, shape, "current", current);
        Lengths.of(kernel, shape, "outputGradient", outputGradient);
        Lengths.of(kernel, shape, "currentGradient", currentGradient);
        require(kernel, "decayGradient", decayGradient, "neurons", shape.neurons());
        kernels.leakyIntegratorBackward(shape, decay, output, current, outputGradient, currentGradient, decayGradient);
    }

    @Override
    public void batchNorm(BatchNorm norm, float[] x, float[] shift, float[] y) {
        String kernel = "batchNorm";
        norm.check(kernel);
        require(kernel, "x", x, "rows", norm.rows(), "neurons", norm.neurons());
        require(kernel, "shift", shift, "neurons", norm.neurons());
        require(kernel, "y", y, "rows", norm.rows(), "neurons", norm.neurons());
        kernels.batchNorm(norm, x, shift, y);
    }

    @Override
    public void batchNormBackward(
            BatchNorm norm, float[] x, float[] dy, float[] dx, float[] gainGradient, float[] shiftGradient) {
        String kernel = "batchNormBackward";
        int rows = norm.rows();
        int neurons = norm.neurons();
        norm.check(kernel);
        require(kernel, "x", x, "rows", rows, "neurons", neurons);
        require(kernel, "dy", dy, "rows", rows, "neurons", neurons);
        require(kernel, "dx", dx, "rows", rows, "neurons", neurons);
        require(kernel, "gainGradient", gainGradient, "neurons", neurons);
        require(kernel, "shiftGradient", shiftGradient, "neurons", neurons);
        kernels.batchNormBackward(norm, x, dy, dx, gainGradient, shiftGradient);
    }

    @Override
    public void currentLif(
            SequenceShape shape, CurrentLifParameters parameters, float[] input, CurrentLifSequence sequence) {
        String kernel = "currentLif";
        parameters.check(kernel, shape);
        Lengths.of(kernel, parameters.inputShape(shape), "input", input);
        sequence.check(kernel, shape, parameters);
        kernels.currentLif(shape, parameters, input, sequence);
    }

    @Override
    public void currentLifBackward(
            SequenceShape shape,
            CurrentLifParameters parameters,
            float[] input,
            CurrentLifSequence sequence,
            CurrentLifAdjoint adjoint) {
        String kernel = "currentLifBackward";
        parameters.check(kernel, shape);
        Lengths.of(kernel, parameters.inputShape(shape), "input", input);
        sequence.check(kernel, shape, parameters);
        adjoint.check(kernel, shape, parameters);
        kernels.currentLifBackward(shape, parameters, input, sequence, adjoint);
    }
}
