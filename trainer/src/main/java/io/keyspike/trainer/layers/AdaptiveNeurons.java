package io.keyspike.trainer.layers;

import io.keyspike.kernels.AdaptiveLifBackward;
import io.keyspike.kernels.AdaptiveLifParameters;
import io.keyspike.kernels.KernelBackend;
import io.keyspike.kernels.RecurrentBackward;
import io.keyspike.kernels.RecurrentWiring;
import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.SpikeBits;
import io.keyspike.kernels.Surrogate;
import io.keyspike.models.network.Node;
import io.keyspike.models.network.Tensor;
import io.keyspike.trainer.common.SplitMix;
import io.keyspike.trainer.config.NeuronConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Adaptive LIF neurons, SE-adLIF among them; both decays and both couplings are learnt, and recurrent weights where there are any.
 * Their spikes are kept as bits where dense synapses alone read them, else as floats.
 */
final class AdaptiveNeurons implements Neurons {
    private final KernelBackend backend;
    private final String name;
    private final int width;
    private final Surrogate surrogate;
    private final boolean resetDetached;
    private final SigmoidParameter membraneDecay;
    private final SigmoidParameter adaptationDecay;
    private final Parameter membraneCoupling;
    private final Parameter spikeCoupling;
    private final AdaptiveLifParameters values;
    private final AdaptiveLifParameters gradients;
    private final @Nullable RecurrentWeights recurrent;
    private final float[] membrane;
    private final float[] adaptation;
    private final float[] spikes;
    private final long @Nullable [] bits;
    private final float[] dx;

    /**
     * @param spikesAsBits whether {@link #spikeBits} are wanted, and the floats that {@link #forward} returns are not
     * @param recurrent null for none; without bits
     */
    AdaptiveNeurons(
            KernelBackend backend,
            ParameterSet parameters,
            String name,
            int width,
            NeuronConfig config,
            Surrogate surrogate,
            boolean resetDetached,
            SplitMix random,
            @Nullable RecurrentWeights recurrent,
            boolean spikesAsBits,
            int maximumSteps,
            int maximumBatch) {
        this.backend = backend;
        this.name = name;
        this.width = width;
        this.surrogate = surrogate;
        this.resetDetached = resetDetached;
        this.recurrent = recurrent;
        membraneDecay = new SigmoidParameter(parameters, name, "membrane_decay", draw(config.membraneDecay(), random));
        adaptationDecay =
                new SigmoidParameter(parameters, name, "adaptation_decay", draw(config.adaptationDecay(), random));
        membraneCoupling = parameters.parameter(
                name, "membrane_coupling", draw(config.membraneCoupling(), random), Parameter.Role.OTHER);
        spikeCoupling = parameters.parameter(
                name, "spike_coupling", draw(config.spikeCoupling(), random), Parameter.Role.OTHER);
        float[] threshold = new float[width];
        Arrays.fill(threshold, config.threshold());
        values = new AdaptiveLifParameters(
                membraneDecay.values(),
                adaptationDecay.values(),
                membraneCoupling.values(),
                spikeCoupling.values(),
                threshold,
                config.kind() == NeuronConfig.Kind.SE_ADAPTIVE);
        gradients = new AdaptiveLifParameters(
                membraneDecay.gradient(),
                adaptationDecay.gradient(),
                membraneCoupling.gradient(),
                spikeCoupling.gradient(),
                new float[width]);
        var largest = new SequenceShape(maximumSteps, maximumBatch, width);
        int size = largest.size();
        membrane = new float[size];
        adaptation = new float[size];
        bits = spikesAsBits
                ? new long[Math.multiplyExact(maximumSteps, SpikeBits.wordsPerStep(largest.lanes()))]
                : null;
        spikes = new float[spikesAsBits ? 0 : size];
        dx = new float[recurrent == null ? 0 : size];
    }

    private float[] draw(List<Double> range, SplitMix random) {
        float[] drawn = new float[width];
        for (int n = 0; n < width; n++) {
            drawn[n] = (float) random.between(range.get(0), range.get(1));
        }
        return drawn;
    }

    @Override
    public float[] forward(Pass pass, float[] x) {
        membraneDecay.update();
        adaptationDecay.update();
        if (bits != null) {
            backend.adaptiveLifBits(pass.shape(width), values, x, membrane, adaptation, bits);
        } else if (recurrent == null) {
            backend.adaptiveLif(pass.shape(width), values, x, membrane, adaptation, spikes);
        } else {
            backend.recurrentAdaptiveLif(
                    pass.shape(width), values, recurrent.synapses(), x, membrane, adaptation, spikes);
        }
        return spikes;
    }

    @Override
    public long @Nullable [] spikeBits() {
        return bits;
    }

    @Override
    public float[] backward(Pass pass, float[] dy, boolean inputNeeded) {
        if (recurrent == null) {
            backend.adaptiveLifBackward(new AdaptiveLifBackward(
                    pass.shape(width), values, surrogate, resetDetached, membrane, adaptation, dy, dy, gradients));
        } else {
            backend.recurrentAdaptiveLifBackward(
                    new AdaptiveLifBackward(
                            pass.shape(width),
                            values,
                            surrogate,
                            resetDetached,
                            membrane,
                            adaptation,
                            dy,
                            dx,
                            gradients),
                    new RecurrentBackward(recurrent.synapses(), spikes, recurrent.gradient()));
        }
        membraneDecay.backward();
        adaptationDecay.backward();
        return recurrent == null ? dy : dx;
    }

    @Override
    public List<Parameter> parameters() {
        var list = new ArrayList<>(
                List.of(membraneDecay.parameter(), adaptationDecay.parameter(), membraneCoupling, spikeCoupling));
        if (recurrent != null) {
            list.add(recurrent.parameter());
        }
        return list;
    }

    @Override
    public Node export(Map<String, Tensor> tensors) {
        membraneDecay.update();
        adaptationDecay.update();
        tensors.put(
                name + ".membrane_decay", Tensor.vector(values.membraneDecay().clone()));
        tensors.put(
                name + ".adaptation_decay",
                Tensor.vector(values.adaptationDecay().clone()));
        tensors.put(
                name + ".membrane_coupling",
                Tensor.vector(values.membraneCoupling().clone()));
        tensors.put(
                name + ".spike_coupling", Tensor.vector(values.spikeCoupling().clone()));
        tensors.put(name + ".threshold", Tensor.vector(values.threshold().clone()));
        RecurrentWiring wiring = RecurrentWiring.NONE;
        if (recurrent != null) {
            recurrent.export(name, tensors);
            wiring = recurrent.wiring();
        }
        return new Node.AdaptiveLif(name, width, wiring, values.symplectic());
    }
}
