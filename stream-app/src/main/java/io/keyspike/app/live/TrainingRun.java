package io.keyspike.app.live;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyspike.models.KeywordModel;
import io.keyspike.monitoring.http.RequestException;
import io.keyspike.monitoring.live.LiveFeed;
import io.keyspike.monitoring.live.Message;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A training run in a separate process, one at a time: it uses no memory of this process, and the streams continue however
 * it ends. Its output is shown line by line. Thread-safe.
 */
public final class TrainingRun implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TrainingRun.class);

    /** Number of lines shown. */
    private static final int LINES = 200;

    private static final int LONGEST_LINE = 500;
    private static final Pattern EPOCH = Pattern.compile("epoch +(\\d+) .*validation +([0-9.]+) %.*");
    private static final int STOP_SECONDS = 20;

    /** How to start a training run. */
    public interface Starter {
        /**
         * Starts {@code train} in a separate process.
         *
         * @param config name of a configuration
         * @param out the model file to write
         */
        Process start(String config, Path out) throws IOException;
    }

    private final List<String> configs;
    private final Starter starter;
    private final Path outFolder;
    private final BiConsumer<String, Path> onModel;
    private final ArrayDeque<String> lines = new ArrayDeque<>();
    private @Nullable Process process;
    private String status = "idle";
    private String name = "";
    private int epoch;
    private double validationPercent;

    /**
     * @param configs names of the configurations to choose from
     * @param outFolder where models are written first
     * @param onModel receives the name and file of a trained model
     */
    public TrainingRun(List<String> configs, Starter starter, Path outFolder, BiConsumer<String, Path> onModel) {
        this.configs = List.copyOf(configs);
        this.starter = starter;
        this.outFolder = outFolder;
        this.onModel = onModel;
    }

    synchronized ObjectNode state() {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        ArrayNode names = node.putArray("configs");
        configs.forEach(names::add);
        node.put("status", status);
        node.put("name", name);
        node.put("epoch", epoch);
        node.put("validationPercent", validationPercent);
        ArrayNode said = node.putArray("lines");
        lines.forEach(said::add);
        return node;
    }

    /** @throws RequestException if one is in progress, or a name is invalid */
    synchronized void start(String config, String modelName, LiveFeed feed) throws IOException {
        if (process != null) {
            throw new RequestException(409, "a training run is already in progress");
        }
        if (!configs.contains(config)) {
            throw RequestException.malformed("expected one of " + configs + ", found a different configuration");
        }
        if (!KeywordModel.isName(modelName)) {
            throw RequestException.malformed(
                    "expected a name of up to 64 of a-z, 0-9, '.', '_', '-', found something else");
        }
        Path out = outFolder.resolve(modelName + ".safetensors");
        Process started = starter.start(config, out);
        process = started;
        status = "running";
        name = modelName;
        epoch = 0;
        validationPercent = 0;
        lines.clear();
        tell(feed);
        Thread.ofVirtual().name("training").start(() -> follow(started, out, feed));
    }

    private void follow(Process started, Path out, LiveFeed feed) {
        try (var reader = new BufferedReader(new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                said(line);
                tell(feed);
            }
            int code = started.waitFor();
            if (code == 0) {
                onModel.accept(name, out);
            }
            ended(code == 0 ? "done" : code == 130 || code == 143 ? "stopped" : "failed");
        } catch (IOException | RuntimeException e) {
            LOG.warn("Could not determine how the training ended", e);
            ended("failed");
        } catch (InterruptedException e) {
            ended("stopped");
        }
        tell(feed);
    }

    private synchronized void said(String line) {
        String shown = line.length() > LONGEST_LINE ? line.substring(0, LONGEST_LINE) : line;
        lines.addLast(shown);
        if (lines.size() > LINES) {
            lines.removeFirst();
        }
        Matcher matcher = EPOCH.matcher(shown);
        if (matcher.matches()) {
            epoch = Integer.parseInt(matcher.group(1));
            validationPercent = Double.parseDouble(matcher.group(2));
        }
    }

    private synchronized void ended(String how) {
        process = null;
        status = how;
    }

    private void tell(LiveFeed feed) {
        ObjectNode now = state();
        feed.tellAll(new Message("training", () -> now));
    }

    /** Asks the training to stop; it leaves a checkpoint. */
    synchronized void stop() {
        if (process != null) {
            ask(process);
        }
    }

    /** Terminates the process without closing its output streams, as {@link Process#destroy} would. */
    private static void ask(Process training) {
        training.toHandle().destroy();
    }

    @Override
    public void close() {
        Process left;
        synchronized (this) {
            left = process;
        }
        if (left != null) {
            ask(left);
            try {
                if (!left.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                    left.destroyForcibly();
                }
            } catch (InterruptedException e) {
                left.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }
}
