package io.keyspike.app.cli.keyword;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyspike.app.cli.arguments.Input;
import io.keyspike.app.cli.shared.CommandException;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.app.cli.shared.KernelOptions;
import io.keyspike.app.cli.shared.ModelLocator;
import io.keyspike.app.cli.shared.ModelsOption;
import io.keyspike.app.cli.shared.ProgressBars;
import io.keyspike.app.cli.shared.StopSignal;
import io.keyspike.app.cli.shared.Terminal;
import io.keyspike.app.cli.shared.UserFolders;
import io.keyspike.app.cli.shared.VoicesOption;
import io.keyspike.app.cli.train.ModelRescue;
import io.keyspike.app.cli.train.TrainingNarrator;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.file.ModelFiles;
import io.keyspike.models.registry.ModelRegistry;
import io.keyspike.trainer.config.ConfigReader;
import io.keyspike.trainer.loop.TrainingDivergedException;
import io.keyspike.trainer.loop.TrainingOptions;
import io.keyspike.trainer.loop.TrainingResult;
import io.keyspike.trainer.loop.TrainingStoppedException;
import io.keyspike.trainer.report.DetPlot;
import io.keyspike.trainer.report.TrainingReport;
import io.keyspike.trainer.streams.PooledSweep;
import io.keyspike.voices.SpeechEngine;
import io.keyspike.voices.SpeechEngines;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code keyword new}: from a text to a model in the registry. */
@Command(
        name = "new",
        description = {
            "Makes a model of a word, or of a few words said together, and registers it.",
            "",
            "The word is spoken by the voices of 'keyspike voices list', in many mixes and speeds; recordings of your own, 20 or"
                    + " more, make it hear real people much better. Connected speech of others (--negatives) is what it learns"
                    + " not to report. Ctrl-C stops; the same command goes on from there."
        })
public final class KeywordNewCommand implements Callable<Integer> {

    /** Of the whole time, for speaking; the rest but a little is for training. */
    private static final double SPEAKING_SHARE = 0.3;

    private static final double TRAINING_SHARE = 0.55;

    /** Words that Kokoro says in a minute on two cores. */
    private static final double KOKORO_PER_MINUTE = 220;

    /** Sound-alikes are at most this share of what is not the keyword: more of them would make the word itself worse. */
    private static final double SOUND_ALIKE_SHARE = 0.03;

    private static final double SOUND_ALIKE_SECONDS = 0.8;
    private static final int MOST_SOUND_ALIKES = 160;
    private static final int SOUND_ALIKE_TEXTS = 32;
    private static final int SENTENCES = 300;
    private static final double SENTENCE_SECONDS = 3;
    private static final double MOST_FALSE_ALARMS = 100;

    @Parameters(paramLabel = "TEXT", description = "One to four English words, such as \"hey penguin\".")
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private String text;

    @Option(
            names = "--recordings",
            paramLabel = "DIR",
            description =
                    "Your own recordings of the word, WAV or FLAC; of five or more every fifth is held back to judge by.")
    @Input(Input.Kind.FOLDER)
    private @Nullable Path recordings;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = {
                "Other sounds: a data set in the layout of Speech Commands, or a folder of such, of 'continuous' (connected"
                        + " speech) and of 'rooms-and-noise'; may be repeated (default: what the variable KEYSPIKE_DATA names, if anything)."
            })
    @Input(Input.Kind.FOLDER)
    private List<Path> data = new ArrayList<>();

    @Option(
            names = "--negatives",
            paramLabel = "DIR",
            description = "Connected speech without the word; may be repeated.")
    @Input(Input.Kind.FOLDER)
    private List<Path> negatives = new ArrayList<>();

    @Option(
            names = "--minutes",
            paramLabel = "N",
            description =
                    "How much to do, in minutes of a machine with two cores; another machine takes longer or shorter for the"
                            + " same model (default: ${DEFAULT-VALUE}).")
    private double minutes = 8;

    @Option(
            names = "--voices-per-word",
            paramLabel = "N",
            description = "Voices and mixes of two that say the word (default: ${DEFAULT-VALUE}).")
    private int voicesPerWord = 160;

    @Option(
            names = "--engine",
            paramLabel = "NAME",
            description = "Use only this engine of text to speech; may be repeated (default: all that are here).")
    private List<String> engineNames = new ArrayList<>();

    @Option(
            names = "--false-alarms-per-hour",
            paramLabel = "X",
            description = "How often it may report falsely (default: ${DEFAULT-VALUE}).")
    private double falseAlarmsPerHour = 0.5;

    @Option(names = "--name", paramLabel = "NAME", description = "Name of the model (default: the text with hyphens).")
    private @Nullable String name;

    @Option(
            names = "--from",
            paramLabel = "MODEL",
            description =
                    "Trained model whose layers but the last to begin with (default: keyword-body, where it is shipped).")
    private @Nullable String body;

    @Option(names = "--out", paramLabel = "FILE", description = "Write the model there instead of registering it.")
    @Input(Input.Kind.FILE_TO_WRITE)
    private @Nullable Path out;

    @Option(
            names = "--report",
            paramLabel = "DIR",
            description = "Folder for the report (default: report in the keyword's folder).")
    @Input(Input.Kind.FOLDER_TO_WRITE)
    private @Nullable Path report;

    @Option(
            names = "--work",
            paramLabel = "DIR",
            description = "Folder for what is spoken and for checkpoints (default: keywords/NAME in --home).")
    @Input(Input.Kind.FOLDER_TO_WRITE)
    private @Nullable Path work;

    @Mixin
    private VoicesOption voices = new VoicesOption();

    @Mixin
    private ModelsOption models = new ModelsOption();

    @Mixin
    private KernelOptions kernels = new KernelOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private CommandSpec spec;

    /** What the options come to. */
    private record Task(Phrase phrase, String model, Path folder, OtherSounds others, OwnRecordings own) {
        Path examples() {
            return folder.resolve("examples");
        }
    }

    /** What there is to train on. */
    private record Examples(int trainingVoices, int validationVoices, int forTraining, int made) {}

    @Override
    public Integer call() throws IOException {
        Task task = task();
        long begin = System.nanoTime();
        try (var goOn = new StopSignal();
                var bars = new ProgressBars(Terminal.isThere())) {
            try {
                Examples examples = speak(task, goOn, bars);
                if (examples == null) {
                    return stopped("stopped while speaking examples");
                }
                KeywordTraining.Calibrated result = train(task, examples, goOn, bars);
                bars.finish();
                store(task, result);
                say(
                        "%s is %s after %.1f minutes.",
                        task.model(), out == null ? "registered" : "in " + out, (System.nanoTime() - begin) / 60e9);
                if (out == null) {
                    say(
                            "Try it: keyspike listen --model %s    Use it everywhere: keyspike models use %s",
                            task.model(), task.model());
                }
                return ExitCode.OK;
            } catch (TrainingStoppedException e) {
                bars.finish();
                return stopped(String.valueOf(e.getMessage()));
            } catch (TrainingDivergedException e) {
                throw new CommandException(ExitCode.FAILED, String.valueOf(e.getMessage()), e);
            }
        }
    }

    private int stopped(String what) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(what + "; the same command goes on from there");
        err.flush();
        return ExitCode.INTERRUPTED;
    }

    private Task task() throws IOException {
        try {
            Phrase phrase = Phrase.of(text);
            String model = name == null ? phrase.label() : name;
            if (!KeywordModel.isName(model) || !model.matches("[a-z0-9][a-z0-9-]*")) {
                throw new IllegalArgumentException(
                        "--name: expected lower-case letters, digits and hyphens, found '" + model + "'");
            }
            if (!(minutes >= 0.1 && minutes <= 600)) {
                throw new IllegalArgumentException("--minutes: expected 0.1 to 600, found " + minutes);
            }
            if (!(falseAlarmsPerHour > 0 && falseAlarmsPerHour <= MOST_FALSE_ALARMS)) {
                throw new IllegalArgumentException("--false-alarms-per-hour: expected more than 0 and at most "
                        + MOST_FALSE_ALARMS + ", found " + falseAlarmsPerHour);
            }
            if (voicesPerWord < 2) {
                throw new IllegalArgumentException("--voices-per-word: expected at least 2, found " + voicesPerWord);
            }
            for (String engine : engineNames) {
                if (!SpeechEngines.NAMES.contains(engine)) {
                    throw new IllegalArgumentException(
                            "--engine: expected one of " + SpeechEngines.NAMES + ", found '" + engine + "'");
                }
            }
            if (body != null) {
                Path unused = models.locator().fileOf(body); // said now, not after minutes of speaking
            }
            Path folder = work != null
                    ? work
                    : UserFolders.of(UserFolders.Kind.KEYWORDS).resolve(model);
            return new Task(
                    phrase,
                    model,
                    Files.createDirectories(folder),
                    OtherSounds.in(data.isEmpty() ? environment() : data, negatives),
                    recordings == null ? OwnRecordings.none() : OwnRecordings.in(recordings));
        } catch (IllegalArgumentException e) {
            throw new CommandException(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
        }
    }

    private static List<Path> environment() {
        String folder = System.getenv("KEYSPIKE_DATA");
        return folder == null || folder.isBlank() ? List.of() : List.of(Path.of(folder));
    }

    /** @return null if stopped */
    private @Nullable Examples speak(Task task, StopSignal goOn, ProgressBars bars) throws IOException {
        task.own().skipped().forEach(why -> say("skipped    %s", why));
        try (SpeechEngines engines =
                SpeechEngines.open(voices.folder(), engineNames.isEmpty() ? SpeechEngines.NAMES : engineNames)) {
            if (engines.engines().isEmpty() && task.own().validation().isEmpty()) {
                throw new CommandException(
                        ExitCode.ENVIRONMENT,
                        "expected an engine of text to speech, or five recordings of your own (--recordings), found neither: "
                                + String.join("; ", engines.missing().values()));
            }
            engines.missing().forEach((engine, why) -> say("without    %s: %s", engine, why));
            boolean kokoro = engines.engines().stream().anyMatch(SpeechEngine::mixes);
            if (!kokoro && !engines.engines().isEmpty()) {
                say(
                        "           few and artificial voices alone miss many real people: recordings of your own help most");
            }
            ExamplePlan plan = ExamplePlan.of(task.phrase(), soundAlikes(task, engines), engines, size(task, engines));
            var speaker = new ExampleSpeaker(task.examples(), kernels.threads(), bars, goOn);
            ExampleSpeaker.Result result = speaker.speak(plan, engines);
            bars.finish();
            if (!result.complete()) {
                return null;
            }
            int unspeakable = result.failed().size();
            if (unspeakable > 0) {
                say(
                        "skipped    %d examples that could not be spoken: %s",
                        unspeakable, result.failed().getFirst());
            }
            List<Example> positives = result.spoken().stream()
                    .filter(example -> example.folder().equals(task.phrase().label()))
                    .toList();
            int training = (int)
                    positives.stream().filter(example -> !example.validation()).count();
            var validation = result.spoken().stream()
                    .filter(Example::validation)
                    .map(Example::path)
                    .collect(Collectors.toCollection(ArrayList::new));
            validation.addAll(task.own().layDown(task.examples(), task.phrase().label(), training));
            Files.write(task.examples().resolve("validation_list.txt"), validation);
            say(
                    "examples   %d of '%s' by %d voices and mixes, %d of them by %d others to judge by; %d recordings of yours",
                    positives.size(),
                    task.phrase().text(),
                    plan.trainingVoices() + plan.validationVoices(),
                    positives.size() - training,
                    plan.validationVoices(),
                    task.own().count());
            return new Examples(plan.trainingVoices(), plan.validationVoices(), training, result.made());
        }
    }

    private List<String> soundAlikes(Task task, SpeechEngines engines) {
        if (engines.engines().isEmpty()) {
            return List.of();
        }
        try {
            return SoundAlikes.of(task.phrase(), engines.phonemes(), SOUND_ALIKE_TEXTS);
        } catch (IOException e) {
            say("without    sound-alikes: %s", String.valueOf(e.getMessage()));
            return List.of();
        }
    }

    private ExamplePlan.Size size(Task task, SpeechEngines engines) {
        boolean alone = task.others().speech().isEmpty();
        boolean cheap = engines.engines().stream().anyMatch(engine -> !engine.mixes());
        int sentences = alone ? (cheap ? SENTENCES : SENTENCES / 4) : 0;
        double others = task.others().seconds() + sentences * SENTENCE_SECONDS;
        int soundAlikes = (int) Math.min(MOST_SOUND_ALIKES, SOUND_ALIKE_SHARE * others / SOUND_ALIKE_SECONDS);
        double clips = KOKORO_PER_MINUTE * SPEAKING_SHARE * minutes - soundAlikes;
        int takes = (int) Math.max(1, Math.round(clips / voicesPerWord));
        if (alone) {
            say(
                    "negatives  no connected speech given (--negatives): synthetic sentences stand in for it, which are worse");
        }
        return new ExamplePlan.Size(voicesPerWord, takes, soundAlikes, sentences);
    }

    private KeywordTraining.Calibrated train(Task task, Examples examples, StopSignal goOn, ProgressBars bars)
            throws IOException {
        KeywordModel start = body();
        String yaml = KeywordConfiguration.of(
                task.model(),
                task.phrase(),
                task.examples(),
                task.others(),
                TRAINING_SHARE * minutes,
                falseAlarmsPerHour,
                start);
        Path configFile = task.folder().resolve("config.yaml");
        Path checkpoint = task.folder().resolve("training.checkpoint");
        boolean same = examples.made() == 0
                && Files.exists(configFile)
                && Files.readString(configFile).equals(yaml);
        if (!same) {
            Files.deleteIfExists(checkpoint);
            Files.writeString(configFile, yaml);
        }
        var options = new TrainingOptions(
                kernels.backend(),
                kernels.threads(),
                null,
                checkpoint,
                Files.exists(checkpoint),
                () -> !goOn.getAsBoolean());
        var narrator = new TrainingNarrator(
                ConfigReader.parse(yaml), bars, spec.commandLine().getOut(), goOn);
        var training = new KeywordTraining(yaml, task.folder(), options, narrator);
        TrainingResult result = training.train(start);
        KeywordTraining.Calibrated calibrated = training.calibrate(
                result.model(),
                task.phrase(),
                falseAlarmsPerHour,
                examples.validationVoices(),
                task.own().validation().size());
        bars.finish();
        Path folder = report == null ? task.folder().resolve("report") : report;
        TrainingReport.write(folder, result);
        write(folder, calibrated.measure());
        Files.deleteIfExists(checkpoint);
        say("");
        calibrated.measure().table().forEach(line -> say("%s", line));
        say("threshold  %.2f; the report is in %s", calibrated.measure().threshold(), folder);
        say("");
        say("%s", calibrated.measure().expectation());
        return calibrated;
    }

    private @Nullable KeywordModel body() throws IOException {
        ModelLocator locator = models.locator();
        String given = body;
        if (given != null) {
            return ModelFiles.read(locator.fileOf(given));
        }
        ModelLocator.Located shipped = locator.all().get(ModelLocator.BODY);
        return shipped == null ? null : ModelFiles.read(shipped.file());
    }

    private static void write(Path folder, KeywordMeasure measure) throws IOException {
        var mapper = new ObjectMapper();
        ObjectNode node = mapper.createObjectNode()
                .put("keyword", measure.keyword().label())
                .put("threshold", measure.threshold())
                .put("said", measure.said())
                .put("heard", measure.heard())
                .put("syntheticVoices", measure.voices())
                .put("ownRecordings", measure.recordings())
                .put("otherSpeechHours", measure.speechHours())
                .put("falseAlarms", measure.falseAlarms())
                .put("expectation", measure.expectation());
        ObjectNode misses = node.putObject("missRateAtFalseAlarmsPerHour");
        KeywordMeasure.RATES.forEach(
                rate -> misses.put(String.valueOf(rate), measure.sweep().missAt(rate)));
        mapper.writerWithDefaultPrettyPrinter()
                .writeValue(folder.resolve("keyword.json").toFile(), node);
        DetPlot.save(
                folder.resolve("det.png"),
                "'" + measure.keyword().text() + "': misses against false alarms",
                new PooledSweep(List.of(measure.sweep())));
        var curve = new ArrayList<String>();
        curve.add("#threshold\tfalse_alarms_per_hour\tmiss_rate");
        measure.sweep()
                .envelope()
                .forEach(point -> curve.add(String.format(
                        Locale.ROOT,
                        "%.4f\t%.4f\t%.4f",
                        point.threshold(),
                        point.falseAlarmsPerHour(),
                        point.missRate())));
        Files.write(folder.resolve("det.tsv"), curve);
    }

    private void store(Task task, KeywordTraining.Calibrated result) throws IOException {
        Path file = out != null ? out : task.folder().resolve(task.model() + ModelLocator.EXTENSION);
        Path parent = file.toAbsolutePath().getParent();
        Files.createDirectories(Objects.requireNonNull(parent));
        try {
            ModelFiles.write(file, result.model());
        } catch (IOException e) {
            Path elsewhere = ModelRescue.write(file, result.model());
            throw new CommandException(
                    ExitCode.ENVIRONMENT,
                    e.getMessage() + (elsewhere == null ? "" : "; the model is in " + elsewhere + " instead"),
                    e);
        }
        if (out == null) {
            try (ModelRegistry registry = models.locator().open()) {
                registry.add(file, task.model());
            }
        }
    }

    @SuppressWarnings("AnnotateFormatMethod") // the annotation would be a dependency of its own
    private void say(String format, Object... values) {
        PrintWriter to = spec.commandLine().getOut();
        to.println(String.format(Locale.ROOT, format, values));
        to.flush();
    }
}
