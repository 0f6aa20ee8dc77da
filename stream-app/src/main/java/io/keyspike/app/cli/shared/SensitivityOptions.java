package io.keyspike.app.cli.shared;

import io.keyspike.app.hearing.Sensitivity;
import io.keyspike.models.KeywordModel;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options {@code --sensitivity} and {@code --threshold}: how readily keywords are reported. */
public final class SensitivityOptions {

    private static final String NEVER = "never";

    @Option(
            names = {"--sensitivity", "--false-alarms-per-hour"},
            paramLabel = "RATE",
            description = "False alarms an hour to accept of each keyword, such as 0.1; thresholds follow from what was"
                    + " measured of the model (default: the thresholds in the model).")
    private @Nullable Double falseAlarmsPerHour;

    @Option(
            names = "--threshold",
            paramLabel = "WORD=SCORE",
            description = "Score at which a word is reported, above 0 and up to 1, or never. May be repeated.")
    private Map<String, String> thresholds = new TreeMap<>();

    /**
     * What the options say.
     *
     * @throws CommandException with {@link ExitCode#USAGE} if a value is out of range
     */
    public Sensitivity get() {
        var scores = new TreeMap<String, Optional<Float>>();
        thresholds.forEach((word, score) -> scores.put(word, score(word, score)));
        try {
            return new Sensitivity(falseAlarmsPerHour, scores);
        } catch (IllegalArgumentException e) {
            throw new CommandException(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * As {@link #get}, for a model.
     *
     * @throws CommandException with {@link ExitCode#USAGE} also if the model does not have the words, or no measured rates
     */
    public Sensitivity checked(KeywordModel model) {
        Sensitivity sensitivity = get();
        String problem = sensitivity.problem(model);
        if (problem != null) {
            throw new CommandException(ExitCode.USAGE, problem);
        }
        return sensitivity;
    }

    private static Optional<Float> score(String word, String text) {
        if (text.equals(NEVER)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Float.valueOf(text));
        } catch (NumberFormatException e) {
            throw new CommandException(
                    ExitCode.USAGE, "--threshold: expected a number or 'never' for " + word + ", found " + text, e);
        }
    }
}
