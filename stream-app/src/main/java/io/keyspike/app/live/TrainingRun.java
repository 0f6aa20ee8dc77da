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
    /** Of the sentence that says what to expect of the model. */
    private static final Pattern EXPECTATION =
            Pattern.compile("(In [0-9.,]+ minutes of other speech it |It missed ).*");

    private static final Pattern EPOCH =
            Pattern.compile("epoch +(\\d+) .*(?:validation|heard in streams) +([0-9.]+) %.*");
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]*");
    private static final int STOP_SECONDS = 20;

    static final double USUAL_FALSE_ALARMS = 0.5;

    private static final double MOST_FALSE_ALARMS = 100;

    /**
     * What to learn.
     *
     * @param word what is said, such as {@code hey penguin}
     * @param folder name of the folder of its recordings, where there are some
     * @param falseAlarmsPerHour how often it may be reported falsely
     */
    public record Task(String word, String folder, double falseAlarmsPerHour) {}

    /** How to start a training run. */
    public interface Starter {
        /**
         * Starts {@code keyword new} in a separate process.
         *
         * @param task what to learn
         * @param name of the model
         * @param out the model file to write
         */
        Process start(Task task, String name, Path out) throws IOException;
    }

    private final Starter starter;
    private final Path outFolder;
    private final BiConsumer<String, Path> onModel;
    private final ArrayDeque<String> lines = new ArrayDeque<>();
    private @Nullable Process process;
    private String status = "idle";
    private String name = "";
    private int epoch;
    private double validationPercent;
    private String expectation = "";

    /**
     * @param outFolder where models are written first
     * @param onModel receives the name and file of a trained model
     */
    public TrainingRun(Starter starter, Path outFolder, BiConsumer<String, Path> onModel) {
        this.starter = starter;
        this.outFolder = outFolder;
        this.onModel = onModel;
    }

    synchronized ObjectNode state() {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("status", status);
        node.put("name", name);
        node.put("epoch", epoch);
        node.put("validationPercent", validationPercent);
        node.put("expectation", expectation);
        ArrayNode said = node.putArray("lines");
        lines.forEach(said::add);
        return node;
    }

    /** @throws RequestException if one is in progress, or a name is invalid */
    synchronized void start(Task task, String modelName, LiveFeed feed) throws IOException {
        if (process != null) {
            throw new RequestException(409, "a training run is already in progress");
        }
        if (!(task.falseAlarmsPerHour() > 0 && task.falseAlarmsPerHour() <= MOST_FALSE_ALARMS)) {
            throw RequestException.malformed("expected more than 0 and at most " + MOST_FALSE_ALARMS
                    + " false alarms an hour, found something else");
        }
        if (!KeywordModel.isName(modelName) || !NAME.matcher(modelName).matches()) {
            throw RequestException.malformed("expected a name of up to 64 of a-z, 0-9 and '-', found something else");
        }
        Path out = outFolder.resolve(modelName + ".safetensors");
        Process started = starter.start(task, modelName, out);
        process = started;
        status = "running";
        name = modelName;
        epoch = 0;
        validationPercent = 0;
        expectation = "";
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
        if (EXPECTATION.matcher(shown).matches()) {
            expectation = shown;
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
