package io.keyspike.app.cli.streams;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyspike.app.cli.arguments.Input;
import io.keyspike.app.cli.shared.CommandException;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.app.cli.shared.JsonOption;
import io.keyspike.app.cli.shared.ProgressBars;
import io.keyspike.app.cli.shared.SpeakerSplitOption;
import io.keyspike.app.cli.shared.SplitChoice;
import io.keyspike.app.cli.shared.Terminal;
import io.keyspike.trainer.common.Parallel;
import io.keyspike.trainer.common.Progress;
import io.keyspike.trainer.compose.ComposeSettings;
import io.keyspike.trainer.compose.LabelledStreamFile;
import io.keyspike.trainer.compose.LabelledStreams;
import io.keyspike.trainer.compose.MadeStream;
import io.keyspike.trainer.compose.SoundStock;
import io.keyspike.trainer.compose.StreamPlan;
import io.keyspike.trainer.data.StreamSources;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code streams make}: composes labelled streams out of recordings of words, connected speech, noise and rooms. */
@Command(
        name = "make",
        description = {
            "Makes labelled streams for 'evaluate --streams': WAV files, each with a TSV file of labels.",
            "",
            "Keywords are spread at random over a stream; between them lie other words, connected speech and pauses. Every"
                    + " recording of a keyword is used once before one is used again. Room, background, SNR and gain are"
                    + " drawn again every minute. The same options and recordings give the same bytes.",
            "",
            "Ranges are LOW..HIGH or one number."
        })
public final class StreamsMakeCommand implements Callable<Integer> {

    /** Share of the pieces between keywords that are spoken; the rest is pauses. */
    private static final double SPOKEN_SHARE = 0.7;

    /** Share of other words where there are both other words and connected speech. */
    private static final double OTHER_SHARE = 0.3;

    @Option(names = "--out", paramLabel = "DIR", required = true, description = "New or empty folder for the streams.")
    @Input(Input.Kind.FOLDER_TO_WRITE)
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private Path out;

    @Option(
            names = "--words",
            paramLabel = "DIR",
            description = "Folder with one folder of recordings per word; may be given several times.")
    @Input(Input.Kind.FOLDER)
    private List<Path> words = new ArrayList<>();

    @Option(
            names = "--keywords",
            paramLabel = "WORD",
            split = ",",
            description = "Words that are labelled; the others of --words lie between them, without labels"
                    + " (default: all words but 'unknown').")
    private List<String> keywords = new ArrayList<>();

    @Option(
            paramLabel = "PART",
            names = "--split",
            defaultValue = "testing",
            description = "Part of --words, by its validation_list.txt and testing_list.txt: training, validation,"
                    + " testing or all (default: ${DEFAULT-VALUE}).")
    private SplitChoice split = SplitChoice.TESTING;

    @Option(
            names = "--speech",
            paramLabel = "DIR",
            description = "Folder of connected speech without the keywords, searched at any depth; may be given several"
                    + " times. Recordings whose transcripts.tsv names a keyword are left out.")
    @Input(Input.Kind.FOLDER)
    private List<Path> speech = new ArrayList<>();

    @Option(
            paramLabel = "PART",
            names = "--speech-split",
            defaultValue = "all",
            description = "Speakers of --speech: all, or those that training on these folders takes for training,"
                    + " validation or testing (default: ${DEFAULT-VALUE}).")
    private SplitChoice speechSplit = SplitChoice.ALL;

    @Mixin
    private SpeakerSplitOption speakers = new SpeakerSplitOption();

    @Option(
            names = "--noise",
            paramLabel = "PATH",
            description = "Background: a file, or a folder searched at any depth; may be given several times.")
    @Input(Input.Kind.ANY)
    private List<Path> noise = new ArrayList<>();

    @Option(
            names = "--snr",
            paramLabel = "DB",
            defaultValue = "10",
            converter = NumberRange.Converter.class,
            description = "Speech above background in dB (default: ${DEFAULT-VALUE}).")
    private NumberRange snr = new NumberRange(10, 10);

    @Option(
            names = "--rooms",
            paramLabel = "PATH",
            description =
                    "Impulse responses of rooms: a file, or a folder searched at any depth; may be given several times.")
    @Input(Input.Kind.ANY)
    private List<Path> rooms = new ArrayList<>();

    @Option(
            names = "--room-probability",
            paramLabel = "P",
            description =
                    "How often speech is in a room (default: 0.5 with --rooms, else 0). Without --rooms, rooms are"
                            + " simulated.")
    private @Nullable Double roomProbability;

    @Option(
            names = "--pause",
            paramLabel = "S",
            defaultValue = "0.5..4",
            converter = NumberRange.Converter.class,
            description = "Length of pauses in seconds (default: ${DEFAULT-VALUE}).")
    private NumberRange pause = new NumberRange(0.5, 4);

    @Option(
            names = "--gain",
            paramLabel = "DB",
            defaultValue = "0",
            converter = NumberRange.Converter.class,
            description = "Gain in dB; at 0, speech lies at -26 dB relative to full scale (default: ${DEFAULT-VALUE}).")
    private NumberRange gain = new NumberRange(0, 0);

    @Option(
            names = "--speed",
            paramLabel = "FACTOR",
            defaultValue = "1",
            converter = NumberRange.Converter.class,
            description = "Speed of each piece of speech, which changes its pitch (default: ${DEFAULT-VALUE}).")
    private NumberRange speed = new NumberRange(1, 1);

    @Option(
            paramLabel = "N",
            names = "--minutes",
            defaultValue = "30",
            description = "Length of each stream in minutes (default: ${DEFAULT-VALUE}).")
    private double minutes = 30;

    @Option(
            paramLabel = "N",
            names = "--streams",
            defaultValue = "1",
            description = "How many streams (default: ${DEFAULT-VALUE}).")
    private int streams = 1;

    @Option(
            paramLabel = "N",
            names = "--words-per-minute",
            defaultValue = "6",
            description = "Keywords in a minute; 0 for streams without any (default: ${DEFAULT-VALUE}).")
    private double wordsPerMinute = 6;

    @Option(
            names = "--sample-rate",
            paramLabel = "HZ",
            defaultValue = "16000",
            description = "Sample rate of the streams (default: ${DEFAULT-VALUE}).")
    private int sampleRateHz = 16_000;

    @Option(
            paramLabel = "N",
            names = "--seed",
            defaultValue = "1",
            description = "Another seed, other streams (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Option(
            paramLabel = "N",
            names = "--threads",
            description = "Worker threads; does not affect results (default: one per core).")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Mixin
    private JsonOption json = new JsonOption();

    @Spec
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        if (words.isEmpty() && speech.isEmpty() && noise.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(), "expected --words, --speech or --noise, found none of them");
        }
        requireAtLeastOne("--streams", streams);
        requireAtLeastOne("--threads", threads);
        createFolder();
        try (var bars = new ProgressBars(!json.isSet() && Terminal.isThere())) {
            StreamSources sources = StreamSources.read(folders(), sampleRateHz, threads, bars);
            var plan = new StreamPlan(sources.keywords(), 60 * minutes, wordsPerMinute, seed);
            var labelled = new LabelledStreams(sources.stock(), settings(sources.stock()), plan);
            List<MadeStream> made = write(labelled, bars);
            bars.finish();
            var report = StreamsReport.of(sources, labelled, made);
            PrintWriter printer = spec.commandLine().getOut();
            printer.println(json.isSet() ? new ObjectMapper().writeValueAsString(report) : report.text(out));
            printer.flush();
        }
        return ExitCode.OK;
    }

    private void requireAtLeastOne(String option, int value) {
        if (value < 1) {
            throw new ParameterException(spec.commandLine(), "expected at least 1 for " + option + ", found " + value);
        }
    }

    private void createFolder() throws IOException {
        if (Files.isDirectory(out)) {
            try (Stream<Path> files = Files.list(out)) {
                if (files.findAny().isPresent()) {
                    throw new CommandException(
                            ExitCode.USAGE, "--out " + out + ": expected a new or empty folder, found files in it");
                }
            }
        }
        Files.createDirectories(out);
    }

    private StreamSources.Folders folders() {
        return new StreamSources.Folders(
                words, keywords, split.split(), speech, speakers.split(), speechSplit.split(), noise, rooms);
    }

    /** The settings of a plain stream with what the command line says. */
    private ComposeSettings settings(SoundStock stock) {
        ComposeSettings plain = ComposeSettings.plain();
        boolean connected = !stock.speech().isEmpty();
        double others = stock.others().isEmpty() ? 0 : connected ? OTHER_SHARE : SPOKEN_SHARE;
        double inRoom =
                roomProbability != null ? roomProbability : stock.rooms().isEmpty() ? 0 : 0.5;
        return new ComposeSettings(
                0,
                others,
                connected ? SPOKEN_SHARE - others : 0,
                plain.gapSeconds(),
                pause.asList(),
                plain.speechSeconds(),
                plain.levelDb(),
                plain.levelSpreadDb(),
                gain.asList(),
                speed.isMoreThan(1) ? 1 : 0,
                speed.asList(),
                inRoom,
                plain.reverberationSeconds(),
                plain.noiseProbability(),
                snr.asList());
    }

    private List<MadeStream> write(LabelledStreams labelled, Progress progress) {
        MadeStream[] made = new MadeStream[streams];
        int digits = Math.max(2, String.valueOf(streams).length());
        Parallel.forEach(streams, threads, "making streams", progress, i -> {
            String name = String.format(Locale.ROOT, "stream-%0" + digits + "d", i + 1);
            try {
                made[i] = LabelledStreamFile.write(out, name, labelled, i);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        return Arrays.asList(made);
    }
}
