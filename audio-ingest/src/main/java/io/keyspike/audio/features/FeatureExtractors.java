package io.keyspike.audio.features;

/** Compiles feature specs. */
public final class FeatureExtractors {

    private FeatureExtractors() {}

    /**
     * Compiles a spec: designs its filters or its window and mel bands.
     *
     * @param spec already checked by its constructor
     * @return an extractor that any number of streams and threads may share
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
     * @param extractor not changed
     * @param samples {@code [samples]}, PCM16 at the extractor's rate
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
