package io.keyspike.trainer.loop;

import io.keyspike.models.KeywordModel;
import io.keyspike.trainer.calibrate.Calibration;
import io.keyspike.trainer.calibrate.StreamCalibration;
import io.keyspike.trainer.config.TrainingConfig;
import io.keyspike.trainer.data.DataSet;
import io.keyspike.trainer.data.Split;
import io.keyspike.trainer.evaluate.ClipMetrics;
import io.keyspike.trainer.evaluate.NetworkActivity;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A finished training.
 *
 * @param chosenEpoch the one whose weights the model has
 * @param metrics of the model by split; only splits that have clips
 * @param activity of the model on the validation split
 * @param calibration how the thresholds were found on streams of clips; null where they were not
 * @param streamCalibration likewise of a training on streams
 * @param parameters number of learnt values
 */
public record TrainingResult(
        KeywordModel model,
        TrainingConfig config,
        DataSet data,
        List<EpochRecord> history,
        int chosenEpoch,
        Map<Split, ClipMetrics> metrics,
        NetworkActivity activity,
        @Nullable Calibration calibration,
        @Nullable StreamCalibration streamCalibration,
        int parameters,
        double trainingSeconds) {

    public TrainingResult {
        history = List.copyOf(history);
    }
}
