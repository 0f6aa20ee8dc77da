package io.keyspike.trainer.features;

import io.keyspike.audio.features.FeatureExtractor;
import io.keyspike.audio.features.FeatureExtractors;
import io.keyspike.audio.features.FeatureSpec;
import io.keyspike.audio.features.FilterbankSpec;
import io.keyspike.audio.features.LogMelSpec;
import io.keyspike.audio.features.Normaliser;
import io.keyspike.audio.features.NormaliserFit;
import io.keyspike.models.ModelInput;
import io.keyspike.trainer.Parallel;
import io.keyspike.trainer.Progress;
import io.keyspike.trainer.config.AugmentationConfig;
import io.keyspike.trainer.config.FeatureConfig;
import io.keyspike.trainer.config.TrainingConfig;
import io.keyspike.trainer.data.Clip;
import io.keyspike.trainer.data.ClipAudio;
import io.keyspike.trainer.data.DataSet;
import io.keyspike.trainer.data.LabelMap;
import io.keyspike.trainer.data.Split;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Makes features of clips: with the streaming extractor, clip by clip, over the cores, into the cache. */
public final class FeatureBuilder {
    private final DataSet data;
    private final LabelMap labels;
    private final double clipSeconds;
    private final FrameCache cache;
    private final int threads;
    private final Progress progress;
    private final Map<FeatureSpec, FeatureExtractor> extractors = new HashMap<>();

    public FeatureBuilder(
            DataSet data, LabelMap labels, double clipSeconds, FrameCache cache, int threads, Progress progress) {
        this.data = data;
        this.labels = labels;
        this.clipSeconds = clipSeconds;
        this.cache = cache;
        this.threads = threads;
        this.progress = progress;
    }

    /**
     * Everything that training needs: normaliser, changed copies, validation.
     *
     * @param trainingClips the clips to train with
     * @throws IOException if a file that could be read before cannot be read now, or the cache cannot be written
     */
    public TrainingFeatures training(TrainingConfig config, List<Clip> trainingClips) throws IOException {
        return training(config, fitted(config.features(), trainingClips), trainingClips);
    }

    /** As {@link #training(TrainingConfig, List)}, with features whose normaliser is fitted already. */
    public TrainingFeatures training(TrainingConfig config, ModelInput input, List<Clip> trainingClips)
            throws IOException {
        LabelledFrames clean = frames(input, trainingClips);
        LabelledFrames validation = frames(input, data.of(Split.VALIDATION, labels));
        AugmentationConfig augmentation = config.augmentation();
        if (augmentation.copies() == 0) {
            return new TrainingFeatures(input, clean, clean.frames(), 1, validation);
        }
        FeatureSpec spec = ((ModelInput.Sound) input).features();
        FrameSource copies = copies(spec, trainingClips, augmentation);
        return new TrainingFeatures(input, clean, copies, augmentation.copies(), validation);
    }

    /** Unchanged clips, as {@code evaluate} sees them. */
    public LabelledFrames frames(ModelInput input, List<Clip> clips) throws IOException {
        FrameSource frames = switch (input) {
            case ModelInput.Sound sound -> sound(sound.features(), clips);
            case ModelInput.Image image -> new ImageFrames(clips, image.width());
        };
        return new LabelledFrames(
                frames, clips.stream().mapToInt(c -> labels.outputOf(c.word())).toArray());
    }

    private FrameSource sound(FeatureSpec spec, List<Clip> clips) throws IOException {
        FeatureExtractor extractor = FeatureExtractors.of(FrameStacking.frameSpec(spec));
        int width = extractor.spec().width();
        int samples = samples(spec);
        return cache.get(
                recipe("clean", spec, clips),
                clips.size(),
                frameCount(extractor, samples),
                width,
                s -> Parallel.forEach(clips.size(), threads, "extracting features", progress, i -> {
                    s.write(i, FeatureExtractors.extract(extractor, read(clips.get(i), spec)));
                }));
    }

    private FrameSource copies(FeatureSpec spec, List<Clip> clips, AugmentationConfig augmentation) throws IOException {
        FeatureExtractor extractor = FeatureExtractors.of(FrameStacking.frameSpec(spec));
        int copies = augmentation.copies();
        return cache.get(
                recipe("copies " + audioPartOf(augmentation), spec, clips),
                Math.multiplyExact(clips.size(), copies),
                frameCount(extractor, samples(spec)),
                extractor.spec().width(),
                store -> {
                    var changed = new SoundAugmentation(augmentation, spec.sampleRateHz(), noises(spec));
                    Parallel.forEach(clips.size(), threads, "extracting changed copies", progress, i -> {
                        short[] clip = read(clips.get(i), spec);
                        for (int k = 0; k < copies; k++) {
                            short[] copy = changed.apply(clip, clips.get(i).name(), k);
                            store.write(k * clips.size() + i, FeatureExtractors.extract(extractor, copy));
                        }
                    });
                });
    }

    /** What the precomputed copies depend on; features are masked and rolled later. */
    private static AugmentationConfig audioPartOf(AugmentationConfig a) {
        return new AugmentationConfig(
                a.copies(),
                a.seed(),
                a.speedProbability(),
                a.speed(),
                a.shiftMillis(),
                a.gainDb(),
                a.noiseProbability(),
                a.noiseSnrDb(),
                0,
                0,
                0);
    }

    private List<short[]> noises(FeatureSpec spec) {
        return data.clips().stream()
                .filter(c -> c.split() == Split.TRAINING && c.word().equals(LabelMap.SILENCE_FOLDER))
                .map(c -> read(c, spec))
                .toList();
    }

    /** The input with its normaliser fitted to clean clips, in their order. */
    private ModelInput fitted(FeatureConfig config, List<Clip> clips) {
        FeatureConfig.NormaliserConfig wanted = config.normaliser();
        if (wanted == null) {
            return config.input();
        }
        FeatureExtractor extractor = extractor(NormaliserFit.specToMeasure(config.spec()));
        var fit = new NormaliserFit(extractor.spec().width());
        int block = Math.max(1, Math.min(clips.size(), 256));
        for (int from = 0; from < clips.size(); from += block) {
            int count = Math.min(block, clips.size() - from);
            int start = from;
            float[][][] extracted = new float[count][][];
            Parallel.forEach(count, threads, "measuring features", Progress.NONE, i -> {
                extracted[i] = FeatureExtractors.extract(extractor, read(clips.get(start + i), config.spec()));
            });
            for (float[][] clip : extracted) {
                for (float[] frame : clip) {
                    fit.add(frame);
                }
            }
            progress.advanced("measuring features", from + count, clips.size());
        }
        Normaliser normaliser = fit.toNormaliser(wanted.gain(), wanted.offset(), wanted.rectified());
        return new ModelInput.Sound(
                switch (config.spec()) {
                    case FilterbankSpec filterbank -> filterbank.withNormaliser(normaliser);
                    case LogMelSpec logMel -> logMel.withNormaliser(normaliser);
                });
    }

    /** Compiled once a spec, since that warns of filters that are dropped. */
    private FeatureExtractor extractor(FeatureSpec spec) {
        return extractors.computeIfAbsent(spec, FeatureExtractors::of);
    }

    private short[] read(Clip clip, FeatureSpec spec) {
        try {
            return ClipAudio.read(clip.file(), spec.sampleRateHz(), samples(spec));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int samples(FeatureSpec spec) {
        return (int) Math.round(clipSeconds * spec.sampleRateHz());
    }

    private static int frameCount(FeatureExtractor extractor, int samples) {
        int frames = FeatureExtractors.extract(extractor, new short[samples]).length;
        if (frames == 0) {
            throw new IllegalArgumentException(
                    "features: expected clips long enough for a frame, found " + samples + " samples");
        }
        return frames;
    }

    private String recipe(String what, FeatureSpec spec, List<Clip> clips) {
        var parts = new ArrayList<String>();
        parts.add(what);
        parts.add(data.hash());
        parts.add(spec.toString());
        parts.add(String.valueOf(clipSeconds));
        parts.add(clips.stream().map(Clip::name).collect(Collectors.joining(",")));
        return String.join("\n", parts);
    }
}
