package io.keyspike.trainer.optimise;

import io.keyspike.trainer.config.OptimiserConfig.ScheduleConfig;

/** Factor on all learning rates by step: linear warm-up, then constant or half a cosine down to 0. */
public final class LearningRateSchedule {
    private final ScheduleConfig config;
    private final long warmUpSteps;
    private final long totalSteps;

    public LearningRateSchedule(ScheduleConfig config, long totalSteps) {
        this.config = config;
        this.totalSteps = totalSteps;
        warmUpSteps = Math.round(config.warmUp() * totalSteps);
    }

    /** @param step 0 for the first */
    public double factor(long step) {
        if (step < warmUpSteps) {
            return config.warmUpStart() + (1 - config.warmUpStart()) * step / warmUpSteps;
        }
        if (config.kind() == ScheduleConfig.Curve.CONSTANT) {
            return 1;
        }
        double progress = (double) (step - warmUpSteps) / Math.max(1, totalSteps - warmUpSteps);
        return (1 + Math.cos(Math.PI * Math.min(1, progress))) / 2;
    }
}
