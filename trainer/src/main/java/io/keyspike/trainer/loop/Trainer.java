package io.keyspike.trainer.loop;

import io.keyspike.kernels.KernelBackend;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.kernels.backends.Devices;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.chip.ChipCheck;
import io.keyspike.models.chip.ChipProfile;
import io.keyspike.models.chip.ChipProjection;
import io.keyspike.models.chip.Violation;
import io.keyspike.models.decision.DecisionSettings;
import io.keyspike.models.decision.DecisionSettings.ClipRule;
import io.keyspike.models.description.ChipPower;
import io.keyspike.models.description.ModelInput;
import io.keyspike.models.description.Provenance;
import io.keyspike.models.network.Network;
import io.keyspike.trainer.calibrate.Calibration;
import io.keyspike.trainer.calibrate.ThresholdSearch;
import io.keyspike.trainer.chip.ChipProfiles;
import io.keyspike.trainer.chip.ChipWeights;
import io.keyspike.trainer.chip.FluctuationInit;
import io.keyspike.trainer.common.Progress;
import io.keyspike.trainer.common.SplitMix;
import io.keyspike.trainer.config.ConfigException;
import io.keyspike.trainer.config.ConfigReader;
import io.keyspike.trainer.config.DataConfig;
import io.keyspike.trainer.config.LabelMap;
import io.keyspike.trainer.config.LayerConfig;
import io.keyspike.trainer.config.NetworkConfig;
import io.keyspike.trainer.config.TrainingConfig;
import io.keyspike.trainer.data.Clip;
import io.keyspike.trainer.data.DataSet;
import io.keyspike.trainer.data.DataSets;
import io.keyspike.trainer.data.FeedbackClips;
import io.keyspike.trainer.data.Split;
import io.keyspike.trainer.evaluate.ActivityProbe;
import io.keyspike.trainer.evaluate.ClipEvaluator;
import io.keyspike.trainer.evaluate.ClipMetrics;
import io.keyspike.trainer.evaluate.ModelClips;
import io.keyspike.trainer.evaluate.NetworkActivity;
import io.keyspike.trainer.features.BatchBuilder;
import io.keyspike.trainer.features.ClipBatches;
import io.keyspike.trainer.features.FeatureBuilder;
import io.keyspike.trainer.features.FrameStacking;
import io.keyspike.trainer.features.LabelledFrames;
import io.keyspike.trainer.features.TrainingFeatures;
import io.keyspike.trainer.layers.SynapseShape;
import io.keyspike.trainer.layers.TrainableNetwork;
import io.keyspike.trainer.loss.ClipClassifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Makes a model out of a data set and a configuration. The same seed gives the same weights, whatever the threads. */
public final class Trainer {
    /** Apart from every other use of random numbers. */
    private static final long LIMIT_UNKNOWN = 0x11_41;

    private static final String BACKGROUND_NOISE = "_background_noise_";

    private final TrainingConfig config;
    private final TrainingOptions options;
    private final TrainingListener listener;
    private final KernelBackend backend;
    private final @Nullable ChipProfile chip;
    private @Nullable Path feedback;
    private @Nullable Crew crew;

    /**
     * @throws IllegalArgumentException if the configuration names no chip profile that there is, or a backend that is not
     * @throws IOException if the chip profile cannot be read
     */
    public Trainer(TrainingConfig config, TrainingOptions options, TrainingListener listener) throws IOException {
        if (config.training().parts() != null && options.backend().equals(Devices.TORNADO)) {
            throw new ConfigException("training.parts: expected none with the backend " + Devices.TORNADO
                    + ", which takes batches whole, found " + config.training().parts());
        }
        this.config = config;
        this.options = options;
        this.listener = listener;
        this.backend = Backends.named(
                options.backend(), options.threads(), config.network().solver());
        String profile = config.chip().profile();
        chip = profile == null ? null : ChipProfiles.named(profile);
    }

    /**
     * Trains, measures, calibrates.
     *
     * @param folder laid out as the configuration's kind of data is
     * @throws IOException if the folder cannot be read or lacks what the configuration asks for
     * @throws TrainingStoppedException if asked to stop
     */
    public TrainingResult run(Path folder) throws IOException {
        return run(folder, null);
    }

    /**
     * As {@link #run(Path)}, beginning with the numbers of a finished model, and with its features as they are.
     *
     * @throws IllegalArgumentException if the model's network is not the configuration's
     */
    public TrainingResult trainOn(Path folder, KeywordModel start) throws IOException {
        return run(folder, start);
    }

    private TrainingResult run(Path folder, @Nullable KeywordModel start) throws IOException {
        if (config.streams().enabled()) {
            return new StreamTraining(this, config, options, listener, backend).run(folder, start);
        }
        requireFolders(folder);
        DataSet data = withFeedback(
                DataSets.read(config.data(), config.features().input(), folder, options.threads(), listener));
        listener.dataRead(data);
        listener.runsOn(kernels());
        var labels = new LabelMap(config.data().labels());
        List<Clip> trainingClips = limited(data.of(Split.TRAINING, labels));
        requireClips(folder, data, labels, trainingClips);
        var builder = new FeatureBuilder(
                data, labels, config.data().clipSeconds(), options.cache(listener), options.threads(), listener);
        TrainingFeatures features = start == null
                ? builder.training(config, trainingClips)
                : builder.training(config, start.input(), trainingClips);
        long startNanos = System.nanoTime();
        TrainingLoop loop = loop(features, data, start);
        Network network = loop.run();
        double seconds = (System.nanoTime() - startNanos) * 1e-9;

        Map<Split, ClipMetrics> metrics = metrics(network, features, builder, data, labels);
        NetworkActivity activity = new ActivityProbe(network, backend, features.stacking(), classifier())
                .watch(
                        features.validation(),
                        data.of(Split.VALIDATION, labels).stream()
                                .map(Clip::name)
                                .toList(),
                        labels.labels());
        KeywordModel model = KeywordModel.of(
                config.name(),
                features.input(),
                network,
                labels.labels(),
                decision(features),
                chipPower(),
                provenance(data, metrics, null));
        Calibration calibration = calibrate(model, data);
        if (calibration != null) {
            Map<String, Float> thresholds = new HashMap<>();
            calibration.labels().forEach(l -> thresholds.put(l.label(), l.threshold()));
            model = KeywordModel.of(
                    model.name(),
                    model.input(),
                    network,
                    model.labels(),
                    model.decision().withThresholds(thresholds),
                    model.chip(),
                    provenance(data, metrics, calibration));
        }
        return new TrainingResult(
                model,
                config,
                data,
                loop.history(),
                loop.chosenEpoch(),
                metrics,
                activity,
                calibration,
                null,
                loop.parameterCount(),
                seconds);
    }

    /**
     * The network that a model was before it was trained.
     *
     * @param folder laid out as the data that the model was trained on; read where the initial weights are fitted to it
     * @throws ConfigException if the model does not carry its configuration
     */
    public static Network initialNetwork(KeywordModel model, Path folder, KernelBackend backend, int threads)
            throws IOException {
        TrainingConfig config = ConfigReader.parse(model.provenance().configuration());
        String profile = config.chip().profile();
        float limit = profile == null
                ? Float.POSITIVE_INFINITY
                : ChipProfiles.named(profile).synapse().weightLimit();
        var network = new TrainableNetwork(
                config.network(),
                model.input().width(),
                config.data().labels().size() * config.loss().population(),
                model.input().stepSeconds(),
                config.training().seed(),
                backend,
                1,
                1);
        if (config.network().layers().stream().anyMatch(LayerConfig::fluctuationDriven)) {
            ModelClips clips = ModelClips.read(model, folder, Split.TRAINING, threads, Progress.NONE);
            initialise(network, config.network(), clips.frames(), clips.stacking(), backend, limit);
        }
        return network.export();
    }

    /**
     * Also learns from what people said of detections, and from samples of words that they spoke.
     *
     * @param folder as {@link FeedbackClips} describes it
     */
    public void learnFrom(Path folder) {
        feedback = folder;
    }

    /**
     * Leaves parts of each batch to other processes; the model is the same.
     *
     * @throws ConfigException if the configuration's batches cannot be taken apart
     */
    public void shareWith(Crew others) {
        Crew.requireParts(config, options.backend());
        crew = others;
    }

    /** What the network learns on: with other processes on this machine, the threads that they leave. */
    private KernelBackend learningBackend() {
        Crew others = crew;
        return others == null
                ? backend
                : Backends.named(
                        options.backend(), others.ownThreads(), config.network().solver());
    }

    /** The step, some of whose work other processes do if there are any. */
    TrainingStep shared(TrainingStep step, ModelInput input, int maximumSteps) {
        Crew others = crew;
        if (others != null) {
            others.prepare(new Crew.Setup(config, input.width(), input.stepSeconds(), maximumSteps));
            step.shareWith(others, config.streams().enabled());
        }
        return step;
    }

    DataSet withFeedback(DataSet data) throws IOException {
        Path folder = feedback;
        if (folder == null) {
            return data;
        }
        if (!(config.features().input() instanceof ModelInput.Sound sound)) {
            throw new ConfigException("feedback: expected a configuration for sound, found one for "
                    + config.features().input().describe());
        }
        return new FeedbackClips(folder)
                .addTo(data, sound.features().sampleRateHz(), config.data().clipSeconds());
    }

    ChipPower chipPower() {
        return chip == null ? ChipPower.H1 : chip.power();
    }

    float weightLimit() {
        return chip == null ? Float.POSITIVE_INFINITY : chip.synapse().weightLimit();
    }

    /** Fits the initial weights of the layers that ask for it to the data. */
    static void initialise(
            TrainableNetwork network,
            NetworkConfig config,
            LabelledFrames clips,
            FrameStacking stacking,
            KernelBackend backend,
            float limit) {
        Map<String, Double> rates = new HashMap<>();
        config.layers().stream()
                .filter(LayerConfig::fluctuationDriven)
                .forEach(layer -> rates.put(layer.name(), (double) layer.init().rate()));
        if (!rates.isEmpty()) {
            new FluctuationInit(backend, stacking, clips, limit)
                    .apply(network.export(), SynapseShape.of(network.parameters(), network.inputs()), rates);
        }
    }

    /** The weights of the chip that the configuration names; refuses a network that no weights could make fit. */
    @Nullable
    ChipWeights chipWeights(TrainableNetwork network) {
        if (chip == null) {
            return null;
        }
        var weights = new ChipWeights(chip, config.chip(), network.parameters(), network.leaks(), network.inputs());
        Network stored = new ChipProjection(chip).applyToWeights(network.export());
        List<Violation> violations = ChipCheck.of(stored, chip).violations();
        if (!violations.isEmpty()) {
            throw new ConfigException("chip.profile: expected a network that fits " + chip.name() + ", found "
                    + violations.getFirst().sentence());
        }
        return weights;
    }

    private TrainingLoop loop(TrainingFeatures features, DataSet data, @Nullable KeywordModel start) {
        int batch = config.training().batch();
        long seed = config.training().seed();
        int clips = Math.multiplyExact(
                features.cleanTraining().clips(), config.training().repeats());
        var batches = new ClipBatches(
                new BatchBuilder(
                        features, config.augmentation(), config.training().prefix(), seed, batch),
                clips,
                batch,
                config.training().shuffle(),
                seed);
        TrainableNetwork network = network(features.input(), batches.maximumSteps());
        if (start == null) {
            initialise(
                    network, config.network(), features.cleanTraining(), features.stacking(), backend, weightLimit());
        } else {
            StartingPoint.load(start.network(), network.parameters());
        }
        long totalSteps = (long) config.training().epochs() * TrainingLoop.batchesPerEpoch(clips, batch);
        return new TrainingLoop(
                config.training(),
                config.loss().population(),
                network,
                shared(
                        new TrainingStep(
                                network, config.loss(), config.optimiser(), totalSteps, batch, chipWeights(network)),
                        features.input(),
                        batches.maximumSteps()),
                batches,
                0,
                trained -> {
                    ClipMetrics metrics = evaluator(features)
                            .measure(
                                    trained,
                                    features.validation(),
                                    config.data().labels().size());
                    return new Validation.Measure(metrics.accuracy(), metrics.firingRates());
                },
                options,
                checkpointKey(data.hash(), start),
                listener);
    }

    /**
     * Stands for the configuration, the data and the model that was started from, so that a checkpoint is not taken for that of
     * another run.
     */
    String checkpointKey(String dataHash, @Nullable KeywordModel start) {
        // Without what configurations of older checkpoints did not have.
        String described = config.toString().replace(", parts=null", "");
        String key = Integer.toHexString(described.hashCode()) + "-" + dataHash;
        return start == null ? key : key + "-" + start.version();
    }

    /** The network to train, with its initial weights. */
    TrainableNetwork network(ModelInput input, int maximumSteps) {
        return new TrainableNetwork(
                config.network(),
                input.width(),
                config.data().labels().size() * config.loss().population(),
                input.stepSeconds(),
                config.training().seed(),
                learningBackend(),
                maximumSteps,
                config.training().batch(),
                config.training().precision(),
                config.training().parts());
    }

    private ClipClassifier classifier() {
        return ClipClassifier.of(config.loss().rule(), config.data().labels().size());
    }

    private ClipEvaluator evaluator(TrainingFeatures features) {
        return new ClipEvaluator(backend, features.stacking(), classifier(), Progress.NONE);
    }

    private Map<Split, ClipMetrics> metrics(
            Network network, TrainingFeatures features, FeatureBuilder builder, DataSet data, LabelMap labels)
            throws IOException {
        Map<Split, ClipMetrics> metrics = new EnumMap<>(Split.class);
        for (Split split : Split.values()) {
            LabelledFrames frames = switch (split) {
                case TRAINING -> features.cleanTraining();
                case VALIDATION -> features.validation();
                case TESTING -> builder.frames(features.input(), data.of(Split.TESTING, labels));
            };
            if (frames.clips() > 0) {
                metrics.put(
                        split,
                        evaluator(features)
                                .measure(network, frames, labels.labels().size()));
            }
        }
        return metrics;
    }

    /**
     * Looks for the folders of all words before any recording is read, which takes minutes.
     *
     * @throws IOException if one is missing
     */
    private void requireFolders(Path folder) throws IOException {
        boolean clipsOfWords = config.data().kind() == DataConfig.Kind.SPEECH_COMMANDS
                && (config.features().input() instanceof ModelInput.Sound
                        || config.features().input() instanceof ModelInput.ClipSpectrogram);
        if (!clipsOfWords || feedback != null || !Files.isDirectory(folder)) {
            return;
        }
        for (String label : config.data().labels()) {
            boolean there = label.equals(LabelMap.SILENCE)
                    ? Files.isDirectory(folder.resolve(LabelMap.SILENCE_FOLDER))
                            || Files.isDirectory(folder.resolve(BACKGROUND_NOISE))
                    : !LabelMap.isKeyword(label) || Files.isDirectory(folder.resolve(label));
            if (!there) {
                throw noClips(folder, label);
            }
        }
    }

    private static IOException noClips(Path folder, String label) {
        return new IOException(folder + ": expected training clips of '" + label + "', found none"
                + (label.equals(LabelMap.SILENCE)
                        ? "; add clips of noise in a folder " + LabelMap.SILENCE_FOLDER + " or long recordings in "
                                + BACKGROUND_NOISE + ", or set data.silence to false"
                        : ""));
    }

    void requireClips(Path folder, DataSet data, LabelMap labels, List<Clip> trainingClips) throws IOException {
        for (int label = 0; label < labels.labels().size(); label++) {
            int wanted = label;
            if (trainingClips.stream().noneMatch(c -> labels.outputOf(c.word()) == wanted)) {
                throw noClips(folder, labels.labels().get(label));
            }
        }
        if (data.of(Split.VALIDATION, labels).isEmpty()) {
            throw new IOException(folder + ": expected samples for validation, found none of the labels; "
                    + (data.hasLists()
                            ? "give them a larger share in data.split.validation, or name some in validation_list.txt"
                            : "add the list validation_list.txt, or set data.kind to folders for a random split"));
        }
    }

    /** The clips, with no more of the unknown words than the configuration allows. */
    private List<Clip> limited(List<Clip> clips) {
        Integer limit = config.data().unknownLimit();
        if (limit == null) {
            return clips;
        }
        var unknown = new ArrayList<Integer>();
        for (int i = 0; i < clips.size(); i++) {
            String word = clips.get(i).word();
            if (!config.data().words().contains(word) && !word.equals(LabelMap.SILENCE_FOLDER)) {
                unknown.add(i);
            }
        }
        boolean[] left = new boolean[clips.size()];
        int[] order = new SplitMix(config.training().seed(), LIMIT_UNKNOWN).permutation(unknown.size());
        for (int i = limit; i < order.length; i++) {
            left[unknown.get(order[i])] = true;
        }
        var kept = new ArrayList<Clip>();
        for (int i = 0; i < left.length; i++) {
            if (!left[i]) {
                kept.add(clips.get(i));
            }
        }
        return kept;
    }

    private DecisionSettings decision(TrainingFeatures features) {
        ClipRule rule = config.loss().rule();
        // The smoothed output of a spiking neuron is a rate; the loss saw a count.
        int steps = features.stacking().steps(features.training().frames());
        return decision(config.loss().logitScale() * (rule == ClipRule.SPIKE_COUNT ? steps : 1));
    }

    /** @param ownScale for where the configuration gives none */
    DecisionSettings decision(float ownScale) {
        return new ConfiguredDecision(config).settings(ownScale);
    }

    List<String> reportable() {
        return new ConfiguredDecision(config).reportable();
    }

    private @Nullable Calibration calibrate(KeywordModel model, DataSet data) throws IOException {
        if (!config.decision().calibration().enabled() || !(model.input() instanceof ModelInput.Sound)) {
            return null;
        }
        return new ThresholdSearch(
                        config.decision().calibration(),
                        Backends.stepsNamed(options.backend()),
                        options.threads(),
                        listener)
                .search(model, reportable(), data, config.training().seed());
    }

    Provenance provenance(DataSet data, Map<Split, ClipMetrics> metrics, @Nullable Calibration calibration) {
        Map<String, Double> figures = new TreeMap<>();
        metrics.forEach((split, m) -> {
            figures.put(split.label() + ".accuracy", m.accuracy());
            figures.put(split.label() + ".correct", (double) m.correct());
            figures.put(split.label() + ".total", (double) m.total());
        });
        if (calibration != null) {
            figures.put("stream.hit_rate", calibration.hitRate());
            figures.put("stream.false_reports_per_hour", calibration.falseReportsPerHour());
        }
        String version = Trainer.class.getPackage().getImplementationVersion();
        return new Provenance(
                data.name(),
                data.hash(),
                config.training().seed(),
                ConfigReader.toYaml(config),
                version == null ? "development" : version,
                Runtime.version().toString(),
                System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                kernels(),
                figures,
                config.attribution(),
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    }

    /** What the network ran on: backend, device or width of its vectors, solver. */
    String kernels() {
        String where = switch (backend.name()) {
            case "vector" -> ", " + Backends.lanes() + " lanes";
            case Devices.TORNADO -> " on " + Devices.names().getFirst() + ", kernel by kernel";
            default -> "";
        };
        return backend.name() + where + ", solver " + backend.solver().name().toLowerCase(Locale.ROOT);
    }
}
