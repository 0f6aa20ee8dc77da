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
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code chip check}: lists every violation of a chip's constraints by a model. */
@Command(
        name = "check",
        description = {
            "Checks whether a model fits a chip, and lists each violation with layer, index, value and limit.",
            "Exits with 0 if it fits, with 1 if it does not."
        })
public final class ChipCheckCommand implements Callable<Integer> {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private ChipOptions chip;

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
            print(out, model, check);
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

    private static void print(PrintWriter out, KeywordModel model, ChipCheck check) {
        String name = check.profile().name();
        if (check.fits()) {
            out.println(model.version() + " fits " + name);
        } else {
            Map<Violation.Constraint, Integer> counts = new EnumMap<>(Violation.Constraint.class);
            for (Violation v : check.violations()) {
                out.println(v.sentence());
                counts.merge(v.constraint(), 1, Integer::sum);
            }
            out.println();
            out.println(model.version() + " does not fit " + name + ": "
                    + check.violations().size() + " violations " + counts);
        }
        check.notes().forEach(note -> out.println("note: " + note));
    }
}
