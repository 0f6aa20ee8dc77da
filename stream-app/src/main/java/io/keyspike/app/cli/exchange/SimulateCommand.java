package io.keyspike.app.cli.exchange;

import io.keyspike.app.cli.arguments.Input;
import io.keyspike.app.cli.shared.CommandException;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.arrays.ArrayFiles;
import io.keyspike.models.arrays.NumberArray;
import io.keyspike.models.network.Network;
import io.keyspike.models.network.NetworkRecorder;
import io.keyspike.models.network.Node;
import io.keyspike.models.nir.NirFiles;
import io.keyspike.models.nir.NirSimulator;
import io.keyspike.models.rockpool.RockpoolFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code simulate}: runs a network on a tensor and writes spikes and states of every node. */
@Command(
        name = "simulate",
        description = {
            "Runs a network, ours or another library's, on a tensor, and writes the spikes and states of every node, for comparison"
                    + " with the library that it comes from.",
            "Written are <node>.spikes, <node>.membrane (after each step), <node>.current where there is a synaptic state, and"
                    + " <node>.output of nodes that do not spike."
        })
public final class SimulateCommand implements Callable<Integer> {
    private static final String INPUT = "x";

    @Parameters(
            index = "0",
            paramLabel = "MODEL",
            description =
                    ".nir file, Rockpool's .json, state dictionary of snnTorch, model file, or name of a model on this"
                            + " machine.")
    private String model = "";

    @Option(
            names = "--input",
            required = true,
            paramLabel = "FILE",
            description = "Input: the tensor x, or the only one, of a .safetensors, .npz or .npy file.")
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private Path input;

    @Option(
            names = "--output",
            required = true,
            paramLabel = "FILE",
            description = "Output: a .safetensors or .npz file.")
    @Input(Input.Kind.FILE_TO_WRITE)
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private Path output;

    @Option(
            names = "--layout",
            paramLabel = "BTN|TBN|TN",
            defaultValue = "BTN",
            description = "Axes of input and output: batch, time, neurons (default: BTN).")
    private AxisLayout layout = AxisLayout.BTN;

    @Mixin
    private NetworkSource source = new NetworkSource();

    @Option(
            names = "--backend",
            paramLabel = "NAME",
            defaultValue = "vector",
            description =
                    "Kernels for our own models: vector or scalar (bit-identical; default: vector). A .nir file runs in"
                            + " double precision on either.")
    private String backend = "vector";

    @Override
    public Integer call() throws IOException {
        if (!Backends.available().contains(backend) || !Backends.hasSteps(backend)) {
            throw new CommandException(
                    ExitCode.USAGE, "expected vector or scalar as --backend, found '" + backend + "'");
        }
        NumberArray x = input();
        AxisLayout.Sequences sequences;
        SortedMap<String, NumberArray> written;
        try {
            sequences = layout.sequences(x);
        } catch (IllegalArgumentException e) {
            throw new CommandException(ExitCode.FAILED, input + ": " + e.getMessage(), e);
        }
        boolean flat = sequences.stepShape().size() == 1;
        try {
            written = source.isGraph(model) ? graph(Path.of(model), sequences, flat) : network(sequences);
        } catch (IllegalArgumentException e) {
            throw new CommandException(ExitCode.FAILED, model + ": " + e.getMessage(), e);
        }
        ArrayFiles.write(output, written);
        return ExitCode.OK;
    }

    private NumberArray input() throws IOException {
        if (!Files.isRegularFile(input)) {
            throw new CommandException(ExitCode.FAILED, "no such file: " + input);
        }
        SortedMap<String, NumberArray> arrays = ArrayFiles.read(input);
        NumberArray x = arrays.get(INPUT);
        if (x != null) {
            return x;
        }
        if (arrays.size() != 1) {
            throw new CommandException(
                    ExitCode.FAILED,
                    input + ": expected a tensor named x, or a single one, found "
                            + (arrays.isEmpty() ? "none" : String.join(", ", arrays.keySet())));
        }
        return arrays.firstEntry().getValue();
    }

    private SortedMap<String, NumberArray> graph(Path file, AxisLayout.Sequences x, boolean flat) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new CommandException(ExitCode.USAGE, "no such model file: " + file);
        }
        var simulator = new NirSimulator(NirFiles.read(file), source.settings());
        int size = NumberArray.size(simulator.inputShape());
        requireWidth(x, size);
        var result = new TreeMap<String, NumberArray>();
        for (Map.Entry<String, NirSimulator.Recording> entry :
                simulator.run(x.values(), x.steps()).entrySet()) {
            NirSimulator.Recording node = entry.getValue();
            List<Integer> shape = flat ? List.of(NumberArray.size(node.shape())) : node.shape();
            String name = entry.getKey();
            result.put(name + (node.spikes() ? ".spikes" : ".output"), layout.array(node.output(), x.steps(), shape));
            if (node.hasMembrane()) {
                result.put(name + ".membrane", layout.array(node.membrane(), x.steps(), shape));
            }
            if (node.hasCurrent()) {
                result.put(name + ".current", layout.array(node.current(), x.steps(), shape));
            }
        }
        return result;
    }

    private static void requireWidth(AxisLayout.Sequences x, int width) {
        if (NumberArray.size(x.stepShape()) != width) {
            throw new IllegalArgumentException("expected an input of " + width + " values in each step, found "
                    + x.stepShape() + " (see --layout)");
        }
    }

    private SortedMap<String, NumberArray> network(AxisLayout.Sequences x) throws IOException {
        Network network = source.read(model, null);
        requireWidth(x, network.graph().plan().input().inputs());
        var recorder = new NetworkRecorder(network, Backends.stepsNamed(backend));
        int batch = x.values().length;
        var runs = new ArrayList<SortedMap<String, NetworkRecorder.Recording>>();
        for (double[] sequence : x.values()) {
            float[] in = new float[sequence.length];
            for (int i = 0; i < in.length; i++) {
                in[i] = (float) sequence[i];
            }
            runs.add(recorder.run(in, x.steps()));
        }
        var result = new TreeMap<String, NumberArray>();
        if (batch == 0) {
            return result;
        }
        boolean rockpool = source.isRockpoolFile(model);
        for (String ours : runs.getFirst().keySet()) {
            List<NetworkRecorder.Recording> node =
                    runs.stream().map(run -> recording(run, ours)).toList();
            NetworkRecorder.Recording first = node.getFirst();
            List<Integer> shape = List.of(first.width());
            String name = rockpool ? RockpoolFiles.moduleName(ours) : ours;
            result.put(
                    name + (first.spikes() ? ".spikes" : ".output"),
                    array(node.stream().map(NetworkRecorder.Recording::output).toList(), x.steps(), shape));
            if (first.membrane().length > 0) {
                result.put(
                        name + ".membrane",
                        array(
                                node.stream()
                                        .map(NetworkRecorder.Recording::membrane)
                                        .toList(),
                                x.steps(),
                                shape));
            }
            if (first.currents() > 0) {
                int kept = network.graph().plan().node(network.graph().plan().position(ours))
                                instanceof Node.CurrentLif lif
                        ? RockpoolFiles.synapses(network, lif)
                        : first.currents();
                result.put(
                        name + ".current",
                        array(
                                node.stream().map(n -> bySynapse(n, kept)).toList(),
                                x.steps(),
                                kept == 1 ? shape : List.of(first.width(), kept)));
            }
        }
        return result;
    }

    private static NetworkRecorder.Recording recording(SortedMap<String, NetworkRecorder.Recording> run, String name) {
        NetworkRecorder.Recording recording = run.get(name);
        if (recording == null) {
            throw new IllegalArgumentException("expected a recording of " + name);
        }
        return recording;
    }

    /** Currents {@code [T, S, N]} as {@code [T, N, S]}, as Rockpool has them, without those beyond a number of synapses. */
    private static float[] bySynapse(NetworkRecorder.Recording node, int synapses) {
        int n = node.width();
        int all = node.currents();
        int steps = node.current().length / (n * all);
        float[] result = new float[steps * n * synapses];
        for (int t = 0; t < steps; t++) {
            for (int s = 0; s < synapses; s++) {
                for (int i = 0; i < n; i++) {
                    result[(t * n + i) * synapses + s] = node.current()[(t * all + s) * n + i];
                }
            }
        }
        return result;
    }

    private NumberArray array(List<float[]> sequences, int steps, List<Integer> shape) {
        return layout.array(wide(sequences), steps, shape);
    }

    private static double[][] wide(List<float[]> sequences) {
        double[][] result = new double[sequences.size()][];
        for (int b = 0; b < result.length; b++) {
            float[] narrow = sequences.get(b);
            result[b] = new double[narrow.length];
            for (int i = 0; i < narrow.length; i++) {
                result[b][i] = narrow[i];
            }
        }
        return result;
    }
}
