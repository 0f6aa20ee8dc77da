package io.keyspike.app.cli.models;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.keyspike.app.cli.shared.CommandException;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.app.cli.shared.Printable;
import io.keyspike.app.cluster.PublishedModels;
import io.keyspike.kernels.backends.Backends;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine;

/** The {@code models} commands on a cluster: print what was done, or fail with the matching exit code. */
final class ClusterModels {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final PublishedModels models;
    private final Map<String, String> settings;
    private final PrintWriter out;

    private ClusterModels(Map<String, String> settings, CommandLine line) {
        this.models = new PublishedModels(settings, Backends.preferredSteps(), InstantSource.system());
        this.settings = settings;
        this.out = line.getOut();
    }

    static ClusterModels at(Map<String, String> settings, CommandLine line) {
        return new ClusterModels(settings, line);
    }

    /** A change to the cluster's models that returns the version affected. */
    @FunctionalInterface
    private interface Change {
        String make() throws IOException;
    }

    int list(boolean json) throws JsonProcessingException {
        List<PublishedModels.Entry> entries = models.list();
        if (json) {
            ArrayNode array = JSON.createArrayNode();
            for (PublishedModels.Entry entry : entries) {
                array.addObject()
                        .put("version", entry.version())
                        .put("inUse", entry.inUse())
                        .put("shadow", entry.shadow())
                        .put("bytes", entry.bytes())
                        .put("publishedAt", entry.publishedAt().toString());
            }
            return say(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(array));
        }
        for (PublishedModels.Entry entry : entries) {
            out.printf(
                    Locale.ROOT,
                    "%s %-40s %,10d bytes  %s%s%n",
                    entry.inUse() ? "*" : " ",
                    Printable.line(entry.version()),
                    entry.bytes(),
                    entry.publishedAt(),
                    entry.shadow() ? "  shadow" : "");
        }
        if (entries.isEmpty()) {
            out.println("No models in the cluster; publish one with 'keyspike models publish MODEL'.");
        }
        out.flush();
        return ExitCode.OK;
    }

    /** @param thenUse whether to activate it as well */
    int publish(byte[] file, String origin, boolean thenUse) throws IOException {
        PublishedModels.createTopic(settings);
        String version = models.publish(file, origin);
        say(version + " has been published.");
        return thenUse ? use(version) : ExitCode.OK;
    }

    int use(String model) throws IOException {
        return say(done(() -> models.use(model)) + " is now active in the cluster.");
    }

    int rollback() throws IOException {
        return say(done(models::rollback) + " is active in the cluster again.");
    }

    int shadow(String model) throws IOException {
        return say(done(() -> models.shadow(model)) + " is now the shadow model.");
    }

    int endShadow() {
        models.endShadow();
        return say("Shadow model turned off.");
    }

    int remove(String model) throws IOException {
        return say(done(() -> models.remove(model)) + " has been removed.");
    }

    private static String done(Change change) throws IOException {
        try {
            return change.make();
        } catch (IllegalArgumentException e) {
            throw new CommandException(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
        } catch (IllegalStateException e) {
            throw new CommandException(ExitCode.FAILED, String.valueOf(e.getMessage()), e);
        }
    }

    private int say(String sentence) {
        out.println(sentence);
        out.flush();
        return ExitCode.OK;
    }
}
