package io.keyspike.trainer.features;

import io.keyspike.audio.features.ChannelNormaliser;
import io.keyspike.audio.features.FeatureSpec;
import io.keyspike.audio.features.Normaliser;
import io.keyspike.audio.features.NormaliserFit;
import io.keyspike.models.description.ModelInput;
import io.keyspike.trainer.cache.FrameCache;
import io.keyspike.trainer.cache.FrameSource;
import io.keyspike.trainer.cache.FrameTransform;
import io.keyspike.trainer.cache.NormalisedFrames;
import io.keyspike.trainer.common.Parallel;
import io.keyspike.trainer.common.Progress;
import io.keyspike.trainer.config.AugmentationConfig;
import io.keyspike.trainer.config.FeatureConfig.NormaliserConfig;
import io.keyspike.trainer.config.LabelMap;
import io.keyspike.trainer.config.TrainingConfig;
import io.keyspike.trainer.data.Clip;
import io.keyspike.trainer.data.ClipAudio;
import io.keyspike.trainer.data.DataSet;
import io.keyspike.trainer.data.Split;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What a network is fed with, of all samples of a data set: transformed, cached, normalised. */
public final class FeatureBuilder {
    /** Samples read at a time while the normaliser is fitted. */
    private static final int BLOCK = 256;

    private final DataSet data;
    private final LabelMap labels;
    private final double clipSeconds;
    private final FrameCache cache;
    private final int threads;
    private final Progress progress;

    /** @param clipSeconds length that clips of sound are brought to */
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
     * Everything that training needs: normaliser, augmented copies, validation.
     *
     * @param trainingClips the samples to train with
     * @throws IOException if a file that could be read before cannot be read now, or there is no room for its features
     */
    public TrainingFeatures training(TrainingConfig config, List<Clip> trainingClips) throws IOException {
        ModelInput input = config.features().input();
        NormaliserConfig wanted = config.features().normaliser();
        if (wanted != null) {
            input = new ModelInput.Sound(fitted(config.features().spec(), wanted, trainingClips));
        }
        return training(config, input, trainingClips);
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
        FrameSource copies = kept(input, copies(input, augmentation), trainingClips);
        return new TrainingFeatures(input, clean, copies, augmentation.copies(), validation);
    }

    /**
     * Unchanged samples, as {@code evaluate} sees them.
     *
     * @throws IOException as {@link #training}
     */
    public LabelledFrames frames(ModelInput input, List<Clip> clips) throws IOException {
        FrameSource frames = input instanceof ModelInput.Image image
                ? new ImageFrames(clips, image.width())
                : kept(input, List.of(transform(input)), clips);
        return new LabelledFrames(
                frames, clips.stream().mapToInt(c -> labels.outputOf(c.word())).toArray());
    }

    private FrameSource kept(ModelInput input, List<? extends FrameTransform> copies, List<Clip> clips)
            throws IOException {
        FrameSource frames = cache.open(copies, clips);
        Normaliser normaliser = normaliserOf(input);
        return cache.keep(
                normaliser == null ? frames : new NormalisedFrames(frames, new ChannelNormaliser(normaliser)));
    }

    private FrameTransform transform(ModelInput input) {
        return input instanceof ModelInput.EventFrames events ? EventTransform.ofFiles(events) : sound(input);
    }

    private SoundTransform sound(ModelInput input) {
        return switch (input) {
            case ModelInput.Sound sound -> SoundTransform.of(sound.features(), clipSeconds);
            case ModelInput.ClipSpectrogram clip -> SoundTransform.of(clip, clipSeconds);
            case ModelInput.EventFrames other ->
                throw new IllegalArgumentException("features: expected audio, found " + other.describe());
            case ModelInput.Image other ->
                throw new IllegalArgumentException("features: expected audio, found " + other.describe());
        };
    }

    private List<FrameTransform> copies(ModelInput input, AugmentationConfig augmentation) {
        SoundTransform clean = sound(input);
        int sampleRateHz = clean.sampleRateHz();
        var changed = new SoundAugmentation(augmentation, sampleRateHz, noises(sampleRateHz));
        return IntStream.range(0, augmentation.copies())
                .<FrameTransform>mapToObj(k -> new ChangedSoundTransform(clean, changed, k))
                .toList();
    }

    private List<short[]> noises(int sampleRateHz) {
        int samples = (int) Math.round(clipSeconds * sampleRateHz);
        return data.clips().stream()
                .filter(c -> c.split() == Split.TRAINING && c.word().equals(LabelMap.SILENCE_FOLDER))
                .map(c -> {
                    try {
                        return ClipAudio.read(c, sampleRateHz, samples);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                })
                .toList();
    }

    private static @Nullable Normaliser normaliserOf(ModelInput input) {
        return switch (input) {
            case ModelInput.Sound sound -> sound.features().normaliser();
            case ModelInput.ClipSpectrogram clip -> null;
            case ModelInput.EventFrames events -> null;
            case ModelInput.Image image -> null;
        };
    }

    /** The spec with a normaliser fitted to clean clips, in their order. */
    private FeatureSpec fitted(FeatureSpec spec, NormaliserConfig wanted, List<Clip> clips) {
        FrameSource frames = cache.open(List.of(SoundTransform.of(spec, clipSeconds)), clips);
        int width = frames.width();
        var fit = new NormaliserFit(width);
        float[] frame = new float[width];
        float[][] read = new float[Math.min(BLOCK, clips.size())][frames.frames() * width];
        for (int from = 0; from < clips.size(); from += BLOCK) {
            int count = Math.min(BLOCK, clips.size() - from);
            int start = from;
            Parallel.forEach(count, threads, "measuring features", Progress.NONE, i -> {
                frames.read(start + i, 0, frames.frames(), read[i], 0);
            });
            for (int i = 0; i < count; i++) {
                for (int at = 0; at < read[i].length; at += width) {
                    System.arraycopy(read[i], at, frame, 0, width);
                    fit.add(frame);
                }
            }
            progress.advanced("measuring features", from + count, clips.size());
        }
        return spec.withNormaliser(fit.toNormaliser(wanted.gain(), wanted.offset(), wanted.rectified()));
    }
}
