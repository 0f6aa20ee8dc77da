package io.keyspike.app.cli.listen;

import java.util.Locale;

/** The level in the first seconds of a microphone: whether it is on, muted or far too quiet shows before a word is missed. */
final class FirstLevel {

    private static final double SECONDS = 2;
    private static final double FULL_SCALE = 32_768;

    private final long length;
    private long taken;
    private double energy;
    private int peak;

    FirstLevel(int sampleRateHz) {
        length = Math.round(SECONDS * sampleRateHz);
    }

    /** @return whether the level is known with these samples; true once */
    boolean take(short[] samples, int count) {
        if (taken >= length) {
            return false;
        }
        for (int i = 0; i < count; i++) {
            energy += (double) samples[i] * samples[i];
            peak = Math.max(peak, Math.abs(samples[i]));
        }
        taken += count;
        return taken >= length;
    }

    String sentence() {
        if (peak == 0) {
            return "the microphone delivers nothing but zeros: is it muted, or is another one meant (--list-devices)?";
        }
        return String.format(
                Locale.ROOT,
                "level in the first %.0f s: %.0f dB, peak %.0f dB%s",
                SECONDS,
                db(Math.sqrt(energy / taken)),
                db(peak),
                peak >= FULL_SCALE - 1 ? "; the input clips, lower its gain" : "");
    }

    private static double db(double value) {
        return 20 * Math.log10(value / FULL_SCALE);
    }
}
