package io.keyspike.trainer.events;

/**
 * Counts events into frames, as Tonic's {@code ToFrame} does.
 *
 * @param units channels of a frame
 * @param polarities polarities of a frame; with 1 they are ignored
 */
public record ToFrame(int units, int polarities, Slicing slicing) {

    /**
     * Number of events of each polarity and unit.
     *
     * @return {@code [frames, polarities · units]}; no frame of no events
     * @throws IllegalArgumentException if an event lies outside a frame
     */
    public float[][] apply(Events events) {
        if (events.count() == 0) {
            return new float[0][];
        }
        int[][] slices = slicing.of(events);
        float[][] frames = new float[slices.length][polarities * units];
        for (int f = 0; f < slices.length; f++) {
            for (int e = slices[f][0]; e < slices[f][1]; e++) {
                int unit = events.units()[e];
                int polarity = polarities == 1 ? 0 : events.polarity(e);
                if (unit < 0 || unit >= units || polarity < 0 || polarity >= polarities) {
                    throw new IllegalArgumentException(
                            "events: expected units below " + units + " and polarities below " + polarities
                                    + ", found unit " + unit + " and polarity " + polarity);
                }
                frames[f][polarity * units + unit]++;
            }
        }
        return frames;
    }
}
