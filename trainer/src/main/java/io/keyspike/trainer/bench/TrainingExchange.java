package io.keyspike.trainer.bench;

import io.keyspike.models.file.TensorFiles;
import io.keyspike.models.network.Tensor;
import io.keyspike.trainer.layers.Parameter;
import io.keyspike.trainer.layers.TrainableNetwork;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What another program needs to train the same network on the same batch: a safetensors file with each parameter under its full
 * name ({@code layer1.weight} as {@code [inputs, outputs]}, the others as {@code [N]}; decays as what they are the sigmoid of),
 * {@code input} as {@code [T or 1, B, inputs]} and {@code labels} as {@code [B]}, and the constants as texts.
 */
final class TrainingExchange {

    private TrainingExchange() {}

    static void write(
            Path file, TrainingWorkload workload, double rate, TrainableNetwork network, float[] input, int[] labels)
            throws IOException {
        Map<String, Tensor> tensors = new TreeMap<>();
        for (Parameter p : network.parameters()) {
            tensors.put(p.fullName(), tensor(p, workload, p.values()));
        }
        int steps = workload.inputRows() / workload.batch();
        tensors.put("input", new Tensor(List.of(steps, workload.batch(), workload.inputs()), input));
        float[] classes = new float[labels.length];
        for (int b = 0; b < labels.length; b++) {
            classes[b] = labels[b];
        }
        tensors.put("labels", Tensor.vector(classes));
        TensorFiles.write(file, constants(workload, rate), tensors);
    }

    /** The gradients of the last step, by the names of {@link #write}. */
    static Map<String, Tensor> gradients(TrainingWorkload workload, TrainableNetwork network) {
        return network.parameters().stream()
                .collect(Collectors.toMap(
                        Parameter::fullName,
                        p -> tensor(p, workload, p.gradient().clone())));
    }

    private static Tensor tensor(Parameter p, TrainingWorkload workload, float[] values) {
        if (!p.name().equals("weight")) {
            return Tensor.vector(values);
        }
        int layer = Integer.parseInt(p.layer().substring("layer".length()));
        return Tensor.matrix(workload.layers().get(layer - 1), workload.layers().get(layer), values);
    }

    private static Map<String, String> constants(TrainingWorkload workload, double rate) {
        var texts = new TreeMap<String, String>();
        texts.put("workload", workload.name());
        texts.put("neurons", workload.neurons().name().toLowerCase(Locale.ROOT));
        texts.put("layers", workload.layers().stream().map(String::valueOf).collect(Collectors.joining(",")));
        texts.put("steps", String.valueOf(workload.steps()));
        texts.put("batch", String.valueOf(workload.batch()));
        texts.put("rate", String.valueOf(rate));
        texts.put("slope", String.valueOf(workload.surrogateSlope()));
        texts.put("decay", String.valueOf(workload.decay()));
        var config = workload.config();
        var last = config.network().layers().getLast().neuron();
        texts.put(
                "threshold",
                String.valueOf(config.network().layers().getFirst().neuron().threshold()));
        texts.put("readout_decay", String.valueOf(last.readoutDecay()));
        texts.put("logit_scale", String.valueOf(config.loss().logitScale()));
        return texts;
    }
}
