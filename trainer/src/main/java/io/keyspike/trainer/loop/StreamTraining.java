package io.keyspike.trainer.loop;

import io.keyspike.audio.features.ChannelNormaliser;
import io.keyspike.audio.features.FeatureSpec;
import io.keyspike.audio.features.Normaliser;
import io.keyspike.kernels.KernelBackend;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.decision.DecisionRule;
import io.keyspike.models.decision.DecisionSettings;
import io.keyspike.models.decision.DecisionSettings.ClipDecision;
import io.keyspike.models.decision.DecisionSettings.ClipRule;
import io.keyspike.models.description.ModelInput;
import io.keyspike.models.network.Network;
import io.keyspike.trainer.calibrate.CalibrationGoal;
import io.keyspike.trainer.calibrate.StreamCalibration;
import io.keyspike.trainer.common.Progress;
import io.keyspike.trainer.compose.ComposeSettings;
import io.keyspike.trainer.compose.SoundStock;
import io.keyspike.trainer.compose.StreamComposer;
import io.keyspike.trainer.config.ConfigException;
import io.keyspike.trainer.config.FeatureConfig.NormaliserConfig;
import io.keyspike.trainer.config.LabelMap;
import io.keyspike.trainer.config.LayerConfig;
import io.keyspike.trainer.config.StreamsConfig;
import io.keyspike.trainer.config.StreamsConfig.BankConfig;
import io.keyspike.trainer.config.StreamsConfig.ValidationConfig;
import io.keyspike.trainer.config.TrainingConfig;
import io.keyspike.trainer.data.Clip;
import io.keyspike.trainer.data.DataSet;
import io.keyspike.trainer.data.DataSets;
import io.keyspike.trainer.data.Split;
import io.keyspike.trainer.data.StreamStock;
import io.keyspike.trainer.evaluate.ActivityProbe;
import io.keyspike.trainer.evaluate.ClipEvaluator;
import io.keyspike.trainer.evaluate.ClipMetrics;
import io.keyspike.trainer.evaluate.FalseAlarmMiner;
import io.keyspike.trainer.evaluate.NetworkActivity;
import io.keyspike.trainer.evaluate.StreamScorer;
import io.keyspike.trainer.features.FeatureBuilder;
import io.keyspike.trainer.features.FrameStacking;
import io.keyspike.trainer.features.LabelledFrames;
import io.keyspike.trainer.features.StreamBank;
import io.keyspike.trainer.features.StreamBatches;
import io.keyspike.trainer.layers.TrainableNetwork;
import io.keyspike.trainer.loss.ClipClassifier;
import io.keyspike.trainer.loss.ClipLoss;
import io.keyspike.trainer.loss.PeakScores;
import io.keyspike.trainer.streams.ScoredStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A training on streams: what {@link Trainer} does where the configuration's {@code streams} are enabled. */
final class StreamTraining {
    /** Of seeds, so that validation never composes what training does. */
    private static final long VALIDATION = 0x7A_11D;

    private static final long SPEECH = 0x59_EEC;

    /** Windows that initial weights are fitted to. */
    private static final int FITTED_WINDOWS = 256;

    private static final double[] CLIP_THRESHOLDS = {
        0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.9
    };

    private final Trainer trainer;
    private final TrainingConfig config;
    private final StreamsConfig streams;
    private final TrainingOptions options;
    private final TrainingListener listener;
    private final KernelBackend backend;
    private final List<String> labels;

    StreamTraining(
            Trainer trainer,
            TrainingConfig config,
            TrainingOptions options,
            TrainingListener listener,
            KernelBackend backend) {
        this.trainer = trainer;
        this.config = config;
        this.options = options;
        this.listener = listener;
        this.backend = backend;
        streams = config.streams();
        labels = config.data().labels();
    }

    TrainingResult run(Path folder, @Nullable KeywordModel start) throws IOException {
        DataSet data = data(folder);
        listener.dataRead(data);
        listener.runsOn(trainer.kernels());
        var map = new LabelMap(labels);
        FeatureSpec spec = config.features().spec();
        if (start != null && !start.features().withNormaliser(null).equals(spec.withNormaliser(null))) {
            throw new ConfigException("features: expected those of the model to start from, "
                    + start.features().withNormaliser(null) + ", found " + spec);
        }
        var reader = new StreamStock(
                streams,
                labels,
                spec.sampleRateHz(),
                folder,
                config.data().split().seed(),
                options.threads(),
                listener);
        Map<Split, SoundStock> stocks = reader.read(data, config.data().clipSeconds());
        listener.stockRead(stocks, reader.skipped());
        SoundStock training = stock(stocks, Split.TRAINING, folder);
        SoundStock validation = stock(stocks, Split.VALIDATION, folder);

        StreamBank bank =
                bank(training, streams.compose(), spec, config.training().seed(), streams.bank());
        Normaliser normaliser = normaliser(bank, start);
        spec = spec.withNormaliser(normaliser);
        ModelInput input = new ModelInput.Sound(spec);
        ChannelNormaliser channels = normaliser == null ? null : new ChannelNormaliser(normaliser);
        bank.normalise(channels);
        DecisionSettings decision = trainer.decision(config.loss().logitScale());

        FrameStacking stacking = FrameStacking.of(input);
        double stepSeconds = input.stepSeconds();
        var peaks = new PeakScores(decision, labels, stepSeconds);
        var scorer = new StreamScorer(Backends.stepsNamed(options.backend()), options.threads(), stacking, peaks);
        var batches = new StreamBatches(
                bank,
                stacking,
                streams.windows(),
                streams.mining(),
                config.augmentation(),
                new FalseAlarmMiner(scorer, stacking, streams.mining(), keywords()),
                labels.size(),
                streams.targets(),
                config.training().seed(),
                config.training().batch());
        TrainableNetwork network = trainer.network(input, batches.maximumSteps());
        initialise(network, start, batches, stacking);
        int batch = config.training().batch();
        long totalSteps = (long) config.training().epochs() * TrainingLoop.batchesPerEpoch(batches.samples(), batch);
        TrainingStep step = trainer.shared(
                new TrainingStep(
                        network,
                        () -> ClipLoss.onPeaks(streams.loss(), labels, decision, stepSeconds),
                        config.loss(),
                        config.optimiser(),
                        totalSteps,
                        batch,
                        trainer.chipWeights(network)),
                input,
                batches.maximumSteps());
        var measured = new StreamValidation(
                validationBanks(validation, spec, channels),
                scorer,
                streams.validation().rates(),
                spec.sampleRateHz(),
                spec.stepSamples(),
                labels,
                trainer.reportable());
        long startNanos = System.nanoTime();
        var loop = new TrainingLoop(
                config.training(),
                1,
                network,
                step,
                batches,
                streams.averageDecay(),
                measured,
                options,
                trainer.checkpointKey(data.hash() + reader.hash(), start),
                listener);
        Network trained = loop.run();
        double seconds = (System.nanoTime() - startNanos) * 1e-9;
        return result(data, map, input, trained, decision, measured, loop, seconds);
    }

    private TrainingResult result(
            DataSet data,
            LabelMap map,
            ModelInput input,
            Network network,
            DecisionSettings untuned,
            StreamValidation measured,
            TrainingLoop loop,
            double seconds)
            throws IOException {
        var builder = new FeatureBuilder(
                data, map, config.data().clipSeconds(), options.cache(listener), options.threads(), listener);
        Map<Split, LabelledFrames> clips = new EnumMap<>(Split.class);
        for (Split split : Split.values()) {
            List<Clip> of = data.of(split, map);
            if (!of.isEmpty()) {
                clips.put(split, builder.frames(input, of));
            }
        }
        FrameStacking stacking = FrameStacking.of(input);
        LabelledFrames validation = Objects.requireNonNull(clips.get(Split.VALIDATION));
        DecisionSettings decision = clipThreshold(network, untuned, validation, stacking, input.stepSeconds());
        ClipClassifier classifier = ClipClassifier.of(decision, labels, input.stepSeconds());
        Map<Split, ClipMetrics> metrics = new EnumMap<>(Split.class);
        var evaluator = new ClipEvaluator(backend, stacking, classifier, Progress.NONE);
        clips.forEach((split, frames) -> metrics.put(split, evaluator.measure(network, frames, labels.size())));
        NetworkActivity activity = new ActivityProbe(network, backend, stacking, classifier)
                .watch(
                        validation,
                        data.of(Split.VALIDATION, map).stream().map(Clip::name).toList(),
                        labels);
        KeywordModel model = KeywordModel.of(
                config.name(),
                input,
                network,
                labels,
                decision,
                trainer.chipPower(),
                trainer.provenance(data, metrics, null));
        StreamCalibration calibration = calibrate(model, measured.streams(network));
        model = calibration == null ? model : calibration.model();
        return new TrainingResult(
                model,
                config,
                data,
                loop.history(),
                loop.chosenEpoch(),
                metrics,
                activity,
                null,
                calibration,
                loop.parameterCount(),
                seconds);
    }

    /** @return null under the rule {@code best}, whose labels are not judged one by one */
    private @Nullable StreamCalibration calibrate(KeywordModel model, List<ScoredStream> validation) {
        if (model.decision().rule() != DecisionRule.EACH) {
            return null;
        }
        ValidationConfig wanted = streams.validation();
        double hours =
                validation.stream().mapToDouble(ScoredStream::durationSeconds).sum() / 3_600;
        return StreamCalibration.of(
                model,
                validation,
                new CalibrationGoal(wanted.falseAlarmsPerHour(), wanted.together(), wanted.withoutWords(), 0),
                String.format(
                        Locale.ROOT,
                        "%.1f h of validation streams of the training: words and connected speech of speakers not trained"
                                + " on%s",
                        hours,
                        wanted.withoutWords() ? "; false alarms in the speech alone" : ""),
                options.threads(),
                listener);
    }

    /** The threshold with the most validation clips right: clips hold far more keywords than streams do. */
    private DecisionSettings clipThreshold(
            Network network,
            DecisionSettings settings,
            LabelledFrames validation,
            FrameStacking stacking,
            double stepSeconds) {
        DecisionSettings best = settings;
        int most = -1;
        for (double threshold : CLIP_THRESHOLDS) {
            DecisionSettings tried = settings.withClip(
                    new ClipDecision(ClipRule.PEAK, settings.clip().seconds(), threshold));
            int correct = new ClipEvaluator(
                            backend, stacking, ClipClassifier.of(tried, labels, stepSeconds), Progress.NONE)
                    .measure(network, validation, labels.size())
                    .correct();
            if (correct > most) {
                most = correct;
                best = tried;
            }
        }
        return best;
    }

    private DataSet data(Path folder) throws IOException {
        var sets = new ArrayList<DataSet>();
        for (String words : streams.words()) {
            sets.add(DataSets.read(
                    config.data(), config.features().input(), folder.resolve(words), options.threads(), listener));
        }
        DataSet data = trainer.withFeedback(DataSet.together(sets));
        trainer.requireClips(
                folder,
                data,
                new LabelMap(labels.stream().filter(LabelMap::isKeyword).toList()),
                data.of(Split.TRAINING, new LabelMap(labels)));
        return data;
    }

    private static SoundStock stock(Map<Split, SoundStock> stocks, Split split, Path folder) throws IOException {
        SoundStock stock = stocks.get(split);
        if (stock == null) {
            throw new IOException(folder + ": expected words or speech for " + split.label() + ", found none");
        }
        return stock;
    }

    private StreamBank bank(SoundStock stock, ComposeSettings settings, FeatureSpec spec, long seed, BankConfig size) {
        int unknown = labels.indexOf(LabelMap.UNKNOWN);
        int silence = labels.indexOf(LabelMap.SILENCE);
        return new StreamBank(
                new StreamComposer(stock, settings, seed),
                spec,
                size,
                streams.targets(),
                unknown,
                silence < 0 ? unknown : silence,
                options.threads(),
                listener);
    }

    /** Streams of words, and streams of connected speech alone. */
    private List<StreamBank> validationBanks(
            SoundStock stock, FeatureSpec spec, @Nullable ChannelNormaliser normaliser) {
        ValidationConfig validation = streams.validation();
        var banks = new ArrayList<StreamBank>();
        long seed = config.data().split().seed();
        banks.add(bank(
                stock,
                validation.compose(),
                spec,
                seed ^ VALIDATION,
                new BankConfig(validation.streams(), validation.seconds(), 0)));
        if (validation.speechStreams() > 0 && !stock.speech().isEmpty()) {
            banks.add(bank(
                    stock,
                    validation.compose().ofSpeechAlone(),
                    spec,
                    seed ^ SPEECH,
                    new BankConfig(validation.speechStreams(), validation.seconds(), 0)));
        }
        for (StreamBank bank : banks) {
            bank.normalise(normaliser);
            bank.prepare(0);
        }
        return banks;
    }

    private @Nullable Normaliser normaliser(StreamBank bank, @Nullable KeywordModel start) {
        if (start != null) {
            return start.features().normaliser();
        }
        NormaliserConfig wanted = config.features().normaliser();
        return wanted == null ? null : bank.fit().toNormaliser(wanted.gain(), wanted.offset(), wanted.rectified());
    }

    private void initialise(
            TrainableNetwork network, @Nullable KeywordModel start, StreamBatches batches, FrameStacking stacking) {
        if (start != null) {
            listener.startedFrom(start.name(), StartingPoint.loadBody(start.network(), network.parameters()));
        } else if (config.network().layers().stream().anyMatch(LayerConfig::fluctuationDriven)) {
            Trainer.initialise(
                    network,
                    config.network(),
                    batches.sample(FITTED_WINDOWS),
                    stacking,
                    backend,
                    trainer.weightLimit());
        }
    }

    private boolean[] keywords() {
        boolean[] keyword = new boolean[labels.size()];
        List<String> reported = trainer.reportable();
        for (int i = 0; i < keyword.length; i++) {
            String label = labels.get(i);
            keyword[i] = LabelMap.isKeyword(label);
            if (keyword[i] != reported.contains(label)) {
                throw new ConfigException("decision.never: expected [unknown, silence] with streams, found "
                        + config.decision().never());
            }
        }
        return keyword;
    }
}
