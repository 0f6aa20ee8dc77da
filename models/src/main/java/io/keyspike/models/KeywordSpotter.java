package io.keyspike.models;

import io.keyspike.kernels.StepKernels;

/**
 * The whole way of one stream: samples, feature steps, network, decision. Immutable; any number of streams, each with its
 * own {@link SpotterState}. Nothing is allocated in {@link #process} except the detections themselves.
 */
public final class KeywordSpotter {

    public KeywordSpotter(KeywordModel model, StepKernels kernels) {
        throw new UnsupportedOperationException("" + model + kernels);
    }

    public KeywordModel model() {
        throw new UnsupportedOperationException();
    }

    public StreamingNetwork network() {
        throw new UnsupportedOperationException();
    }

    public SpotterState newState() {
        throw new UnsupportedOperationException();
    }

    /** Takes samples {@code from} (inclusive) to {@code to} (exclusive) of a stream at the model's sampling rate. */
    public void process(SpotterState state, short[] samples, int from, int to, DetectionSink sink) {
        throw new UnsupportedOperationException();
    }

    /**
     * The state with which this model takes over a stream from another: the old state where graph and features are the
     * same (copied), a new one otherwise; the sample position carries on in both cases.
     */
    public SpotterState takeOver(KeywordSpotter previous, SpotterState state) {
        throw new UnsupportedOperationException();
    }
}
