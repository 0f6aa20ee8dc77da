package io.keyspike.audio.features;

/** The streaming log-mel. */
final class LogMel implements FeatureExtractor {
    private final LogMelSpec spec;

    LogMel(LogMelSpec spec) {
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
