package io.keyspike.kernels.internal.check;

import static io.keyspike.kernels.internal.check.Lengths.require;
import static io.keyspike.kernels.internal.check.Lengths.requireCounts;

import io.keyspike.kernels.AdaptiveLifParameters;
import io.keyspike.kernels.CurrentLifAdjoint;
import io.keyspike.kernels.CurrentLifParameters;
import io.keyspike.kernels.CurrentLifSequence;
import io.keyspike.kernels.DenseProducts;
import io.keyspike.kernels.KernelBackend;
import io.keyspike.kernels.LeakyGradients;
import io.keyspike.kernels.LeakyParameters;
import io.keyspike.kernels.LeakySequence;
import io.keyspike.kernels.LifParameters;
import io.keyspike.kernels.Membranes;
import io.keyspike.kernels.RecurrentSynapses;
import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.SolveCounts;
import io.keyspike.kernels.Solver;
import io.keyspike.kernels.Surrogate;
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
        Lengths.of("lif", shape, parameters);
        Lengths.of("lif", shape, "current", current);
        Lengths.of("lif", shape, "membrane", membrane);
        Lengths.of("lif", shape, "spikes", spikes);
        kernels.lif(shape, parameters, current, membrane, spikes);
    }

    @Override
    public void lifBackward(
            SequenceShape shape,
            LifParameters parameters,
            Surrogate surrogate,
            boolean resetDetached,
            float[] membrane,
            float[] spikeGradient,
            float @Nullable [] membraneGradient,
            float @Nullable [] membraneAfterGradient,
            float[] currentGradient,
            float @Nullable [] decayGradient,
            float @Nullable [] thresholdGradient) {
        String kernel = "lifBackward";
        Lengths.of(kernel, shape, parameters);
        Lengths.of(kernel, shape, "membrane", membrane);
        Lengths.of(kernel, shape, "spikeGradient", spikeGradient);
        Lengths.of(kernel, shape, "membraneGradient", membraneGradient);
        Lengths.of(kernel, shape, "membraneAfterGradient", membraneAfterGradient);
        Lengths.of(kernel, shape, "currentGradient", currentGradient);
        require(kernel, "decayGradient", decayGradient, "neurons", shape.neurons());
        require(kernel, "thresholdGradient", thresholdGradient, "neurons", shape.neurons());
        kernels.lifBackward(
                shape,
                parameters,
                surrogate,
                resetDetached,
                membrane,
                spikeGradient,
                membraneGradient,
                membraneAfterGradient,
                currentGradient,
                decayGradient,
                thresholdGradient);
    }

    @Override
    public void lifTraining(
            SequenceShape shape,
            LifParameters parameters,
            float[] current,
            boolean constant,
            Membranes membranes,
            float @Nullable [] spikes,
            long @Nullable [] bits) {
        String kernel = "lifTraining";
        Lengths.of(kernel, shape, parameters);
        Lengths.of(kernel, constant ? shape.withSteps(1) : shape, "current", current);
        Lengths.of(kernel, shape, "membranes", membranes.size());
        Lengths.of(kernel, shape, "spikes", spikes);
        Lengths.ofBits(kernel, shape, bits);
        kernels.lifTraining(shape, parameters, current, constant, membranes, spikes, bits);
    }

    @Override
    public void lifTrainingBackward(
            SequenceShape shape,
            LifParameters parameters,
            Surrogate surrogate,
            boolean resetDetached,
            Membranes membranes,
            float[] spikeGradient,
            boolean spikeGradientConstant,
            float @Nullable [] membraneGradient,
            float[] currentGradient,
            boolean summed,
            float @Nullable [] decayGradient,
            float @Nullable [] thresholdGradient) {
        String kernel = "lifTrainingBackward";
        Lengths.of(kernel, shape, parameters);
        Lengths.of(kernel, shape, "membranes", membranes.size());
        Lengths.of(kernel, spikeGradientConstant ? shape.withSteps(1) : shape, "spikeGradient", spikeGradient);
        Lengths.of(kernel, shape, "membraneGradient", membraneGradient);
        Lengths.of(kernel, summed ? shape.withSteps(1) : shape, "currentGradient", currentGradient);
        require(kernel, "decayGradient", decayGradient, "neurons", shape.neurons());
        require(kernel, "thresholdGradient", thresholdGradient, "neurons", shape.neurons());
        kernels.lifTrainingBackward(
                shape,
                parameters,
                surrogate,
                resetDetached,
                membranes,
                spikeGradient,
                spikeGradientConstant,
                membraneGradient,
                currentGradient,
                summed,
                decayGradient,
                thresholdGradient);
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
        Lengths.of(kernel, shape, parameters);
        Lengths.of(kernel, shape, "current", current);
        Lengths.of(kernel, shape, "membrane", membrane);
        Lengths.of(kernel, shape, "adaptation", adaptation);
        Lengths.of(kernel, shape, "spikes", spikes);
        kernels.adaptiveLif(shape, parameters, current, membrane, adaptation, spikes);
    }

    @Override
    public void adaptiveLifBackward(
            SequenceShape shape,
            AdaptiveLifParameters parameters,
            Surrogate surrogate,
            boolean resetDetached,
            float[] membrane,
            float[] adaptation,
            float[] spikeGradient,
            float[] currentGradient,
            @Nullable AdaptiveLifParameters parameterGradient) {
        String kernel = "adaptiveLifBackward";
        Lengths.of(kernel, shape, parameters);
        Lengths.of(kernel, shape, "membrane", membrane);
        Lengths.of(kernel, shape, "adaptation", adaptation);
        Lengths.of(kernel, shape, "spikeGradient", spikeGradient);
        Lengths.of(kernel, shape, "currentGradient", currentGradient);
        if (parameterGradient != null) {
            Lengths.of(kernel + " gradient", shape, parameterGradient);
        }
        kernels.adaptiveLifBackward(
                shape,
                parameters,
                surrogate,
                resetDetached,
                membrane,
                adaptation,
                spikeGradient,
                currentGradient,
                parameterGradient);
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
        Lengths.of(kernel, shape, parameters);
        Lengths.of(kernel, shape, recurrent);
        Lengths.of(kernel, shape, "current", current);
        Lengths.of(kernel, shape, "membrane", membrane);
        Lengths.of(kernel, shape, "spikes", spikes);
        kernels.recurrentLif(shape, parameters, recurrent, current, membrane, spikes);
    }

    @Override
    public void recurrentLifBackward(
            SequenceShape shape,
            LifParameters parameters,
            RecurrentSynapses recurrent,
            Surrogate surrogate,
            boolean resetDetached,
            float[] membrane,
            float[] spikes,
            float[] spikeGradient,
            float[] currentGradient,
            float @Nullable [] decayGradient,
            float @Nullable [] thresholdGradient,
            float @Nullable [] recurrentGradient) {
        String kernel = "recurrentLifBackward";
        Lengths.of(kernel, shape, parameters);
        Lengths.of(kernel, shape, recurrent);
        Lengths.of(kernel, shape, "membrane", membrane);
        Lengths.of(kernel, shape, "spikes", spikes);
        Lengths.of(kernel, shape, "spikeGradient", spikeGradient);
        Lengths.of(kernel, shape, "currentGradient", currentGradient);
        require(kernel, "decayGradient", decayGradient, "neurons", shape.neurons());
        require(kernel, "thresholdGradient", thresholdGradient, "neurons", shape.neurons());
        Lengths.of(kernel, shape, recurrent, "recurrentGradient", recurrentGradient);
        kernels.recurrentLifBackward(
                shape,
                parameters,
                recurrent,
                surrogate,
                resetDetached,
                membrane,
                spikes,
                spikeGradient,
                currentGradient,
                decayGradient,
                thresholdGradient,
                recurrentGradient);
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
        Lengths.of(kernel, shape, parameters);
        Lengths.of(kernel, shape, recurrent);
        Lengths.of(kernel, shape, "current", current);
        Lengths.of(kernel, shape, "membrane", membrane);
        Lengths.of(kernel, shape, "adaptation", adaptation);
        Lengths.of(kernel, shape, "spikes", spikes);
        kernels.recurrentAdaptiveLif(shape, parameters, recurrent, current, membrane, adaptation, spikes);
    }

    @Override
    public void recurrentAdaptiveLifBackward(
            SequenceShape shape,
            AdaptiveLifParameters parameters,
            RecurrentSynapses recurrent,
            Surrogate surrogate,
            boolean resetDetached,
            float[] membrane,
            float[] adaptation,
            float[] spikes,
            float[] spikeGradient,
            float[] currentGradient,
            @Nullable AdaptiveLifParameters parameterGradient,
            float @Nullable [] recurrentGradient) {
        String kernel = "recurrentAdaptiveLifBackward";
        Lengths.of(kernel, shape, parameters);
        Lengths.of(kernel, shape, recurrent);
        Lengths.of(kernel, shape, "membrane", membrane);
        Lengths.of(kernel, shape, "adaptation", adaptation);
        Lengths.of(kernel, shape, "spikes", spikes);
        Lengths.of(kernel, shape, "spikeGradient", spikeGradient);
        Lengths.of(kernel, shape, "currentGradient", currentGradient);
        if (parameterGradient != null) {
            Lengths.of(kernel + " gradient", shape, parameterGradient);
        }
        Lengths.of(kernel, shape, recurrent, "recurrentGradient", recurrentGradient);
        kernels.recurrentAdaptiveLifBackward(
                shape,
                parameters,
                recurrent,
                surrogate,
                resetDetached,
                membrane,
                adaptation,
                spikes,
                spikeGradient,
                currentGradient,
                parameterGradient,
                recurrentGradient);
    }

    @Override
    public void leaky(
            SequenceShape shape,
            LeakyParameters parameters,
            @Nullable RecurrentSynapses recurrent,
            float[] current,
            LeakySequence sequence) {
        Lengths.of("leaky", shape, parameters, sequence);
        Lengths.of("leaky", shape, "current", current);
        if (recurrent != null) {
            Lengths.of("leaky", shape, recurrent);
        }
        kernels.leaky(shape, parameters, recurrent, current, sequence);
    }

    @Override
    public void leakyBackward(
            SequenceShape shape,
            LeakyParameters parameters,
            @Nullable RecurrentSynapses recurrent,
            Surrogate surrogate,
            LeakySequence sequence,
            float[] spikeGradient,
            float @Nullable [] membraneGradient,
            float @Nullable [] synapseGradient,
            float[] currentGradient,
            LeakyGradients parameterGradient) {
        String kernel = "leakyBackward";
        Lengths.of(kernel, shape, parameters, sequence);
        Lengths.of(kernel, shape, "spikeGradient", spikeGradient);
        Lengths.of(kernel, shape, "membraneGradient", membraneGradient);
        Lengths.of(kernel, shape, "synapseGradient", synapseGradient);
        Lengths.of(kernel, shape, "currentGradient", currentGradient);
        require(kernel, "synapseDecayGradient", parameterGradient.synapseDecay(), "neurons", shape.neurons());
        require(kernel, "decayGradient", parameterGradient.decay(), "neurons", shape.neurons());
        require(kernel, "thresholdGradient", parameterGradient.threshold(), "neurons", shape.neurons());
        if (recurrent != null) {
            Lengths.of(kernel, shape, recurrent);
            Lengths.of(kernel, shape, recurrent, "recurrentGradient", parameterGradient.recurrentWeight());
        }
        kernels.leakyBackward(
                shape,
                parameters,
                recurrent,
                surrogate,
                sequence,
                spikeGradient,
                membraneGradient,
                synapseGradient,
                currentGradient,
                parameterGradient);
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
    public void batchNorm(
            int rows,
            int neurons,
            float[] x,
            float[] gain,
            float[] shift,
            float epsilon,
            float[] mean,
            float[] variance,
            float[] y) {
        String kernel = "batchNorm";
        requireCounts(kernel, "rows", rows, "neurons", neurons);
        require(kernel, "x", x, "rows", rows, "neurons", neurons);
        require(kernel, "gain", gain, "neurons", neurons);
        require(kernel, "shift", shift, "neurons", neurons);
        require(kernel, "mean", mean, "neurons", neurons);
        require(kernel, "variance", variance, "neurons", neurons);
        require(kernel, "y", y, "rows", rows, "neurons", neurons);
        kernels.batchNorm(rows, neurons, x, gain, shift, epsilon, mean, variance, y);
    }

    @Override
    public void batchNormBackward(
            int rows,
            int neurons,
            float[] x,
            float[] gain,
            float epsilon,
            float[] mean,
            float[] variance,
            float[] dy,
            float[] dx,
            float[] gainGradient,
            float[] shiftGradient) {
        String kernel = "batchNormBackward";
        requireCounts(kernel, "rows", rows, "neurons", neurons);
        require(kernel, "x", x, "rows", rows, "neurons", neurons);
        require(kernel, "gain", gain, "neurons", neurons);
        require(kernel, "mean", mean, "neurons", neurons);
        require(kernel, "variance", variance, "neurons", neurons);
        require(kernel, "dy", dy, "rows", rows, "neurons", neurons);
        require(kernel, "dx", dx, "rows", rows, "neurons", neurons);
        require(kernel, "gainGradient", gainGradient, "neurons", neurons);
        require(kernel, "shiftGradient", shiftGradient, "neurons", neurons);
        kernels.batchNormBackward(rows, neurons, x, gain, epsilon, mean, variance, dy, dx, gainGradient, shiftGradient);
    }

    @Override
    public void currentLif(
            SequenceShape shape, CurrentLifParameters parameters, float[] input, CurrentLifSequence sequence) {
        Lengths.of("currentLif", shape, parameters, input, sequence);
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
        int inputs = Math.max(1, parameters.synapses()) * shape.neurons();
        Lengths.of(kernel, shape, parameters, input, sequence);
        Lengths.of(kernel, shape, "spikeGradient", adjoint.spikeGradient());
        Lengths.of(kernel, shape, "membraneGradient", adjoint.membraneGradient());
        Lengths.of(kernel, shape.withNeurons(inputs), "inputGradient", adjoint.inputGradient());
        float[] synapseDecay = adjoint.parameters().synapseDecay();
        require(
                kernel,
                "synapseDecayGradient",
                synapseDecay,
                "synapses",
                parameters.synapses(),
                "neurons",
                shape.neurons());
        require(kernel, "decayGradient", adjoint.parameters().decay(), "neurons", shape.neurons());
        require(kernel, "thresholdGradient", adjoint.parameters().threshold(), "neurons", shape.neurons());
        kernels.currentLifBackward(shape, parameters, input, sequence, adjoint);
    }
}
