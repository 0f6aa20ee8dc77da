package io.keyspike.app.cli.models;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyspike.app.cli.arguments.TimeArguments;
import io.keyspike.app.cli.shared.CommandException;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.app.cli.shared.JsonOption;
import io.keyspike.app.cli.shared.KafkaOptions;
import io.keyspike.app.cli.shared.Printable;
import io.keyspike.app.cli.shared.RecordRangeOptions;
import io.keyspike.app.cluster.PublishedModels;
import io.keyspike.app.hearing.KeywordEvent;
import io.keyspike.app.kafka.rescore.EventComparison;
import io.keyspike.app.kafka.wire.EventRange;
import io.keyspike.app.kafka.wire.Topics;
import io.keyspike.kernels.backends.Backends;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code models compare}: agreement of two models on the same audio. */
@Command(
        name = "compare",
        description = {
            "Compares the events of two topics: those of the active and the shadow model, or those written by 'rescore'."
                    + " Events match if they have the same device, session and word, and are close in time.",
            "",
            "Without --from, a comparison with the shadow model starts when that model was chosen. Times are record"
                    + " timestamps: " + TimeArguments.HELP + ".%n"
        })
final class ModelsCompareCommand implements Callable<Integer> {

    @Mixin
    private KafkaOptions kafka = new KafkaOptions();

    @Option(
            names = "--a",
            paramLabel = "TOPIC",
            defaultValue = Topics.KEYWORD_EVENTS,
            description = "Topic of the first model's events (default: ${DEFAULT-VALUE}).")
    private String a = Topics.KEYWORD_EVENTS;

    @Option(
            names = "--b",
            paramLabel = "TOPIC",
            defaultValue = Topics.SHADOW_EVENTS,
            description = "Topic of the second model's events (default: ${DEFAULT-VALUE}).")
    private String b = Topics.SHADOW_EVENTS;

    @Mixin
    private RecordRangeOptions range = new RecordRangeOptions();

    @Option(
            names = "--tolerance",
            paramLabel = "SECONDS",
            defaultValue = "0.5",
            description = "Largest time difference between matching events (default: ${DEFAULT-VALUE}).")
    private double toleranceSeconds;

    @Mixin
    private JsonOption json = new JsonOption();

    @Spec
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws JsonProcessingException {
        Map<String, String> settings = kafka.clientSettings("models compare");
        if (!(toleranceSeconds >= 0 && toleranceSeconds <= 3_600)) {
            throw new CommandException(
                    ExitCode.USAGE, "--tolerance: expected 0 to 3600 seconds, found " + toleranceSeconds);
        }
        Instant since = range.from();
        if (since == null && b.equals(Topics.SHADOW_EVENTS)) {
            since = new PublishedModels(settings, Backends.preferredSteps(), InstantSource.system()).shadowSince();
        }
        EventComparison comparison = EventComparison.of(
                read(settings, a, since),
                read(settings, b, since),
                Duration.ofNanos(Math.round(toleranceSeconds * 1e9)));
        if (json.isSet()) {
            printJson(comparison);
        } else {
            print(comparison);
        }
        return ExitCode.OK;
    }

    private List<KeywordEvent> read(Map<String, String> settings, String topic, @Nullable Instant since) {
        var events = new ArrayList<KeywordEvent>();
        EventRange.read(settings, topic, since, range.to(), event -> {
            if (range.devices().isEmpty() || range.devices().contains(event.device())) {
                events.add(event);
            }
        });
        return events;
    }

    private void print(EventComparison comparison) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(Printable.line("A: " + a + " " + comparison.models().getFirst()));
        out.println(Printable.line("B: " + b + " " + comparison.models().getLast()));
        out.printf(
                "%-16s %8s %8s %8s  %-26s %s%n", "word", "both", "only A", "only B", "agreement (95 %)", "score B - A");
        comparison.words().forEach((word, counts) -> print(out, Printable.line(word), counts));
        print(out, "all", comparison.total());
        out.flush();
    }

    private static void print(PrintWriter out, String word, EventComparison.Word counts) {
        if (counts.events() == 0) {
            out.printf("%-16s %8d %8d %8d%n", word, 0, 0, 0);
            return;
        }
        out.printf(
                Locale.ROOT,
                "%-16s %8d %8d %8d  %5.1f %% (%5.1f to %5.1f %%) %+.3f (at most %.3f)%n",
                word,
                counts.both(),
                counts.onlyA(),
                counts.onlyB(),
                100 * counts.agreement(),
                100 * counts.interval().low(),
                100 * counts.interval().high(),
                counts.scoreDifference(),
                counts.largestDifference());
    }

    private void printJson(EventComparison comparison) throws JsonProcessingException {
        var mapper = new ObjectMapper();
        ObjectNode root = mapper.createObjectNode();
        root.putObject("a")
                .put("topic", a)
                .putPOJO("models", comparison.models().getFirst());
        root.putObject("b")
                .put("topic", b)
                .putPOJO("models", comparison.models().getLast());
        ObjectNode words = root.putObject("words");
        comparison.words().forEach((word, counts) -> fill(words.putObject(word), counts));
        fill(root.putObject("all"), comparison.total());
        PrintWriter out = spec.commandLine().getOut();
        out.println(mapper.writerWithDefaultPrettyPrinter().writeValueAsString(root));
        out.flush();
    }

    private static void fill(ObjectNode node, EventComparison.Word counts) {
        node.put("both", counts.both()).put("onlyA", counts.onlyA()).put("onlyB", counts.onlyB());
        if (counts.events() > 0) {
            node.put("agreement", counts.agreement())
                    .put("agreementLow", counts.interval().low())
                    .put("agreementHigh", counts.interval().high());
        }
        node.put("scoreDifference", counts.scoreDifference()).put("largestDifference", counts.largestDifference());
    }
}
