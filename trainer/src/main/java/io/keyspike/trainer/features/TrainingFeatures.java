package io.keyspike.trainer.features;

import io.keyspike.models.description.ModelInput;
import io.keyspike.trainer.cache.FrameSource;

/**
 * The features of a data set, ready for training.
 *
 * @param input with its fitted normaliser: what the model carries
 * @param training copies of the training clips, copy by copy: clip c of copy k is {@code k·clips + c}
 * @param copies how many there are
 */
public record TrainingFeatures(
        ModelInput input, LabelledFrames cleanTraining, FrameSource training, int copies, LabelledFrames validation) {

    public FrameStacking stacking() {
        return FrameStacking.of(input);
    }
}
