package io.keyspike.app.cli.doctor;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.app.cli.shared.JsonOption;
import io.keyspike.app.cli.shared.ModelsOption;
import io.keyspike.app.cli.shared.UserFolders;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code doctor}: checks everything that Keyspike needs from a machine, and says how to fix what is missing. */
@Command(
        name = "doctor",
        description = {
            "Checks this machine, and says how to fix each problem it finds.",
            "",
            "A missing microphone, GPU or data set is only a warning, since few commands need it. If anything else is "
                    + "missing, the exit code is 3."
        })
public final class DoctorCommand implements Callable<Integer> {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT",
            description = "Kafka broker to connect to (default: check that a broker can be started in this process).")
    private @Nullable String bootstrapServers;

    @Mixin
    private ModelsOption models = new ModelsOption();

    @Mixin
    private JsonOption json = new JsonOption();

    @Spec
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        List<Diagnosis> diagnoses = examine();
        PrintWriter out = spec.commandLine().getOut();
        boolean healthy = diagnoses.stream().noneMatch(d -> d.verdict() == Diagnosis.Verdict.MISSING);
        if (json.isSet()) {
            ObjectNode object = JSON.createObjectNode().put("ok", healthy);
            object.set("checks", JSON.valueToTree(diagnoses));
            out.println(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(object));
        } else {
            for (Diagnosis d : diagnoses) {
                out.printf("%-8s %-11s %s%n", d.verdict().name().toLowerCase(Locale.ROOT), d.subject(), d.finding());
                if (!d.todo().isEmpty()) {
                    out.printf("%-20s → %s%n", "", d.todo());
                }
            }
        }
        out.flush();
        return healthy ? ExitCode.OK : ExitCode.ENVIRONMENT;
    }

    private List<Diagnosis> examine() throws IOException {
        var machine = new MachineChecks(System.getenv());
        var diagnoses = new ArrayList<Diagnosis>();
        diagnoses.add(machine.java());
        diagnoses.add(machine.vectorApi());
        diagnoses.add(machine.machine());
        diagnoses.add(HomeCheck.of(UserFolders.places()));
        diagnoses.add(machine.microphone());
        diagnoses.add(
                bootstrapServers == null ? ServiceChecks.embeddedBroker() : ServiceChecks.broker(bootstrapServers));
        diagnoses.add(machine.gpu());
        diagnoses.add(ServiceChecks.shippedModels(models.locator()));
        diagnoses.add(machine.recordings());
        return diagnoses;
    }
}
