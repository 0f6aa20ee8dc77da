package io.keyspike.trainer.loop;

/**
 * Where the time of an epoch, or of several, went, in seconds of wall-clock time.
 *
 * @param preparing composing the streams that were not composed ahead and mining what was falsely heard, before the first batch
 * @param waiting for batches whose augmentation and features were not done in time
 * @param learning forward, loss, backward and the optimiser's step
 * @param validating the epoch's network
 */
public record EpochTime(double preparing, double waiting, double learning, double validating) {

    /** Of no epoch. */
    public static final EpochTime NONE = new EpochTime(0, 0, 0, 0);

    /** Of these epochs and another. */
    public EpochTime plus(EpochTime other) {
        return new EpochTime(
                preparing + other.preparing,
                waiting + other.waiting,
                learning + other.learning,
                validating + other.validating);
    }

    private double whole() {
        return preparing + waiting + learning + validating;
    }

    /** Share of the time in which nothing was learnt or validated because its input was not there. */
    public double shareOfInput() {
        return whole() > 0 ? (preparing + waiting) / whole() : 0;
    }
}
