package io.keyspike.app.cli.demo;

import io.keyspike.app.cli.arguments.Input;
import io.keyspike.app.cli.shared.CommandException;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.app.cli.shared.HttpOptions;
import io.keyspike.app.cli.shared.JsonOption;
import io.keyspike.app.cli.shared.KeyspikeHome;
import io.keyspike.app.cli.shared.MeterOptions;
import io.keyspike.app.cli.shared.ModelLocator;
import io.keyspike.app.cli.shared.ModelsOption;
import io.keyspike.app.cli.shared.PageOptions;
import io.keyspike.app.cli.shared.SensitivityOptions;
import io.keyspike.app.cli.shared.StopSignal;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code keyspike demo}: runs the whole system on this machine and checks the result. */
@Command(
        name = "demo",
        description = {
            "Runs and checks the whole system: a Kafka broker in this process, two devices that stream spoken sentences in"
                    + " real time, the service that detects keywords in them, its metrics, and a second model that takes"
                    + " over halfway through.",
            "Finishes in less than a minute, and exits with 0 if every word was detected.%n"
        })
public final class DemoCommand implements Callable<Integer> {

    private static final long MINUTE_NANOS = 60_000_000_000L;

    @Option(names = "--fast", description = "Run as fast as possible instead of in real time.")
    private boolean fast;

    @Option(names = "--keep-open", description = "Keep the live page open after the verdict, until Ctrl-C.")
    private boolean keepOpen;

    @Mixin
    private JsonOption json = new JsonOption();

    @Mixin
    private HttpOptions http = new HttpOptions();

    @Mixin
    private PageOptions page = new PageOptions();

    @Mixin
    private MeterOptions meters = new MeterOptions();

    @Option(
            names = "--sentences",
            paramLabel = "DIR",
            description = "Folder with sentences.json and its audio files (default: demo in Keyspike's own folder).")
    @Input(Input.Kind.FOLDER)
    private @Nullable Path folder;

    @Mixin
    private ModelsOption models = new ModelsOption();

    @Mixin
    private SensitivityOptions sensitivity = new SensitivityOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        List<DemoSentence> sentences = DemoSentence.readAll(folder != null ? folder : KeyspikeHome.folder("demo"));
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter live = json.isSet() ? spec.commandLine().getErr() : out;
        try (var running = new StopSignal()) {
            DemoReport report = new DemoRun(
                            sentences,
                            modelFiles(sentences),
                            !fast,
                            http,
                            page,
                            meters,
                            sensitivity.get(),
                            running,
                            line -> {
                                live.println(line);
                                live.flush();
                            },
                            finished -> {
                                print(finished, out);
                                if (keepOpen) {
                                    live.println("the live page stays open; press Ctrl-C to end");
                                    live.flush();
                                    while (running.sleepUntil(System.nanoTime() + MINUTE_NANOS)) {
                                        // only Ctrl-C ends the wait
                                    }
                                }
                            })
                    .run();
            if (report == null) {
                return ExitCode.INTERRUPTED;
            }
            return report.passed() ? ExitCode.OK : ExitCode.FAILED;
        }
    }

    private void print(DemoReport report, PrintWriter out) {
        if (json.isSet()) {
            out.println(report.json().toPrettyString());
            out.flush();
        } else {
            report.print(out);
        }
    }

    private Map<String, Path> modelFiles(List<DemoSentence> sentences) {
        ModelLocator locator = models.locator();
        var files = new LinkedHashMap<String, Path>();
        for (DemoSentence sentence : sentences) {
            if (!locator.all().containsKey(sentence.model())) {
                throw new CommandException(
                        ExitCode.ENVIRONMENT,
                        "the demo needs the model " + sentence.model() + ", which is neither in "
                                + locator.shippedFolder() + " nor in " + locator.registryFolder());
            }
            files.put(sentence.model(), locator.fileOf(sentence.model()));
        }
        return files;
    }
}
