package io.keyspike.app.cli.chip;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyspike.app.cli.shared.CommandException;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.app.cli.shared.JsonOption;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.chip.ChipCheck;
import io.keyspike.models.chip.ChipProfile;
import io.keyspike.models.chip.CoreMap;
import io.keyspike.models.chip.Violation;
import io.keyspike.trainer.report.CoreMapPicture;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code chip map}: shows the assignment of neurons to cores. */
@Command(name = "map", description = "Shows how the neurons of a model are assigned to the cores of a chip.")
public final class ChipMapCommand implements Callable<Integer> {

    @Mixin
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private ChipOptions chip;

    @Option(names = "--picture", paramLabel = "FILE", description = "Also write the map to this PNG file.")
    private @Nullable Path picture;

    @Mixin
    private JsonOption json = new JsonOption();

    @Spec
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        KeywordModel model = chip.model();
        ChipProfile profile = chip.profile();
        ChipCheck check = ChipCheck.of(model, profile);
        CoreMap map = check.map();
        if (map == null) {
            throw new CommandException(ExitCode.FAILED, reason(check));
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json.isSet()) {
            out.println(new ObjectMapper().writeValueAsString(map));
        } else {
            print(out, model, profile, map);
        }
        if (picture != null) {
            CoreMapPicture.write(picture, profile.name(), map);
            if (!json.isSet()) {
                out.println("picture written to " + picture);
            }
        }
        out.flush();
        return ExitCode.OK;
    }

    private static String reason(ChipCheck check) {
        return check.violations().stream()
                .filter(v -> v.constraint() == Violation.Constraint.NEURONS
                        || v.constraint() == Violation.Constraint.RECURRENCE)
                .map(Violation::sentence)
                .findFirst()
                .orElse("the network cannot be mapped to the chip's cores");
    }

    private static void print(PrintWriter out, KeywordModel model, ChipProfile profile, CoreMap map) {
        out.println(model.version() + " on " + profile.name());
        if (map.frontEnd() > 0) {
            out.println("front end  " + map.frontEnd() + " neurons, one per filter");
        }
        for (int core = 0; core < map.cores().size(); core++) {
            out.println("core " + core + "     " + map.used(core) + " of "
                    + map.cores().get(core) + " neurons");
            for (CoreMap.Placement p : map.placements()) {
                if (p.core() == core) {
                    out.printf(
                            "  slots %3d to %3d   %s %d to %d%n",
                            p.firstSlot(),
                            p.firstSlot() + p.count() - 1,
                            p.layer(),
                            p.firstNeuron(),
                            p.firstNeuron() + p.count() - 1);
                }
            }
        }
    }
}
