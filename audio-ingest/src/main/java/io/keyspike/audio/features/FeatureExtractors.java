package io.keyspike.audio.features;

/** Compiles feature specs. */
public final class FeatureExtractors {

    private FeatureExtractors() {}

    /**
     * The extractor for a spec.
     *
     * @throws IllegalArgumentException if the spec's values do not fit together
     */
    public static FeatureExtractor of(FeatureSpec spec) {
        return switch (spec) {
            case FilterbankSpec filterbank -> new Filterbank(filterbank);
            case LogMelSpec logMel -> new LogMel(logMel);
        };
    }

    /**
     * All steps of a whole recording, from a fresh state: what a stream would see.
     *
     * @return {@code [steps, width]}
     */
    public static float[][] extract(FeatureExtractor extractor, short[] samples) {
        int width = extractor.spec().width();
        var steps = new java.util.ArrayList<float[]>();
        FeatureState state = extractor.newState();
        float[] feature = new float[width];
        int at = 0;
        while (at < samples.length) {
            at = extractor.consume(state, samples, at, samples.length, feature);
            if (state.stepComplete()) {
                steps.add(feature.clone());
            }
        }
        return steps.toArray(new float[0][]);
    }
}
