package io.keyspike.trainer.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A linear axis between round numbers. */
record Axis(double low, double high, double tick) {
    private static final double[] ROUND = {1, 2, 2.5, 5, 10};

    /**
     * The axis that holds two values between ticks.
     *
     * @param ticks about how many
     */
    static Axis around(double low, double high, int ticks) {
        double span = high > low ? high - low : Math.max(1e-6, Math.abs(high));
        double raw = span / ticks;
        double power = Math.pow(10, Math.floor(Math.log10(raw)));
        double tick = 10 * power;
        for (double round : ROUND) {
            if (round * power >= raw * (1 - 1e-9)) {
                tick = round * power;
                break;
            }
        }
        double from = Math.floor(low / tick + 1e-9) * tick;
        double to = Math.ceil((low + span) / tick - 1e-9) * tick;
        return new Axis(from, to, tick);
    }

    /** An axis of whole numbers from 1 on, such as epochs. */
    static Axis counting(int most) {
        double tick = Math.max(1, around(0, most, 8).tick());
        return new Axis(1, Math.max(2, most), Math.rint(tick));
    }

    /** Where a value lies, 0 at the low end and 1 at the high one. */
    double share(double value) {
        return (value - low) / (high - low);
    }

    List<Double> ticks() {
        var all = new ArrayList<Double>();
        for (double at = Math.ceil(low / tick - 1e-9) * tick; at <= high + 1e-9 * tick; at += tick) {
            all.add(at);
        }
        return all;
    }

    /** A tick in words, with as many decimals as the ticks need. */
    String words(double value) {
        int decimals =
                tick >= 1 && Math.rint(tick) == tick ? 0 : (int) Math.max(1, -Math.floor(Math.log10(tick) + 1e-9));
        if (tick < 1 && Math.abs(tick * Math.pow(10, decimals) - Math.rint(tick * Math.pow(10, decimals))) > 1e-6) {
            decimals++;
        }
        return String.format(Locale.ROOT, "%." + decimals + "f", value == 0 ? 0.0 : value);
    }
}
