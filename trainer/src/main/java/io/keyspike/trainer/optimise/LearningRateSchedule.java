package io.keyspike.trainer.optimise;

import io.keyspike.trainer.config.OptimiserConfig.ScheduleConfig;
import java.util.List;

/**
 * Factor on all learning rates by step: linear warm-up, then constant, half a cosine (Loshchilov and Hutter 2017, without
 * restarts), or falling at milestones. Fractions are of all steps of the run, warm-up included.
 */
public final class LearningRateSchedule {
    private final ScheduleConfig config;
    private final long warmUpSteps;
    private final long totalSteps;
    private final List<Long> milestones;

    public LearningRateSchedule(ScheduleConfig config, long totalSteps) {
        this.config = config;
        this.totalSteps = totalSteps;
        warmUpSteps = Math.round(config.warmUp() * totalSteps);
        milestones = config.milestones().stream()
                .map(m -> Math.round(m * totalSteps))
                .toList();
    }

    /** @param step 0 for the first */
    public double factor(long step) {
        if (step < warmUpSteps) {
            return config.warmUpStart() + (1 - config.warmUpStart()) * step / warmUpSteps;
        }
        return switch (config.kind()) {
            case CONSTANT -> 1;
            case COSINE -> cosine(step);
            case STEP ->
                Math.pow(config.gamma(), (double)
                        milestones.stream().filter(m -> m <= step).count());
        };
    }

    private double cosine(long step) {
        double progress = (double) (step - warmUpSteps) / Math.max(1, totalSteps - warmUpSteps);
        double fall = (1 + Math.cos(Math.PI * Math.min(1, progress))) / 2;
        return config.minimum() + (1 - config.minimum()) * fall;
    }
}
