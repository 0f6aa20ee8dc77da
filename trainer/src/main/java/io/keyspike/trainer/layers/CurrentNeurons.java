package io.keyspike.trainer.layers;

import io.keyspike.kernels.CurrentLifAdjoint;
import io.keyspike.kernels.CurrentLifGradients;
import io.keyspike.kernels.CurrentLifParameters;
import io.keyspike.kernels.CurrentLifSequence;
import io.keyspike.kernels.KernelBackend;
import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.Surrogate;
import io.keyspike.models.network.Node;
import io.keyspike.models.network.Tensor;
import io.keyspike.trainer.config.LayerConfig;
import io.keyspike.trainer.config.NetworkConfig;
import io.keyspike.trainer.config.NeuronConfig;
import io.keyspike.trainer.config.Taus;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * LIF neurons driven by synaptic currents, with up to M spikes a step; {@link CurrentLifParameters} has the equations. The
 * decay of the membrane, those of the currents and the threshold are learnt where asked for. Norse's LIFBox is of these, with
 * normalised input and a reset to a level, and so is Sinabs's ExpLeak, without a threshold and with its membranes as output.
 */
final class CurrentNeurons implements Neurons {
    private final KernelBackend backend;
    private final String name;
    private final int width;
    private final NetworkConfig network;
    private final NeuronConfig config;
    private final @Nullable SigmoidParameter learntDecay;
    private final @Nullable SigmoidParameter learntSynapseDecay;
    private final @Nullable Parameter learntThreshold;
    private final CurrentLifParameters values;
    private final CurrentLifGradients gradients;
    private final CurrentLifSequence sequence;
    private final float[] dx;

    /** Of integrators: zeros, since what they give is their membranes. */
    private final float @Nullable [] noSpikeGradient;

    private float[] x = {};

    CurrentNeurons(
            KernelBackend backend,
            ParameterSet set,
            LayerConfig layer,
            LayerStack.Plan plan,
            int index,
            int maximumSteps,
            int maximumBatch) {
        this.backend = backend;
        name = layer.name();
        width = plan.widths().get(index + 1);
        network = plan.config();
        config = layer.neuron();
        int synapses = config.synapses().size();
        float[] decay = new float[width];
        for (int n = 0; n < width; n++) {
            decay[n] = config.membraneDecay(
                    plan.stepSeconds(), config.membraneTaus().of(n));
        }
        float[] synapseDecay = new float[synapses * width];
        for (int s = 0; s < synapses; s++) {
            fill(synapseDecay, s * width, config.synapses().get(s), plan.stepSeconds());
        }
        float[] threshold = new float[width];
        Arrays.fill(threshold, config.drivenThreshold());
        learntDecay = config.learnDecay() ? new SigmoidParameter(set, name, "decay", decay) : null;
        learntSynapseDecay = config.learnAlpha() && synapses > 0
                ? new SigmoidParameter(set, name, "synapse_decay", synapseDecay)
                : null;
        learntThreshold = config.learnThreshold() && config.kind().spikes()
                ? set.parameter(name, "threshold", threshold, Parameter.Role.OTHER)
                : null;
        Float floor = config.drivenFloor();
        values = new CurrentLifParameters(
                synapses,
                learntSynapseDecay == null ? synapseDecay : learntSynapseDecay.values(),
                learntDecay == null ? decay : learntDecay.values(),
                learntThreshold == null ? threshold : learntThreshold.values(),
                config.drivenReset(),
                floor == null ? Float.NEGATIVE_INFINITY : floor,
                config.kind().spikes() ? config.maximumSpikes() : 1,
                config.rule());
        gradients = new CurrentLifGradients(
                learntSynapseDecay == null ? null : learntSynapseDecay.gradient(),
                learntDecay == null ? null : learntDecay.gradient(),
                learntThreshold == null ? null : learntThreshold.gradient());
        var largest = new SequenceShape(maximumSteps, maximumBatch, width);
        sequence = CurrentLifSequence.of(largest, values);
        dx = new float[Math.multiplyExact(largest.size(), Math.max(1, synapses))];
        noSpikeGradient = config.kind().spikes() ? null : new float[largest.size()];
    }

    private void fill(float[] decays, int from, Taus taus, double stepSeconds) {
        for (int n = 0; n < width; n++) {
            decays[from + n] = (float) Math.exp(-stepSeconds / (taus.of(n) / 1_000));
        }
    }

    @Override
    public float[] forward(Pass pass, float[] input) {
        update();
        x = input;
        backend.currentLif(pass.shape(width), values, x, sequence);
        return noSpikeGradient == null ? sequence.spikes() : sequence.membrane();
    }

    private void update() {
        if (learntDecay != null) {
            learntDecay.update();
        }
        if (learntSynapseDecay != null) {
            learntSynapseDecay.update();
        }
    }

    @Override
    public float[] backward(Pass pass, float[] dy, boolean inputNeeded) {
        backend.currentLifBackward(
                pass.shape(width),
                values,
                x,
                sequence,
                noSpikeGradient == null
                        ? new CurrentLifAdjoint(network.surrogate(), network.resetDetached(), dy, null, dx, gradients)
                        : new CurrentLifAdjoint(
                                Surrogate.of(Surrogate.Kind.STRAIGHT_THROUGH),
                                true,
                                noSpikeGradient,
                                dy,
                                dx,
                                gradients));
        if (learntDecay != null) {
            learntDecay.backward();
        }
        if (learntSynapseDecay != null) {
            learntSynapseDecay.backward();
        }
        return dx;
    }

    @Override
    public List<Parameter> parameters() {
        var list = new ArrayList<Parameter>();
        if (learntDecay != null) {
            list.add(learntDecay.parameter());
        }
        if (learntSynapseDecay != null) {
            list.add(learntSynapseDecay.parameter());
        }
        if (learntThreshold != null) {
            list.add(learntThreshold);
        }
        return list;
    }

    @Override
    public void project() {
        if (learntThreshold != null) {
            LifConstants.atLeast(LifConstants.LOWEST_THRESHOLD, learntThreshold.values());
        }
    }

    @Override
    public Node export(Map<String, Tensor> tensors) {
        update();
        tensors.put(name + ".decay", Tensor.vector(values.decay().clone()));
        if (values.synapses() > 0) {
            tensors.put(
                    name + ".synapse_decay",
                    Tensor.matrix(
                            values.synapses(), width, values.synapseDecay().clone()));
        }
        if (!config.kind().spikes()) {
            return new Node.ExpLeak(
                    name, width, values.synapses(), values.rule().normalised(), config.drivenFloor());
        }
        tensors.put(name + ".threshold", Tensor.vector(values.threshold().clone()));
        return new Node.CurrentLif(
                name,
                width,
                values.synapses(),
                values.maximumSpikes(),
                values.reset(),
                config.drivenFloor(),
                values.rule());
    }
}
