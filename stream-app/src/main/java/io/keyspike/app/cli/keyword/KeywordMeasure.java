package io.keyspike.app.cli.keyword;

import io.keyspike.trainer.streams.ThresholdSweep;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a keyword's model does on sound that it was not trained on, by its own decisions.
 *
 * @param keyword what is listened for
 * @param threshold the calibrated one
 * @param said how often the keyword is said
 * @param heard how often it was reported
 * @param voices synthetic voices that say it
 * @param recordings of the user's own that were held back
 * @param speechHours length of other speech, none of it repeated
 * @param falseAlarms reports in that speech
 * @param sweep of all thresholds over the streams that the threshold was chosen on
 */
record KeywordMeasure(
        Phrase keyword,
        float threshold,
        int said,
        int heard,
        int voices,
        int recordings,
        double speechHours,
        int falseAlarms,
        ThresholdSweep sweep) {

    private static final double MINUTES = 60;

    /** Rates for the table. */
    static final List<Double> RATES = List.of(0.1, 0.5, 1.0, 4.0);

    double missRate() {
        return said == 0 ? Double.NaN : (double) (said - heard) / said;
    }

    double falseAlarmsPerHour() {
        return speechHours == 0 ? Double.NaN : falseAlarms / speechHours;
    }

    /** What to expect, in one sentence or two. */
    String expectation() {
        String judges = voices == 0
                ? recordings + " recordings of yours that it was not trained on"
                : voices + " synthetic voices" + (recordings == 0 ? "" : " and " + recordings + " recordings of yours")
                        + " that it was not trained on: real voices are missed more often";
        String misses = String.format(
                Locale.ROOT,
                "missed %.0f %% of %d times '%s', measured on %s.",
                100 * missRate(),
                said,
                keyword.text(),
                judges);
        if (speechHours == 0) {
            return "It " + misses
                    + " There was no connected speech to count false alarms on: expect more than you asked for, and pass some with"
                    + " --negatives DIR.";
        }
        return String.format(
                        Locale.ROOT,
                        "In %.0f minutes of other speech it reported '%s' falsely %s (%s), and ",
                        MINUTES * speechHours,
                        keyword.text(),
                        times(falseAlarms),
                        perHour())
                + misses;
    }

    private static String times(int count) {
        return switch (count) {
            case 0 -> "never";
            case 1 -> "once";
            case 2 -> "twice";
            default -> count + " times";
        };
    }

    /** One false alarm more would already be another rate: a count of 0 only bounds it. */
    private String perHour() {
        return falseAlarms == 0
                ? String.format(Locale.ROOT, "less than %.1f an hour, as far as that tells", 3 / speechHours)
                : String.format(Locale.ROOT, "about %.1f an hour", falseAlarmsPerHour());
    }

    /** The table of misses at rates of false alarms. */
    List<String> table() {
        var lines = new ArrayList<String>();
        lines.add("false alarms an hour   missed   (" + sweep.labels() + " times said, "
                + String.format(Locale.ROOT, "%.1f h of composed streams)", sweep.hours()));
        for (double rate : RATES) {
            boolean resolved = rate * sweep.hours() >= 1;
            lines.add(String.format(
                    Locale.ROOT,
                    "%20.1f   %5.1f %%%s",
                    rate,
                    100 * sweep.missAt(rate),
                    resolved ? "" : "   (too little sound to tell)"));
        }
        return lines;
    }
}
