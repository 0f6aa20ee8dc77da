package io.keyspike.app.cli.shared;

import io.keyspike.models.KeywordModel;
import io.keyspike.models.description.StreamQuality;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a model reports falsely an hour, in words. */
public final class QualityText {

    private QualityText() {}

    /**
     * False alarms an hour of all keywords together at the model's thresholds.
     *
     * @return null if that was not measured of every keyword
     */
    public static @Nullable Double falseAlarmsPerHour(KeywordModel model) {
        StreamQuality quality = model.quality();
        if (quality == null) {
            return null;
        }
        double sum = 0;
        for (Map.Entry<String, Float> keyword : model.decision().thresholds().entrySet()) {
            Double rate = quality.falseAlarmsPerHour(keyword.getKey(), keyword.getValue());
            if (rate == null) {
                return null;
            }
            sum += rate;
        }
        return sum;
    }

    /** Such as {@code 0.7 false alarms/h} or {@code not measured}. */
    public static String brief(KeywordModel model) {
        Double rate = falseAlarmsPerHour(model);
        StreamQuality quality = model.quality();
        if (rate == null || quality == null) {
            return "not measured";
        }
        return rate == 0
                ? "no false alarm in %s h".formatted(number(quality.hours()))
                : "%s false alarms/h".formatted(number(rate));
    }

    /** A rate, or where there was no false alarm in all the hours, the hours. */
    public static String rate(StreamQuality quality, @Nullable Double rate) {
        if (rate == null) {
            return "not measured";
        }
        return rate == 0 ? "none in %s h".formatted(number(quality.hours())) : number(rate) + "/h";
    }

    /** Three significant digits, without an exponent. */
    public static String number(double value) {
        double magnitude = Math.abs(value);
        int decimals = magnitude >= 100 ? 0 : magnitude >= 10 ? 1 : magnitude >= 0.1 ? 2 : 4;
        String text = String.format(Locale.ROOT, "%." + decimals + "f", value);
        return decimals == 0 ? text : text.replaceAll("\\.?0+$", "");
    }
}
