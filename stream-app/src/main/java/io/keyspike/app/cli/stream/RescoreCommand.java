package io.keyspike.app.cli.stream;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyspike.app.cli.arguments.TimeArguments;
import io.keyspike.app.cli.shared.CommandException;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.app.cli.shared.JsonOption;
import io.keyspike.app.cli.shared.KafkaOptions;
import io.keyspike.app.cli.shared.ModelsOption;
import io.keyspike.app.cli.shared.ProgressBars;
import io.keyspike.app.cli.shared.RecordRangeOptions;
import io.keyspike.app.cli.shared.StopSignal;
import io.keyspike.app.cli.shared.Terminal;
import io.keyspike.app.cluster.PublishedModels;
import io.keyspike.app.kafka.rescore.Rescoring;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.file.ModelFiles;
import io.keyspike.models.spotter.KeywordSpotter;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code keyspike rescore}: runs another model over archived audio. */
@Command(
        name = "rescore",
        description = {
            "Runs a model of your choice over the archived audio of audio-frames, at full speed, and writes"
                    + " its detections to a separate topic. A running service is not affected.",
            "",
            "Times are record timestamps: " + TimeArguments.HELP + ".%n"
        })
public final class RescoreCommand implements Callable<Integer> {

    @Mixin
    private KafkaOptions kafka = new KafkaOptions();

    @Option(
            names = "--model",
            paramLabel = "NAME|FILE|VERSION",
            required = true,
            description = "Model to run: a name or file on this machine, or a version published in the cluster.")
    private String model = "";

    @Mixin
    private ModelsOption models = new ModelsOption();

    @Option(
            names = "--out",
            paramLabel = "TOPIC",
            required = true,
            description = "Topic to write events to; created if missing.")
    private String out = "";

    @Mixin
    private RecordRangeOptions range = new RecordRangeOptions();

    @Option(
            names = "--lead-in",
            paramLabel = "SECONDS",
            defaultValue = "5",
            description =
                    "Audio before --from to warm up on, without reporting detections (default: ${DEFAULT-VALUE}).")
    private double leadInSeconds;

    @Mixin
    private GapOption gap = new GapOption();

    @Option(
            names = "--workers",
            paramLabel = "N",
            description = "Partitions processed in parallel (default: one per core).")
    private @Nullable Integer workers;

    @Option(names = "--resume", description = "Skip events that are already in the topic.")
    private boolean resume;

    @Mixin
    private JsonOption json = new JsonOption();

    @Spec
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Map<String, String> settings = kafka.clientSettings("rescore");
        KeywordSpotter spotter = spotter(settings);
        var rescoring = new Rescoring(settings, spotter, request());
        Rescoring.Result result;
        try (var running = new StopSignal()) {
            try (var bars = new ProgressBars(Terminal.isThere())) {
                result = rescoring.run(
                        running,
                        (done, total, seconds) ->
                                bars.show("rescore", done, total, "%,.0f s of audio".formatted(seconds)));
            }
            print(spotter.model().version(), result);
            return result.complete() ? ExitCode.OK : ExitCode.INTERRUPTED;
        }
    }

    private Rescoring.Request request() {
        try {
            return new Rescoring.Request(
                    range.from(),
                    range.to(),
                    Duration.ofMillis(Math.round(leadInSeconds * 1_000)),
                    out,
                    range.devices(),
                    gap.policy(),
                    workers != null ? workers : Runtime.getRuntime().availableProcessors(),
                    resume);
        } catch (IllegalArgumentException e) {
            throw new CommandException(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
        }
    }

    private KeywordSpotter spotter(Map<String, String> settings) throws IOException {
        var kernels = Backends.preferredSteps();
        boolean published = model.contains("@") && !Path.of(model).toFile().exists();
        KeywordModel read;
        try {
            read = published
                    ? ModelFiles.parse(
                            new PublishedModels(settings, kernels, InstantSource.system()).file(model), model)
                    : ModelFiles.read(models.locator().fileOf(model));
            return new KeywordSpotter(read, kernels);
        } catch (IllegalArgumentException e) {
            throw new CommandException(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
        }
    }

    private void print(String version, Rescoring.Result result) throws JsonProcessingException {
        PrintWriter text = spec.commandLine().getOut();
        if (json.isSet()) {
            var mapper = new ObjectMapper();
            text.println(mapper.writeValueAsString(mapper.createObjectNode()
                    .put("model", version)
                    .put("topic", out)
                    .put("complete", result.complete())
                    .put("records", result.records())
                    .put("devices", result.devices())
                    .put("audioSeconds", result.audioSeconds())
                    .put("events", result.events())
                    .put("eventsKnown", result.known())
                    .put("refused", result.refused())
                    .put("seconds", result.seconds())
                    .put("timesRealTime", result.timesRealTime())));
        } else {
            text.printf(
                    Locale.ROOT,
                    "%s%,d events of %s from %,d device%s in %s; %,.0f s of audio in %.1f s, %,.0f x real time%s%s%n",
                    result.complete() ? "" : "incomplete: ",
                    result.events(),
                    version,
                    result.devices(),
                    result.devices() == 1 ? "" : "s",
                    out,
                    result.audioSeconds(),
                    result.seconds(),
                    result.timesRealTime(),
                    result.known() == 0 ? "" : "; %,d events already present".formatted(result.known()),
                    result.refused() == 0 ? "" : "; %,d records rejected".formatted(result.refused()));
        }
        text.flush();
    }
}
