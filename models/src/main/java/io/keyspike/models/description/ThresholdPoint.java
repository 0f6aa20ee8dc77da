package io.keyspike.models.description;

/**
 * What one threshold of a keyword led to on streams.
 *
 * @param threshold of the keyword's score, above 0 and up to 1
 * @param falseAlarms reports of the keyword where it was not said, at least 0
 * @param misses occurrences of the keyword that were not reported, at least 0
 */
public record ThresholdPoint(float threshold, int falseAlarms, int misses) {

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a value is out of range
     */
    public ThresholdPoint {
        if (!(threshold > 0 && threshold <= 1)) {
            throw new IllegalArgumentException("quality: expected a threshold above 0 and up to 1, found " + threshold);
        }
        if (falseAlarms < 0 || misses < 0) {
            throw new IllegalArgumentException("quality: expected counts of at least 0, found " + falseAlarms
                    + " false alarms and " + misses + " misses");
        }
    }
}
