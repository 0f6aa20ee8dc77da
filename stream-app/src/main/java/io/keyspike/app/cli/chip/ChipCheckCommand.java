package io.keyspike.app.cli.chip;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.app.cli.shared.JsonOption;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.chip.ChipCheck;
import io.keyspike.models.chip.Violation;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code chip check}: lists every violation of a chip's constraints by a model. */
@Command(
        name = "check",
        description = {
            "Checks whether a model fits a chip. If not, counts the violations by layer and rule, and lists the first ten"
                    + " with index, value and limit.",
            "Exits with 0 if it fits, with 1 if it does not."
        })
public final class ChipCheckCommand implements Callable<Integer> {

    /** A model that was not made for a chip may violate a rule in each of its weights. */
    private static final int FIRST = 10;

    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private ChipOptions chip;

    @Option(names = "--all", description = "List every violation; --json does so always.")
    private boolean all;

    @Mixin
    private JsonOption json = new JsonOption();

    @Spec
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        KeywordModel model = chip.model();
        ChipCheck check = ChipCheck.of(model, chip.profile());
        PrintWriter out = spec.commandLine().getOut();
        if (json.isSet()) {
            out.println(json(model, check));
        } else {
            print(out, model, check, all ? Integer.MAX_VALUE : FIRST);
        }
        out.flush();
        return check.fits() ? ExitCode.OK : ExitCode.FAILED;
    }

    private static String json(KeywordModel model, ChipCheck check) throws IOException {
        ObjectNode o = JSON.createObjectNode()
                .put("model", model.version())
                .put("profile", check.profile().name())
                .put("fits", check.fits());
        for (Violation v : check.violations()) {
            o.withArrayProperty("violations")
                    .addObject()
                    .put("constraint", v.constraint().toString())
                    .put("layer", v.layer())
                    .put("index", v.index())
                    .put("value", v.value())
                    .put("limit", v.limit());
        }
        check.notes().forEach(note -> o.withArrayProperty("notes").add(note));
        return JSON.writeValueAsString(o);
    }

    private static void print(PrintWriter out, KeywordModel model, ChipCheck check, int most) {
        String name = check.profile().name();
        List<Violation> violations = check.violations();
        if (check.fits()) {
            out.println(model.version() + " fits " + name);
        } else {
            out.printf(
                    Locale.ROOT,
                    "%s does not fit %s: %,d violation%s%n%n",
                    model.version(),
                    name,
                    violations.size(),
                    violations.size() == 1 ? "" : "s");
            table(out, violations);
            out.println();
            violations.stream().limit(most).map(Violation::sentence).forEach(out::println);
            if (violations.size() > most) {
                out.printf(Locale.ROOT, "and %,d more; --all lists them%n", violations.size() - most);
            }
        }
        check.notes().forEach(note -> out.println("note: " + note));
    }

    /** How often each layer violates each rule, in the order of the checks. */
    private static void table(PrintWriter out, List<Violation> violations) {
        var counts = new LinkedHashMap<String, Map<Violation.Constraint, Integer>>();
        for (Violation v : violations) {
            counts.computeIfAbsent(v.layer(), layer -> new EnumMap<>(Violation.Constraint.class))
                    .merge(v.constraint(), 1, Integer::sum);
        }
        int layerWidth = counts.keySet().stream().mapToInt(String::length).max().orElse(0);
        counts.forEach((layer, rules) -> rules.forEach(
                (rule, count) -> out.printf(Locale.ROOT, "  %-" + layerWidth + "s  %-16s %,9d%n", layer, rule, count)));
    }
}
