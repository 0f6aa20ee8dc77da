package io.keyspike.models.chip;

import io.keyspike.models.network.Network;
import io.keyspike.models.network.NetworkPlan;
import io.keyspike.models.network.Node;
import io.keyspike.models.network.SequenceNetwork;
import io.keyspike.models.network.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts what a network does, as NeuroBench counts it (Yik et al. 2025, "The neurobench framework for benchmarking
 * neuromorphic computing algorithms and systems"). Sequences are {@code [T, B, N]}.
 *
 * <p>A synapse's call, which is one batch at one time step, counts as accumulations if all of its inputs are −1, 0 or 1,
 * and else all of it as multiplications and accumulations; so how the two divide depends on the size of the batch.
 */
public final class WorkloadMeter {

    /** float32. */
    private static final int BYTES = 4;

    private final List<Synapse> synapses = new ArrayList<>();

    /** Of the network's synapses, in the order of {@link #synapses}. */
    private final List<String> names = new ArrayList<>();

    private final Map<String, Activity> activity = new LinkedHashMap<>();
    private long parameters;
    private long footprintBytes;
    private long samples;
    private double accumulations;
    private double multiplications;
    private double dense;

    /** A synapse with, for each input, the number of its weights that are not 0. */
    @SuppressWarnings("ArrayRecordComponent") // counts, never compared
    private record Synapse(int inputs, long weights, int[] effective) {}

    private static final class Activity {
        long outputs;
        long zeros;
        long updates;
    }

    /** A meter that has counted nothing. */
    public WorkloadMeter() {}

    /**
     * What was counted.
     *
     * @param parameters weights and biases
     * @param footprintBytes of parameters, and of what neurons keep besides
     * @param connectionSparsity share of the weights that are 0
     * @param activationSparsity share of the spiking neurons' outputs that are 0
     * @param activationSparsityByLayer the same by layer
     * @param accumulations synaptic operations of spikes, those of weights that are 0 left out; per sample
     * @param multiplications synaptic operations of real numbers, likewise
     * @param denseOperations synaptic operations if nothing were 0, per sample
     * @param membraneUpdates membranes that changed from one step to the next, and all of them in the first; per sample
     */
    public record Workload(
            long parameters,
            long footprintBytes,
            double connectionSparsity,
            double activationSparsity,
            Map<String, Double> activationSparsityByLayer,
            double accumulations,
            double multiplications,
            double denseOperations,
            double membraneUpdates) {}

    /**
     * A meter for a network: its synapses are known, and its footprint is that of all its tensors.
     *
     * @param network whose weights are read now; later changes to them do not count
     * @return a meter that has counted no sample yet
     */
    public static WorkloadMeter of(Network network) {
        var meter = new WorkloadMeter();
        for (NetworkPlan.PlannedNode planned : network.graph().plan().nodes()) {
            Node node = planned.node();
            for (String parameter : node.parameters().keySet()) {
                meter.footprintBytes +=
                        (long) BYTES * network.tensor(node, parameter).values().length;
            }
            if (node instanceof Node.Dense || node instanceof Node.Diagonal) {
                meter.names.add(node.name());
                meter.synapse(node.inputs(), network.tensor(node, "weight"));
                if (node instanceof Node.Dense d && d.biased()) {
                    meter.parameters += d.outputs();
                }
            }
        }
        return meter;
    }

    /** Adds a synapse behind those there: {@code [N]} of a diagonal one, else {@code [inputs, outputs]}. */
    void synapse(int inputs, Tensor weight) {
        float[] w = weight.values();
        int fanOut = w.length / inputs;
        int[] effective = new int[inputs];
        for (int i = 0; i < w.length; i++) {
            effective[i / fanOut] += w[i] == 0 ? 0 : 1;
        }
        synapses.add(new Synapse(inputs, w.length, effective));
        parameters += w.length;
    }

    /** Adds parameters and bytes that are in no synapse's weights. */
    void besides(long moreParameters, long bytes) {
        parameters += moreParameters;
        footprintBytes += bytes;
    }

    /**
     * Counts a batch that went through the network that this meter is of.
     *
     * @param steps time steps of each sequence, T
     * @param batch sequences, B; each is one sample
     * @param result of the forward pass over them, with synapse inputs {@code [T, B, inputs]} and layers {@code [T, B, N]}
     * @throws IllegalArgumentException if it went through another network
     */
    public void add(int steps, int batch, SequenceNetwork.Result result) {
        samples(batch);
        for (int s = 0; s < names.size(); s++) {
            float[] given = result.synapseInputs().get(names.get(s));
            if (given == null) {
                throw new IllegalArgumentException("workload: expected a result of the network with layer "
                        + names.get(s) + ", found one without it");
            }
            call(s, steps, batch, given);
        }
        for (SequenceNetwork.Layer layer : result.layers()) {
            neurons(layer.name(), steps, batch, layer.spikes(), layer.membrane());
        }
    }

    void samples(int count) {
        samples += count;
    }

    /** A synapse's calls on a sequence. */
    void call(int synapse, int steps, int batch, float[] x) {
        Synapse s = synapses.get(synapse);
        int row = batch * s.inputs();
        for (int t = 0; t < steps; t++) {
            boolean spikes = true;
            double operations = 0;
            for (int i = t * row; i < (t + 1) * row; i++) {
                if (x[i] != 0) {
                    operations += s.effective()[i % s.inputs()];
                    spikes &= Math.abs(x[i]) == 1;
                }
            }
            if (spikes) {
                accumulations += operations;
            } else {
                multiplications += operations;
            }
        }
        dense += (double) steps * batch * s.weights();
    }

    /** A layer's outputs and membranes. */
    void neurons(String layer, int steps, int batch, float[] spikes, float[] membrane) {
        Activity a = activity.computeIfAbsent(layer, name -> new Activity());
        int row = spikes.length / steps;
        if (row % batch != 0) {
            throw new IllegalArgumentException("workload: expected " + layer + " in rows of " + batch
                    + " sequences, found " + spikes.length + " values in " + steps + " steps");
        }
        a.outputs += spikes.length;
        for (int i = 0; i < spikes.length; i++) {
            a.zeros += spikes[i] == 0 ? 1 : 0;
            a.updates += i < row || membrane[i] != membrane[i - row] ? 1 : 0;
        }
    }

    /**
     * All that was counted so far.
     *
     * @return operations and updates as means per sample, or 0 before the first; sparsities over everything counted
     */
    public Workload workload() {
        Map<String, Double> byLayer = new LinkedHashMap<>();
        long outputs = 0;
        long zeros = 0;
        long updates = 0;
        for (Map.Entry<String, Activity> e : activity.entrySet()) {
            Activity a = e.getValue();
            byLayer.put(e.getKey(), (double) a.zeros / a.outputs);
            outputs += a.outputs;
            zeros += a.zeros;
            updates += a.updates;
        }
        long weights = 0;
        long effective = 0;
        for (Synapse s : synapses) {
            weights += s.weights();
            for (int count : s.effective()) {
                effective += count;
            }
        }
        double each = Math.max(1, samples);
        return new Workload(
                parameters,
                footprintBytes,
                weights == 0 ? 0 : 1 - (double) effective / weights,
                outputs == 0 ? 0 : (double) zeros / outputs,
                byLayer,
                accumulations / each,
                multiplications / each,
                dense / each,
                updates / each);
    }
}
