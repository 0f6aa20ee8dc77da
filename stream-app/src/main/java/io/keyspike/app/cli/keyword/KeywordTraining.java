package io.keyspike.app.cli.keyword;

import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.spotter.KeywordSpotter;
import io.keyspike.models.spotter.SpotterState;
import io.keyspike.trainer.calibrate.CalibrationGoal;
import io.keyspike.trainer.calibrate.StreamCalibration;
import io.keyspike.trainer.common.Parallel;
import io.keyspike.trainer.common.Progress;
import io.keyspike.trainer.compose.ComposeSettings;
import io.keyspike.trainer.compose.ComposedStream;
import io.keyspike.trainer.compose.SoundStock;
import io.keyspike.trainer.compose.StreamComposer;
import io.keyspike.trainer.compose.Utterance;
import io.keyspike.trainer.config.ConfigReader;
import io.keyspike.trainer.config.StreamsConfig.ValidationConfig;
import io.keyspike.trainer.config.TrainingConfig;
import io.keyspike.trainer.data.DataSet;
import io.keyspike.trainer.data.DataSets;
import io.keyspike.trainer.data.Split;
import io.keyspike.trainer.data.StreamStock;
import io.keyspike.trainer.loop.Trainer;
import io.keyspike.trainer.loop.TrainingListener;
import io.keyspike.trainer.loop.TrainingOptions;
import io.keyspike.trainer.loop.TrainingResult;
import io.keyspike.trainer.streams.ScoreTrack;
import io.keyspike.trainer.streams.ScoredStream;
import io.keyspike.trainer.streams.StreamCount;
import io.keyspike.trainer.streams.StreamDetection;
import io.keyspike.trainer.streams.StreamLabel;
import io.keyspike.trainer.streams.StreamScoring;
import io.keyspike.trainer.streams.ThresholdSweep;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The one place where a keyword meets the trainer: trains, chooses the threshold, and measures what that comes to. */
final class KeywordTraining {

    /** Apart from the seeds of training. */
    private static final long SEED = 0x6B_E7;

    /** A rate is told by the false alarms that it allows: there should be a few. */
    private static final double ALARMS_TO_CALIBRATE_ON = 3;

    private static final double FEWEST_HOURS = 2;
    private static final double MOST_HOURS = 8;
    private static final double SECONDS_PER_HOUR = 3_600;

    /** Between two recordings of connected speech that are measured on. */
    private static final double GAP_SECONDS = 0.3;

    /** Recordings are strung together up to this length. */
    private static final double PIECE_SECONDS = 300;

    private final TrainingConfig config;
    private final Path root;
    private final TrainingOptions options;
    private final TrainingListener listener;

    /**
     * @param yaml the configuration
     * @param root what relative paths in it are relative to
     */
    KeywordTraining(String yaml, Path root, TrainingOptions options, TrainingListener listener) {
        config = ConfigReader.parse(yaml);
        this.root = root;
        this.options = options;
        this.listener = listener;
    }

    TrainingConfig config() {
        return config;
    }

    /**
     * Trains.
     *
     * @param body a network whose layers but the last are where training begins; null to begin at the beginning
     */
    TrainingResult train(@Nullable KeywordModel body) throws IOException {
        var trainer = new Trainer(config, options, listener);
        return body == null ? trainer.run(root) : trainer.trainOn(root, body);
    }

    /** A stream to listen to, and what is said in it. */
    @SuppressWarnings("ArrayRecordComponent") // a carrier of samples, never compared
    private record Heard(String name, short[] samples, List<StreamLabel> labels) {}

    /**
     * The model with the threshold that keeps to a rate of false alarms, and what it then does.
     *
     * @param model the trained model
     * @param measure of it
     */
    record Calibrated(KeywordModel model, KeywordMeasure measure) {}

    /**
     * Chooses the threshold on streams of validation: the lowest that keeps to the rate. Then counts by the model's own
     * decisions: misses in the same streams, false alarms in connected speech that was neither trained nor calibrated on.
     *
     * @param voices synthetic voices for validation
     * @param recordings of the user's own for validation
     */
    Calibrated calibrate(KeywordModel trained, Phrase phrase, double falseAlarmsPerHour, int voices, int recordings)
            throws IOException {
        var sets = new ArrayList<DataSet>();
        for (String words : config.streams().words()) {
            sets.add(DataSets.read(
                    config.data(), config.features().input(), root.resolve(words), options.threads(), Progress.NONE));
        }
        int rate = config.features().spec().sampleRateHz();
        Map<Split, SoundStock> stocks = new StreamStock(
                        config.streams(),
                        config.data().labels(),
                        rate,
                        root,
                        config.data().split().seed(),
                        options.threads(),
                        listener)
                .read(DataSet.together(sets), config.data().clipSeconds());
        SoundStock validation = stocks.get(Split.VALIDATION);
        if (validation == null) {
            throw new IOException("expected examples of '" + phrase.text() + "' for validation, found none");
        }
        ValidationConfig settings = config.streams().validation();
        double wanted = Math.clamp(ALARMS_TO_CALIBRATE_ON / falseAlarmsPerHour, FEWEST_HOURS, MOST_HOURS);
        int forTheRate = (int) Math.ceil(SECONDS_PER_HOUR * wanted / settings.seconds());
        boolean speechless = validation.speech().isEmpty(); // then other words in the same streams must do
        int withWords = speechless ? Math.max(settings.streams(), forTheRate) : settings.streams();
        Streams words = composed(validation, settings.compose(), withWords, phrase, SEED);
        var unreported = new KeywordSpotter(trained, Backends.preferredSteps()).withThresholds(Map.of());
        Listening<ScoredStream> scoring = heard -> score(unreported, heard, phrase);
        var scored = new ArrayList<>(each(words, "listening to streams", scoring));
        if (!speechless) {
            ComposeSettings ofSpeech = settings.compose().ofSpeechAlone();
            scored.addAll(each(
                    composed(validation, ofSpeech, forTheRate, phrase, SEED + 1),
                    "listening to connected speech",
                    scoring));
        }
        StreamCalibration calibration = StreamCalibration.of(
                trained,
                scored,
                CalibrationGoal.each(falseAlarmsPerHour),
                voices + " synthetic voices in streams with connected speech, none of it trained on",
                options.threads(),
                listener);
        KeywordModel model = calibration.model();
        ThresholdSweep sweep = ThresholdSweep.of(scored, phrase.label());

        var decided = new KeywordSpotter(model, Backends.preferredSteps());
        StreamCount said = sum(each(words, "counting misses", heard -> count(decided, heard)));
        SoundStock testing = stocks.get(Split.TESTING);
        List<Heard> speech = testing == null ? List.of() : strung(testing.speech(), rate);
        StreamCount others = sum(each(Streams.of(speech), "counting false alarms", heard -> count(decided, heard)));
        double hours =
                speech.stream().mapToLong(heard -> heard.samples().length).sum() / SECONDS_PER_HOUR / rate;
        return new Calibrated(
                model,
                new KeywordMeasure(
                        phrase,
                        calibration.keywords().getFirst().threshold(),
                        said.labels(),
                        said.hits(),
                        voices,
                        recordings,
                        hours,
                        others.falseAlarms(),
                        sweep));
    }

    /** Streams that are made when they are listened to: hours of them would fill the memory. */
    private record Streams(int count, IntFunction<Heard> make) {
        static Streams of(List<Heard> made) {
            return new Streams(made.size(), made::get);
        }
    }

    private Streams composed(SoundStock stock, ComposeSettings settings, int streams, Phrase phrase, long seed) {
        var composer = new StreamComposer(stock, settings, seed);
        double rate = stock.sampleRateHz();
        double seconds = config.streams().validation().seconds();
        return new Streams(streams, i -> {
            ComposedStream stream = composer.compose(i, 0, seconds);
            return new Heard(
                    "stream " + i,
                    stream.samples(),
                    stream.words().stream()
                            .map(word -> new StreamLabel(word.start() / rate, word.end() / rate, phrase.label()))
                            .toList());
        });
    }

    /** Recordings one after the other, so that each is heard as a microphone would hear it, and none twice. */
    private static List<Heard> strung(List<Utterance> recordings, int rate) {
        var pieces = new ArrayList<Heard>();
        int gap = (int) (GAP_SECONDS * rate);
        short[] piece = new short[(int) (PIECE_SECONDS * rate)];
        int filled = 0;
        for (Utterance recording : recordings) {
            int length = recording.samples().length;
            if (filled > 0 && filled + length > piece.length) {
                pieces.add(new Heard("speech " + pieces.size(), Arrays.copyOf(piece, filled), List.of()));
                filled = 0;
            }
            if (piece.length < length) {
                piece = new short[length + gap];
            }
            System.arraycopy(recording.samples(), 0, piece, filled, length);
            int end = Math.min(piece.length, filled + length + gap);
            Arrays.fill(piece, filled + length, end, (short) 0);
            filled = end;
        }
        if (filled > 0) {
            pieces.add(new Heard("speech " + pieces.size(), Arrays.copyOf(piece, filled), List.of()));
        }
        return pieces;
    }

    /** What is done with each stream. */
    private interface Listening<T> {
        T to(Heard heard);
    }

    private <T> List<T> each(Streams streams, String what, Listening<T> listening) {
        var results = new ConcurrentHashMap<Integer, T>();
        Parallel.forEach(
                streams.count(),
                options.threads(),
                what,
                listener,
                i -> results.put(i, listening.to(streams.make().apply(i))));
        return IntStream.range(0, streams.count())
                .mapToObj(i -> Objects.requireNonNull(results.get(i)))
                .toList();
    }

    private static ScoredStream score(KeywordSpotter spotter, Heard heard, Phrase phrase) {
        int rate = spotter.model().features().sampleRateHz();
        int label = spotter.model().labels().indexOf(phrase.label());
        var track = new ScoreTrack.Builder(
                List.of(phrase.label()), rate, spotter.model().features().stepSamples());
        SpotterState state = spotter.newState();
        spotter.process(state, heard.samples(), 0, heard.samples().length, d -> {}, (now, features, output) -> {
            track.step(now.samplePosition());
            if (!now.gateOpen()) {
                track.gateClosed();
            }
            track.score(0, now.score(label));
        });
        return new ScoredStream(heard.name(), (double) heard.samples().length / rate, heard.labels(), track.build());
    }

    private static StreamCount count(KeywordSpotter spotter, Heard heard) {
        double rate = spotter.model().features().sampleRateHz();
        var detections = new ArrayList<StreamDetection>();
        spotter.process(
                spotter.newState(),
                heard.samples(),
                0,
                heard.samples().length,
                d -> detections.add(new StreamDetection(d.samplePosition() / rate, d.keyword(), d.score())));
        return StreamScoring.count(heard.labels(), detections, 0);
    }

    private static StreamCount sum(List<StreamCount> counts) {
        return counts.stream().reduce(StreamCount.NONE, StreamCount::plus);
    }
}
