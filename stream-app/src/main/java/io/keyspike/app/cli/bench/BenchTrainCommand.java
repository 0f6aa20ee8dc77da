package io.keyspike.app.cli.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyspike.app.cli.arguments.Input;
import io.keyspike.app.cli.shared.CommandException;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.app.cli.shared.JsonOption;
import io.keyspike.app.cli.shared.KernelOptions;
import io.keyspike.app.cli.shared.ProgressBars;
import io.keyspike.app.cli.shared.Terminal;
import io.keyspike.kernels.KernelBackend;
import io.keyspike.kernels.Membranes;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.kernels.backends.Devices;
import io.keyspike.trainer.bench.TrainingBenchmark;
import io.keyspike.trainer.bench.TrainingWorkload;
import io.keyspike.trainer.bench.UnheldRateException;
import io.keyspike.trainer.report.GrowthPlot;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench train}: training throughput on the networks used for comparisons. */
@Command(
        name = "train",
        description = {
            "Measures training: forward pass, loss, backward pass and Adam update of one batch; the median after a warm-up.",
            "Weights are scaled until each layer fires in the share of steps that --rates states, and put back after every step:"
                    + " a network that falls silent would be fast and learn nothing.",
            "",
            "mel       32-64-2 LIF, T=128, B=32            long    the same, T=1000",
            "events    100-128-128-128-35 IAF, T=250, B=128",
            "mnist     784-1000-10, beta 0.9, T=25, B=128, the same image at every step",
            "adaptive  200-128-128-128-12 adaptive LIF with batch normalisation, T=50, B=64",
            "wake      200-192-192-192-7, the same neurons, T=160, B=64: the wake words' network and windows",
            "",
            "The share of the limit is the time that the matrix products alone would take at the speed of a large product, "
                    + "measured in the same run, divided by the time taken. Products with zero spikes count as work although "
                    + "they may be skipped, so the share can exceed 100 %%."
        })
public final class BenchTrainCommand implements Callable<Integer> {
    private static final double MEGA = 1e6;
    private static final double GIGA = 1e9;

    /** Values of T, B and N that {@code --scale} measures, one axis at a time. */
    private static final List<Integer> SCALED_STEPS = List.of(32, 64, 128, 256, 512, 1_024);

    private static final List<Integer> SCALED_BATCHES = List.of(8, 16, 32, 64, 128);
    private static final List<Integer> SCALED_WIDTHS = List.of(32, 64, 128, 256, 512);

    @Option(
            names = "--work",
            required = true,
            paramLabel = "NAME",
            description = "Workload: mel, long, events, mnist, adaptive or wake.")
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private String work;

    @Mixin
    private KernelOptions kernels = new KernelOptions();

    @Option(
            paramLabel = "NAME",
            names = "--precision",
            defaultValue = "float32",
            description =
                    "Precision of the membranes kept for the backward pass: float32 or float16 (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private Membranes.Precision precision;

    @Option(
            paramLabel = "SECONDS",
            names = "--seconds",
            defaultValue = "5",
            description = "Measurement time after the warm-up, in seconds (default: ${DEFAULT-VALUE}).")
    private double seconds;

    @Option(
            names = "--rates",
            split = ",",
            paramLabel = "SHARE",
            defaultValue = "0.1",
            description = "Firing rates to hold each layer at, as shares of steps (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private List<Double> rates;

    @Option(
            names = "--weights",
            paramLabel = "FILE",
            description = "Also write weights and batch as safetensors, for another program to train the same network;"
                    + " with one rate only.")
    private @Nullable Path weights;

    @Option(names = "--scale", description = "Measure over a range of T, B and hidden width N instead, one at a time.")
    private boolean scale;

    @Option(
            names = "--plot",
            paramLabel = "FILE",
            description =
                    "With --scale, also draw the time of a step over each of the three as PNG; with one thread it is CPU"
                            + " time.")
    @Input(Input.Kind.FILE_TO_WRITE)
    private @Nullable Path plot;

    @Mixin
    private JsonOption json = new JsonOption();

    @Spec
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        if (!(seconds > 0)) {
            throw new ParameterException(spec.commandLine(), "--seconds: expected more than 0, found " + seconds);
        }
        if (rates.stream().anyMatch(r -> !(r > 0 && r < 1))) {
            throw new ParameterException(
                    spec.commandLine(), "--rates: expected shares between 0 and 1, found " + rates);
        }
        if (weights != null && (rates.size() > 1 || scale)) {
            throw new ParameterException(spec.commandLine(), "--weights: expected one rate and no --scale");
        }
        if (plot != null && (!scale || rates.size() > 1)) {
            throw new ParameterException(spec.commandLine(), "--plot: expected --scale and one rate");
        }
        KernelBackend backend = backend();
        var results = new ArrayList<TrainingBenchmark.Result>();
        try (var bars = new ProgressBars(!json.isSet() && Terminal.isThere())) {
            for (TrainingWorkload workload : workloads()) {
                for (double rate : rates) {
                    String title = title(workload);
                    results.add(TrainingBenchmark.run(
                            new TrainingBenchmark.Settings(
                                    workload, precision, rate, seconds, kernels.threads(), weights),
                            backend,
                            done -> bars.advanced(title, (long) (100 * done), 100)));
                }
            }
        } catch (UnheldRateException e) {
            throw new CommandException(ExitCode.FAILED, String.valueOf(e.getMessage()));
        }
        print(results);
        if (scale && rates.size() == 1) {
            growth(results);
        }
        return ExitCode.OK;
    }

    /** How the time of a step grows with each axis, in the order of {@link #workloads}. */
    private void growth(List<TrainingBenchmark.Result> results) throws IOException {
        int batches = SCALED_STEPS.size();
        int widths = batches + SCALED_BATCHES.size();
        List<GrowthPlot.Growth> growths = List.of(
                growth("T", SCALED_STEPS, results.subList(0, batches)),
                growth("B", SCALED_BATCHES, results.subList(batches, widths)),
                growth("N", SCALED_WIDTHS, results.subList(widths, results.size())));
        if (!json.isSet()) {
            growths.forEach(g -> spec.commandLine().getOut().println(g.law()));
            spec.commandLine().getOut().flush();
        }
        if (plot != null) {
            GrowthPlot.save(plot, "a training step of " + work, "ms", growths);
        }
    }

    /** Of one thread the CPU time, which other programs disturb little. */
    private GrowthPlot.Growth growth(String axis, List<Integer> sizes, List<TrainingBenchmark.Result> results) {
        boolean alone = kernels.threads() == 1;
        return new GrowthPlot.Growth(
                axis,
                sizes.stream().mapToDouble(Integer::doubleValue).toArray(),
                results.stream()
                        .mapToDouble(r -> 1e3 * (alone ? r.cpuSeconds() : r.medianSeconds()))
                        .toArray());
    }

    private KernelBackend backend() {
        String backend = kernels.backend();
        // Requesting tornado fails with what is missing.
        if (!backend.equals(Devices.TORNADO) && !Backends.available().contains(backend)) {
            throw new CommandException(
                    ExitCode.ENVIRONMENT,
                    "backend " + backend + " is not available: expected one of "
                            + String.join(", ", Backends.available()));
        }
        return kernels.kernels();
    }

    private List<TrainingWorkload> workloads() {
        TrainingWorkload workload = named();
        if (!scale) {
            return List.of(workload);
        }
        var all = new ArrayList<TrainingWorkload>();
        SCALED_STEPS.forEach(t -> all.add(workload.withSteps(t)));
        SCALED_BATCHES.forEach(b -> all.add(workload.withBatch(b)));
        SCALED_WIDTHS.forEach(n -> all.add(workload.withHidden(n)));
        return all;
    }

    private TrainingWorkload named() {
        if (!TrainingWorkload.names().contains(work)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--work: expected one of " + String.join(", ", TrainingWorkload.names()) + ", found '" + work
                            + "'");
        }
        return TrainingWorkload.named(work);
    }

    private static String title(TrainingWorkload w) {
        return String.format(
                Locale.ROOT,
                "%s %s T=%d B=%d",
                w.name(),
                String.join("-", w.layers().stream().map(String::valueOf).toList()),
                w.steps(),
                w.batch());
    }

    private void print(List<TrainingBenchmark.Result> results) throws JsonProcessingException {
        PrintWriter out = spec.commandLine().getOut();
        if (json.isSet()) {
            List<Map<String, Object>> objects =
                    results.stream().map(this::fields).toList();
            out.println(new ObjectMapper().writeValueAsString(results.size() > 1 ? objects : objects.getFirst()));
        } else {
            out.printf(
                    "%-36s %9s %12s %10s %11s %9s %13s %12s %10s%n",
                    "workload",
                    "firing",
                    "samples/s",
                    "ms/step",
                    "CPU ms/step",
                    "of limit",
                    "with neurons",
                    "peak GFLOP/s",
                    "memory MB");
            for (TrainingBenchmark.Result r : results) {
                out.printf(
                        Locale.ROOT,
                        "%-36s %9s %12.0f %10.3f %11.3f %7.0f %% %11.0f %% %12.0f %10.1f%n",
                        title(r.workload()),
                        percentages(r.rates()),
                        r.samplesPerSecond(),
                        1e3 * r.medianSeconds(),
                        1e3 * r.cpuSeconds(),
                        100 * r.shareOfLimit(),
                        100 * r.shareOfLimitWithNeurons(),
                        r.peakOperationsPerSecond() / GIGA,
                        r.memoryBytes() / MEGA);
            }
            for (TrainingBenchmark.Result r : results) {
                String shares = r.times().entrySet().stream()
                        .filter(e -> e.getValue() > 0)
                        .map(e -> String.format(
                                Locale.ROOT, "%s %.0f %%%s", e.getKey(), 100 * e.getValue(), detail(r, e.getKey())))
                        .collect(Collectors.joining(", "));
                if (!shares.isEmpty()) {
                    out.printf("time of %s at %s: %s%n", title(r.workload()), percentages(r.rates()), shares);
                }
            }
        }
        out.flush();
    }

    /** What a kind of work reaches, to see what of it is left to gain. */
    private static String detail(TrainingBenchmark.Result r, String kind) {
        if (kind.equals("products")) {
            return String.format(
                    Locale.ROOT,
                    " (%.0f GFLOP/s, %.0f %% of a large product's)",
                    r.productOperationsPerSecond() / GIGA,
                    100 * r.productOperationsPerSecond() / r.peakOperationsPerSecond());
        }
        return TrainingBenchmark.NEURONS.contains(kind)
                ? String.format(Locale.ROOT, " (%.2f ns a neuron and step)", r.nanosPerNeuronStep(kind))
                : "";
    }

    private static String percentages(List<Double> rates) {
        return rates.stream()
                .map(r -> String.format(Locale.ROOT, "%.0f", 100 * r))
                .collect(Collectors.joining("/", "", " %"));
    }

    private Map<String, Object> fields(TrainingBenchmark.Result r) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("workload", r.workload().name());
        fields.put("layers", r.workload().layers());
        fields.put("steps", r.workload().steps());
        fields.put("batch", r.workload().batch());
        fields.put("backend", r.backend());
        fields.put("threads", kernels.threads());
        fields.put("precision", r.precision().name().toLowerCase(Locale.ROOT));
        fields.put("samplesPerSecond", r.samplesPerSecond());
        fields.put("shareOfLimit", r.shareOfLimit());
        fields.put("medianMillis", 1e3 * r.medianSeconds());
        fields.put("cpuMillis", 1e3 * r.cpuSeconds());
        fields.put("timedSteps", r.steps());
        fields.put("floatingPointOperationsPerStep", r.workload().floatingPointOperations());
        fields.put("peakGflops", r.peakOperationsPerSecond() / GIGA);
        fields.put("memoryBytes", r.memoryBytes());
        fields.put("loss", r.loss());
        fields.put("firingRates", r.rates());
        fields.put("shareOfTime", r.times());
        fields.put("shareOfLimitWithNeurons", r.shareOfLimitWithNeurons());
        return fields;
    }
}
