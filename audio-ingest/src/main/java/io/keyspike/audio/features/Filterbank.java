package io.keyspike.audio.features;

/** The streaming filterbank. */
final class Filterbank implements FeatureExtractor {
    private final FilterbankSpec spec;

    Filterbank(FilterbankSpec spec) {
        this.spec = spec;
    }

    @Override
    public FeatureSpec spec() {
        return spec;
    }

    @Override
    public FeatureState newState() {
        throw new UnsupportedOperationException();
    }

    @Override
    public int consume(FeatureState state, short[] samples, int from, int to, float[] feature) {
        throw new UnsupportedOperationException();
    }
}
