package io.keyspike.app.cli.models;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyspike.app.cli.arguments.Input;
import io.keyspike.app.cli.shared.ChosenModel;
import io.keyspike.app.cli.shared.CommandException;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.app.cli.shared.JsonOption;
import io.keyspike.app.cli.shared.KafkaOptions;
import io.keyspike.app.cli.shared.ModelCheck;
import io.keyspike.app.cli.shared.ModelLocator;
import io.keyspike.app.cli.shared.ModelParameter;
import io.keyspike.app.cli.shared.ModelsOption;
import io.keyspike.app.cli.shared.Printable;
import io.keyspike.app.cli.shared.QualityText;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.description.Spelling;
import io.keyspike.models.description.StreamQuality;
import io.keyspike.models.file.ModelFileException;
import io.keyspike.models.file.ModelFiles;
import io.keyspike.models.registry.ModelRegistry;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code models}: lists, inspects, verifies and activates models. */
@Command(
        name = "models",
        description = {
            "Lists, inspects, verifies and activates models.",
            "",
            "MODEL is a file or a name. Names are looked up in your models folder, then among the models shipped with"
                    + " Keyspike. Running services follow 'use' and 'rollback' without interruption.",
            "",
            "With --bootstrap-servers, list, use and rollback work on the models of a cluster: those that 'publish' wrote"
                    + " to its topic keyspike-models, which every service of the cluster follows. There, MODEL is a"
                    + " version, or a name, which stands for its most recently published version."
        },
        subcommands = {
            ModelsCommand.ListModels.class,
            ModelsCommand.Inspect.class,
            ModelsCommand.Verify.class,
            ModelsCommand.Use.class,
            ModelsCommand.Rollback.class,
            ModelsCommand.Add.class,
            ModelsPublishCommand.class,
            ModelsShadowCommand.class,
            ModelsCompareCommand.class,
            ModelsRemoveCommand.class
        })
public final class ModelsCommand implements Runnable {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin
    private ModelsOption models = new ModelsOption();

    @Spec
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "expected a command: one of "
                        + String.join(", ", spec.subcommands().keySet()));
    }

    private int list(boolean json) throws IOException {
        ArrayNode models = JSON.createArrayNode();
        var falseAlarms = new ArrayList<String>();
        String inUse = inUse();
        for (ModelLocator.Located located : locator().all().values()) {
            ObjectNode entry = models.addObject()
                    .put("name", located.name())
                    .put("inUse", located.name().equals(inUse))
                    .put("shipped", located.shipped())
                    .put("file", located.file().toString());
            KeywordModel model = describe(located.file(), entry);
            falseAlarms.add(model == null ? "" : "  " + QualityText.brief(model));
            if (model != null) {
                StreamQuality quality = model.quality();
                entry.put("falseAlarmsPerHour", QualityText.falseAlarmsPerHour(model))
                        .put("measuredOn", quality == null ? null : quality.measuredOn());
            }
        }
        if (json) {
            return print(models);
        }
        PrintWriter out = out();
        for (int i = 0; i < models.size(); i++) {
            var entry = models.get(i);
            out.printf(
                    "%s %-20s %-34s %s%s%n",
                    entry.get("inUse").asBoolean() ? "*" : " ",
                    Printable.line(entry.get("name").asText()),
                    entry.get("valid").asBoolean() ? entry.get("version").asText() : "not valid",
                    entry.get("shipped").asBoolean()
                            ? "shipped with Keyspike"
                            : Printable.line(entry.get("file").asText()),
                    falseAlarms.get(i));
        }
        if (models.isEmpty()) {
            out.println("No models in " + locator().registryFolder() + " or "
                    + locator().shippedFolder() + "; add one with 'keyspike models add FILE' or 'keyspike train'.");
        }
        out.flush();
        return ExitCode.OK;
    }

    private int inspect(Path file, boolean json) throws IOException {
        var sheet = new ModelSheet(ModelFiles.read(file), file);
        if (json) {
            return print(sheet.json());
        }
        sheet.print(out());
        return ExitCode.OK;
    }

    private int verify(Path file, boolean json) throws IOException {
        ObjectNode result = JSON.createObjectNode().put("file", file.toString());
        boolean valid = describe(file, result) != null;
        if (json) {
            print(result);
        } else if (valid) {
            out().println(result.get("version").asText() + " is valid.");
            out().flush();
        } else {
            throw new CommandException(ExitCode.FAILED, result.get("error").asText());
        }
        return valid ? ExitCode.OK : ExitCode.FAILED;
    }

    private int use(String name) throws IOException {
        ModelLocator.Located located = locator().all().get(name);
        if (located == null) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "no model named '" + name + "'"
                            + Spelling.hint(name, locator().all().keySet()) + "; available: "
                            + String.join(", ", locator().all().keySet()) + "; 'keyspike models add' adds a file");
        }
        try (ModelRegistry registry = open()) {
            if (located.shipped()) {
                registry.add(located.file(), name);
            }
            registry.use(name);
            return say(registry.current().model().version() + " is now active.");
        }
    }

    private int rollback() throws IOException {
        try (ModelRegistry registry = open()) {
            registry.rollback();
            return say(registry.current().model().version() + " is active again.");
        } catch (IllegalStateException e) {
            throw new CommandException(ExitCode.FAILED, String.valueOf(e.getMessage()), e);
        }
    }

    private int add(Path file, @Nullable String name) throws IOException {
        KeywordModel model = ModelFiles.read(file);
        String given = name == null ? model.name() : name;
        try (ModelRegistry registry = open()) {
            registry.add(file, given);
            model = ModelFiles.read(registry.fileOf(given));
        } catch (IllegalArgumentException e) {
            throw new CommandException(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
        }
        return say(model.version() + " is registered as '" + given + "'.");
    }

    int remove(String name) throws IOException {
        ModelLocator.Located located = locator().all().get(name);
        if (located != null && located.shipped()) {
            throw new CommandException(
                    ExitCode.USAGE, "'" + name + "' is shipped with Keyspike; only models of your own can be removed");
        }
        try (ModelRegistry registry = open()) {
            registry.remove(name);
        } catch (IllegalArgumentException e) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "no model named '" + name + "' in " + locator().registryFolder()
                            + Spelling.hint(name, locator().all().keySet()),
                    e);
        } catch (IllegalStateException e) {
            throw new CommandException(ExitCode.FAILED, String.valueOf(e.getMessage()), e);
        }
        return say("'" + name + "' has been removed.");
    }

    ModelLocator locator() {
        return models.locator();
    }

    private ModelRegistry open() throws IOException {
        return locator().open();
    }

    /** Name of the model that runs where none is named: the active one, or the default where none is active. */
    private String inUse() throws IOException {
        if (!Files.isDirectory(locator().registryFolder())) {
            return ChosenModel.DEFAULT_MODEL; // listing must not create the folder
        }
        try (ModelRegistry registry = open()) {
            return registry.list().stream()
                    .filter(ModelRegistry.Entry::inUse)
                    .map(ModelRegistry.Entry::name)
                    .findFirst()
                    .orElse(ChosenModel.DEFAULT_MODEL);
        }
    }

    /** Fills in {@code valid}, and {@code version} or {@code error}. @return the model; null if the file is not valid */
    private static @Nullable KeywordModel describe(Path file, ObjectNode into) throws IOException {
        try {
            KeywordModel model = ModelCheck.read(file);
            into.put("valid", true).put("version", model.version());
            return model;
        } catch (ModelFileException e) {
            into.put("valid", false).put("error", e.getMessage());
            return null;
        }
    }

    private int say(String sentence) {
        out().println(sentence);
        out().flush();
        return ExitCode.OK;
    }

    private int print(Object json) throws JsonProcessingException {
        return say(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json));
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    /** What all subcommands share. */
    abstract static class Sub implements Callable<Integer> {
        @ParentCommand
        @SuppressWarnings("NullAway.Init") // injected by picocli
        ModelsCommand models;
    }

    /** What subcommands that work on either a folder or a cluster share. */
    abstract static class Either extends Sub {
        @Mixin
        private KafkaOptions kafka = new KafkaOptions();

        /** Null if no cluster was given. */
        @Nullable
        ClusterModels cluster() {
            return kafka.bootstrapServers() == null
                    ? null
                    : ClusterModels.at(kafka.clientSettings("models"), models.spec.commandLine());
        }
    }

    @Command(
            name = "list",
            description =
                    "Lists the models with the false alarms an hour measured at their thresholds; * marks the active one.")
    static final class ListModels extends Either {
        @Mixin
        private JsonOption json = new JsonOption();

        @Override
        public Integer call() throws IOException {
            ClusterModels cluster = cluster();
            return cluster == null ? models.list(json.isSet()) : cluster.list(json.isSet());
        }
    }

    /** What subcommands that read one model share. */
    abstract static class Look extends Sub {
        @Mixin
        ModelParameter model = new ModelParameter();

        @Mixin
        JsonOption json = new JsonOption();
    }

    @Command(name = "inspect", description = "Describes a model: features, layers, decision, chip and provenance.")
    static final class Inspect extends Look {
        @Override
        public Integer call() throws IOException {
            return models.inspect(model.file(models.locator()), json.isSet());
        }
    }

    @Command(
            name = "verify",
            description =
                    "Reads a whole model file, verifies its checksum and runs it; exits with 1 if it is not valid.")
    static final class Verify extends Look {
        @Override
        public Integer call() throws IOException {
            return models.verify(model.file(models.locator()), json.isSet());
        }
    }

    @Command(
            name = "use",
            description =
                    "Activates a model, for every command and service that follows the models folder, or in a cluster.")
    static final class Use extends Either {
        @Parameters(paramLabel = "NAME", description = "Name of a model; in a cluster, also a version.")
        @SuppressWarnings("NullAway.Init") // injected by picocli
        private String name;

        @Override
        public Integer call() throws IOException {
            ClusterModels cluster = cluster();
            return cluster == null ? models.use(name) : cluster.use(name);
        }
    }

    @Command(
            name = "rollback",
            description = "Reactivates the previously active model; before the first one, that was the default model.")
    static final class Rollback extends Either {
        @Override
        public Integer call() throws IOException {
            ClusterModels cluster = cluster();
            return cluster == null ? models.rollback() : cluster.rollback();
        }
    }

    @Command(name = "add", description = "Copies a valid model file into the models folder; 'use' activates it.")
    static final class Add extends Sub {
        @Parameters(paramLabel = "FILE", description = "Model file.")
        @Input(Input.Kind.FILE)
        @SuppressWarnings("NullAway.Init") // injected by picocli
        private Path file;

        @Option(
                paramLabel = "NAME",
                names = "--name",
                description = "Name to register it under (default: the name in the file).")
        private @Nullable String name;

        @Override
        public Integer call() throws IOException {
            return models.add(file, name);
        }
    }
}
