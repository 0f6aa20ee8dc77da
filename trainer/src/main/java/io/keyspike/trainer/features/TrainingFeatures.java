package io.keyspike.trainer.features;

import io.keyspike.audio.features.FeatureSpec;

/**
 * The features of a data set, ready for training.
 *
 * @param spec with its fitted normaliser: what the model carries
 * @param training copies of the training clips, copy by copy: clip c of copy k is {@code k·clips + c}
 * @param copies how many there are
 */
public record TrainingFeatures(
        FeatureSpec spec, LabelledFrames cleanTraining, FrameStore training, int copies, LabelledFrames validation) {

    public FrameStacking stacking() {
        return FrameStacking.of(spec);
    }
}
