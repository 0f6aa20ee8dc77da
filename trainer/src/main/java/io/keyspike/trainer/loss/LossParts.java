package io.keyspike.trainer.loss;

/**
 * A batch's loss and hits, or a slice's share of them.
 *
 * @param classification what the classes cost, divided by the clips of the whole batch
 * @param rate firing-rate penalty
 * @param magnitude weight penalty
 * @param correct clips that the outputs classify as their label
 * @param clips B
 */
public record LossParts(double classification, double rate, double magnitude, int correct, int clips) {

    /** Of no clips. */
    public static final LossParts NONE = new LossParts(0, 0, 0, 0, 0);

    public double total() {
        return classification + rate + magnitude;
    }

    /** Two slices of the same batch together. */
    public LossParts plus(LossParts other) {
        return new LossParts(
                classification + other.classification,
                rate + other.rate,
                magnitude + other.magnitude,
                correct + other.correct,
                clips + other.clips);
    }
}
