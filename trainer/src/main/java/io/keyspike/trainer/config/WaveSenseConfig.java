package io.keyspike.trainer.config;

import static io.keyspike.trainer.config.ConfigException.check;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyspike.models.network.NetworkGraph;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * WaveSense (Weidel and Sheik 2021), as Rockpool's {@code WaveSenseNet} builds it: a layer of spikes; blocks whose neurons see
 * what went before through a fast and a slow synapse, and which hand on spikes on two paths, the residual one, added to what
 * enters the block, and the skip one, added up over the blocks; a hidden layer on the sum of the skips; and the output.
 *
 * @param dilations d of each block: its synapses have base, d·base, 2d·base, … and its membranes the longest of them
 * @param residual neurons of the first layer, and of each block and its residual path
 * @param skip neurons of each skip path
 * @param hidden neurons of the hidden layer of the readout
 * @param kernelSize synapses of each neuron of a block
 * @param tauMillis of all membranes but those of the blocks' first neurons
 * @param baseTauMillis of all other synapses
 * @param lowPassMillis time constant of the output; null for none, with a readout only
 * @param output what the last layer is
 * @param initGain standard deviation of the membrane that one spike in every step would bring about, divided by the threshold
 */
record WaveSenseConfig(
        List<Integer> dilations,
        int residual,
        int skip,
        int hidden,
        int kernelSize,
        double tauMillis,
        double baseTauMillis,
        @Nullable Double lowPassMillis,
        double threshold,
        int maximumSpikes,
        Output output,
        boolean bias,
        boolean batchNorm,
        double initGain,
        double dropout,
        boolean learnDecay,
        boolean learnAlpha,
        boolean learnThreshold) {

    private static final String KEY = "network.wavesense.";

    /** READOUT: a low-pass without spikes, the synaptic current of Rockpool's last neurons but for a factor. SPIKES: these. */
    enum Output {
        READOUT,
        SPIKES
    }

    WaveSenseConfig {
        dilations = List.copyOf(dilations);
        check(
                !dilations.isEmpty() && dilations.stream().allMatch(d -> d >= 1),
                KEY + "dilations",
                "at least one number of at least 1",
                dilations);
        check(residual > 0 && skip > 0 && hidden > 0, KEY + "residual, skip, hidden", "at least 1", "less");
        check(
                kernelSize >= 1 && kernelSize <= NetworkGraph.MAXIMUM_SYNAPSES,
                KEY + "kernel_size",
                "1 to " + NetworkGraph.MAXIMUM_SYNAPSES,
                kernelSize);
        check(tauMillis > 0 && Double.isFinite(tauMillis), KEY + "tau_millis", "more than 0", tauMillis);
        check(
                baseTauMillis > 0 && Double.isFinite(baseTauMillis),
                KEY + "base_tau_millis",
                "more than 0",
                baseTauMillis);
        check(
                lowPassMillis == null ? output == Output.READOUT : lowPassMillis > 0 && Double.isFinite(lowPassMillis),
                KEY + "low_pass_millis",
                "more than 0, or null with a readout",
                String.valueOf(lowPassMillis));
        check(initGain > 0 && Double.isFinite(initGain), KEY + "init_gain", "more than 0", initGain);
    }

    /** Appends the layers, each to be laid over the layer section of the defaults. */
    void addTo(ArrayNode layers, double stepSeconds) {
        new Layers(layers, stepSeconds * 1_000).add();
    }

    private final class Layers {
        private final ArrayNode layers;
        private final double stepMillis;

        Layers(ArrayNode layers, double stepMillis) {
            this.layers = layers;
            this.stepMillis = stepMillis;
        }

        void add() {
            layer("spk1", residual, List.of(), tauMillis, List.of(baseTauMillis));
            List<String> sums = new ArrayList<>(List.of("spk1"));
            List<String> skips = new ArrayList<>();
            for (int b = 0; b < dilations.size(); b++) {
                String name = "wave" + b + "_";
                List<Double> taus = new ArrayList<>(List.of(baseTauMillis));
                for (int k = 1; k < kernelSize; k++) {
                    taus.add(k * dilations.get(b) * baseTauMillis);
                }
                layer(name + "spk1", residual, sums, taus.getLast(), taus);
                if (b < dilations.size() - 1) {
                    layer(name + "spk2_res", residual, List.of(name + "spk1"), tauMillis, List.of(baseTauMillis));
                    sums.add(name + "spk2_res");
                }
                layer(name + "spk2_skip", skip, List.of(name + "spk1"), tauMillis, List.of(baseTauMillis));
                skips.add(name + "spk2_skip");
            }
            layer("spk2", hidden, skips, tauMillis, List.of(baseTauMillis));
            output();
        }

        private ObjectNode layer(
                String name, @Nullable Integer width, List<String> inputs, double tau, List<Double> synapses) {
            ObjectNode layer = layers.addObject();
            layer.put("name", name);
            ArrayNode sources = layer.putArray("inputs");
            inputs.forEach(sources::add);
            if (width != null) {
                layer.put("width", width);
                layer.put("dropout", dropout);
                layer.put("batch_norm", batchNorm);
            }
            layer.put("bias", bias);
            double deviation = initGain * threshold / response(tau, synapses);
            layer.put("batch_norm_gain", deviation);
            layer.putObject("init").put("deviation", deviation);
            ObjectNode neuron = layer.putObject("neuron");
            neuron.put("kind", "current");
            neuron.put("tau_millis", tau);
            ArrayNode taus = neuron.putArray("synapses");
            synapses.forEach(taus::add);
            neuron.put("threshold", threshold);
            neuron.put("maximum_spikes", maximumSpikes);
            neuron.put("learn_decay", learnDecay);
            neuron.put("learn_alpha", learnAlpha);
            neuron.put("learn_threshold", learnThreshold);
            return layer;
        }

        private void output() {
            Double low = lowPassMillis;
            if (output == Output.SPIKES && low != null) {
                layer("spk_out", null, List.of("spk2"), low, List.of(low));
                return;
            }
            ObjectNode layer = layers.addObject();
            layer.put("name", "spk_out");
            layer.put("bias", bias);
            ObjectNode neuron = layer.putObject("neuron");
            neuron.put("kind", "readout");
            neuron.put("readout_decay", low == null ? 0 : Math.exp(-stepMillis / low));
            neuron.put("learn_readout_decay", learnDecay && low != null);
        }

        /** Root of the energy that one input of weight 1 on each synapse leaves on the membrane: Σ h². */
        private double response(double tau, List<Double> synapses) {
            double beta = Math.exp(-stepMillis / tau);
            double energy = 0;
            for (double synapse : synapses) {
                double alpha = Math.exp(-stepMillis / synapse);
                // h[t] = α·(α^(t+1) − β^(t+1))/(α − β): the sum of its squares in closed form
                energy += alpha
                        * alpha
                        * (1 + alpha * beta)
                        / ((1 - alpha * beta) * (1 - alpha * alpha) * (1 - beta * beta));
            }
            return Math.sqrt(energy);
        }
    }
}
