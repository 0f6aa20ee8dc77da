package io.keyspike.trainer.layers;

import java.util.Arrays;

/**
 * By how much the time constants of a layer's neurons differ from nominal while batches pass, as on a chip
 * whose leaks are not what was ordered: a factor f makes τ into f·τ, so a decay β = exp(−dt/τ) into β^(1/f). All 1 unless
 * they are set; the model keeps its nominal decays, whatever is set here.
 *
 * @param layer name of the layer
 * @param factors {@code [N]}, above 0; shared on purpose with the neurons, which read them at the start of each pass
 */
@SuppressWarnings("ArrayRecordComponent") // shared on purpose, never compared
public record TimeConstantMismatch(String layer, float[] factors) {

    static TimeConstantMismatch ofWidth(String layer, int width) {
        var leaks = new TimeConstantMismatch(layer, new float[width]);
        leaks.reset();
        return leaks;
    }

    /** Back to nominal. */
    public void reset() {
        Arrays.fill(factors, 1f);
    }
}
