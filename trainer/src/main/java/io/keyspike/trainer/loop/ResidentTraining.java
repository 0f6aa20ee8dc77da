package io.keyspike.trainer.loop;

import io.keyspike.kernels.ChainDescription;
import io.keyspike.kernels.ResidentChain;
import io.keyspike.models.decision.DecisionSettings.ClipRule;
import io.keyspike.trainer.config.LayerConfig;
import io.keyspike.trainer.config.LossConfig;
import io.keyspike.trainer.config.NetworkConfig;
import io.keyspike.trainer.config.NeuronConfig;
import io.keyspike.trainer.config.OptimiserConfig;
import io.keyspike.trainer.layers.Parameter;
import io.keyspike.trainer.layers.Pass;
import io.keyspike.trainer.loss.ClipLoss;
import io.keyspike.trainer.loss.LossParts;
import io.keyspike.trainer.loss.LossSlice;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Training on a {@link ResidentChain}: the network learns where it lies, this side sees spike counts and answers with the
 * gradient of the loss on them. Weights follow those of {@link TrainingStep} on the scalar backend bit for bit.
 */
public final class ResidentTraining implements AutoCloseable {

    private final OptimiserConfig optimiser;
    private final List<LayerConfig> layers;
    private final Map<String, Parameter> parameters;
    private final ClipLoss loss;
    private final ResidentChain chain;
    private final float[] countGradient;

    /**
     * Puts a network where the chain is.
     *
     * @param parameters of the network, whose values it starts from
     * @param widths the input's, then each layer's
     * @param stepSeconds dt
     * @param pass shape of every batch
     * @param place makes the chain: {@code Devices::chain}, or one on the host
     * @throws IllegalArgumentException if there is an {@link #obstacle}
     */
    public ResidentTraining(
            NetworkConfig network,
            LossConfig lossConfig,
            OptimiserConfig optimiser,
            List<Parameter> parameters,
            List<Integer> widths,
            double stepSeconds,
            Pass pass,
            Function<ChainDescription, ResidentChain> place) {
        obstacle(network, lossConfig, optimiser, pass).ifPresent(o -> {
            throw new IllegalArgumentException(
                    "resident training: expected a chain that a device can keep, found " + o);
        });
        this.optimiser = optimiser;
        layers = network.layers();
        this.parameters = parameters.stream().collect(Collectors.toMap(Parameter::fullName, p -> p));
        loss = ClipLoss.of(lossConfig, widths.getLast(), pass.batch());
        var described = new ArrayList<ChainDescription.Layer>();
        for (int k = 0; k < layers.size(); k++) {
            described.add(layer(layers.get(k), widths.get(k + 1), stepSeconds));
        }
        chain = place.apply(new ChainDescription(
                pass.steps(),
                pass.batch(),
                widths.getFirst(),
                described,
                pass.constantInput(),
                network.surrogate(),
                network.resetDetached(),
                new ChainDescription.Optimiser(
                        optimiser.beta1(),
                        optimiser.beta2(),
                        optimiser.epsilon(),
                        optimiser.weightDecay(),
                        optimiser.kind() == OptimiserConfig.Kind.ADAM_W)));
        countGradient = new float[pass.batch() * widths.getLast()];
        chain.start(values(), 0);
    }

    private static ChainDescription.Layer layer(LayerConfig layer, int width, double stepSeconds) {
        NeuronConfig neuron = layer.neuron();
        return new ChainDescription.Layer(
                width,
                layer.bias(),
                (float) Math.exp(-stepSeconds / (neuron.tauMillis() / 1_000)),
                neuron.threshold(),
                neuron.reset(),
                neuron.kind() == NeuronConfig.Kind.HARDWARE ? 0 : Float.NEGATIVE_INFINITY);
    }

    /** What of a configuration a chain does not have, in words; empty where it fits. */
    public static Optional<String> obstacle(
            NetworkConfig network, LossConfig loss, OptimiserConfig optimiser, Pass pass) {
        if (!network.wiring().chain()) {
            return Optional.of("layers that do not form a chain");
        }
        for (LayerConfig layer : network.layers()) {
            NeuronConfig neuron = layer.neuron();
            boolean fires = neuron.kind() == NeuronConfig.Kind.LIF || neuron.kind() == NeuronConfig.Kind.HARDWARE;
            if (layer.synapse() != LayerConfig.Synapse.DENSE || !fires) {
                return Optional.of("layer " + layer.name() + ", which is not dense synapses with LIF neurons");
            }
            if (layer.delay().active()) {
                return Optional.of("axonal delays of layer " + layer.name());
            }
            if (layer.batchNorm() || layer.dropout() > 0 || neuron.learnDecay() || neuron.learnThreshold()) {
                return Optional.of("batch norm, dropout, or a learnt decay or threshold in layer " + layer.name());
            }
        }
        if (!network.surrogate().kind().onDevices()) {
            return Optional.of("a surrogate that needs to know the threshold");
        }
        if (loss.kind() != LossConfig.Kind.CROSS_ENTROPY || loss.rule() != ClipRule.SPIKE_COUNT) {
            return Optional.of("a loss other than cross-entropy on spike counts");
        }
        if (loss.rateWeight() > 0 || loss.magnitudeWeight() > 0 || loss.signGroupWeight() > 0) {
            return Optional.of("a penalty on rates or weights");
        }
        if (optimiser.kind() == OptimiserConfig.Kind.SGD
                || optimiser.amsgrad()
                || optimiser.clipNorm() != null
                || optimiser.clampWeights() != null
                || !optimiser.learningRates().isEmpty()) {
            return Optional.of(
                    "an optimiser other than Adam or AdamW without clipping, weight limits or per-layer rates");
        }
        return pass.firstStep() > 0 ? Optional.of("steps that are left out of the loss") : Optional.empty();
    }

    /** Where it trains, in words. */
    public String place() {
        return chain.place();
    }

    /**
     * Learns one batch.
     *
     * @param input {@code [T, B, inputs]}, or {@code [B, inputs]} where the pass has a constant input
     * @param labels {@code [B]}
     * @param rateFactor the schedule's
     */
    public LossParts apply(float[] input, int[] labels, double rateFactor) {
        float[] counts = chain.forward(input);
        LossParts parts =
                loss.apply(LossSlice.whole(1, 0, chain.description().batch(), labels), counts, null, countGradient);
        chain.learn(countGradient, optimiser.learningRate() * rateFactor);
        return parts;
    }

    /** Brings what was learnt back into the network's parameters. */
    public void read() {
        List<ResidentChain.LayerValues> values = values();
        chain.read(values);
        for (int k = 0; k < layers.size(); k++) {
            copy(values.get(k).weight(), layers.get(k).name() + ".weight");
            if (layers.get(k).bias()) {
                copy(values.get(k).bias(), layers.get(k).name() + ".bias");
            }
        }
    }

    private void copy(float[] from, String name) {
        System.arraycopy(from, 0, parameter(name), 0, from.length);
    }

    private List<ResidentChain.LayerValues> values() {
        var values = new ArrayList<ResidentChain.LayerValues>();
        for (int k = 0; k < layers.size(); k++) {
            var layer = ResidentChain.LayerValues.zeros(
                    chain.description().inputsOf(k),
                    chain.description().layers().get(k).outputs());
            String name = layers.get(k).name();
            System.arraycopy(parameter(name + ".weight"), 0, layer.weight(), 0, layer.weight().length);
            if (layers.get(k).bias()) {
                System.arraycopy(parameter(name + ".bias"), 0, layer.bias(), 0, layer.bias().length);
            }
            values.add(layer);
        }
        return values;
    }

    private float[] parameter(String name) {
        Parameter found = parameters.get(name);
        if (found == null) {
            throw new IllegalArgumentException(
                    "resident training: expected a parameter " + name + ", found " + parameters.keySet());
        }
        return found.values();
    }

    @Override
    public void close() {
        chain.close();
    }
}
