package io.keyspike.trainer.features;

import io.keyspike.trainer.data.Clip;
import java.nio.file.Path;

/** A changed copy of each clip; which change depends on the clip's name and the copy's number alone. */
final class ChangedSoundTransform extends SoundTransform {
    private static final Clip PROBE = new Clip("probe", Path.of(""), "probe", io.keyspike.trainer.data.Split.TRAINING);

    private final SoundAugmentation augmentation;
    private final int copy;

    ChangedSoundTransform(SoundTransform clean, SoundAugmentation augmentation, int copy) {
        super(clean);
        this.augmentation = augmentation;
        this.copy = copy;
    }

    @Override
    public String recipe() {
        return super.recipe() + ", copy " + copy + ", " + augmentation.recipe();
    }

    @Override
    short[] change(Clip clip, short[] sound) {
        return augmentation.apply(sound, clip.name(), copy);
    }

    @Override
    public float[] probe() {
        float[] values = new float[frames() * width()];
        extract(change(PROBE, probeSound()), values);
        return values;
    }
}
