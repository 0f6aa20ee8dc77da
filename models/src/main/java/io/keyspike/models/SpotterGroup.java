package io.keyspike.models;

import io.keyspike.audio.features.FeatureGroup;
import io.keyspike.audio.features.FeatureState;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Frames of many streams of one {@link KeywordSpotter}, taken several at a time. Each stream hears what it would hear alone,
 * bit for bit; together they are faster in two ways. A filter's recurrence leaves a core waiting, which other streams'
 * filters fill ({@link FeatureGroup}). And the state of streams that come next is fetched into the cache while these are
 * heard: with thousands of streams, waiting for memory would cost as much as the arithmetic.
 *
 * <p>Holds scratch memory, so it is for one thread. Nothing is allocated in {@link #process} except the detections.
 */
public final class SpotterGroup {

    /** Receives what is heard. */
    @FunctionalInterface
    public interface Sink {

        /** @param stream index of the stream among those given to {@link #process} */
        void heard(int stream, Detection detection);
    }

    private static final int SAMPLES_PER_LINE = 32;
    private static final SpotterState[] NO_STATES = {};
    private static final short[][] NO_FRAMES = {};

    private final KeywordSpotter spotter;
    private final @Nullable FeatureGroup features;
    private final int size;

    // Of the streams at hand, by their place among them.
    private final StageStates[] streams;
    private final FeatureState[] featureStates;
    private final short[][] samples;
    private final int[] from;
    private final ChainState[] networkStates;
    private final float[][] steps;
    private final float[][] outputs;
    private final SinkOf[] sinks;

    // The streams that come next, and how far they have been fetched.
    private SpotterState[] fetchFrom = NO_STATES;
    private short[][] fetchFrames = NO_FRAMES;
    private int fetchFirst;
    private int fetchEnd;
    private int fetchDepth;

    /** What the fetched bytes add up to; kept, so that fetching is not optimised away. */
    @SuppressWarnings("UnusedVariable")
    private int fetched;

    SpotterGroup(KeywordSpotter spotter, @Nullable FeatureGroup features) {
        this.spotter = spotter;
        this.features = features;
        size = features == null ? 1 : features.size();
        streams = new StageStates[size];
        featureStates = new FeatureState[size];
        samples = new short[size][];
        from = new int[size];
        networkStates = new ChainState[size];
        steps = new float[size][];
        outputs = new float[size][];
        sinks = new SinkOf[size];
        Arrays.setAll(sinks, i -> new SinkOf());
    }

    /**
     * Takes a frame of each stream.
     *
     * @param states different ones, made by the spotter's {@link KeywordSpotter#newState}; the first {@code count} are used
     * @param frames of each stream, its next samples at the model's sampling rate; all of them are taken
     * @throws IllegalArgumentException if a state is another spotter's
     */
    public void process(SpotterState[] states, short[][] frames, int count, Sink sink) {
        fetchFrom = states;
        fetchFrames = frames;
        fetchNext(0, count);
        fetchRest();
        for (int first = 0; first < count; first += size) {
            int here = Math.min(size, count - first);
            fetchNext(first + here, count);
            for (int k = 0; k < here; k++) {
                streams[k] = spotter.own(states[first + k]);
                samples[k] = frames[first + k];
                from[k] = 0;
                sinks[k].sink = sink;
                sinks[k].stream = first + k;
            }
            if (here == size && features != null) {
                together(features);
            }
            fetchRest();
            for (int k = 0; k < here; k++) {
                spotter.process(streams[k], samples[k], from[k], samples[k].length, sinks[k]);
            }
        }
        // They are the caller's.
        fetchFrom = NO_STATES;
        fetchFrames = NO_FRAMES;
    }

    /** As long as every stream has samples left. */
    private void together(FeatureGroup group) {
        int limit = Integer.MAX_VALUE;
        for (int k = 0; k < size; k++) {
            featureStates[k] = streams[k].features;
            networkStates[k] = (ChainState) streams[k].network;
            steps[k] = streams[k].feature;
            outputs[k] = streams[k].output;
            limit = Math.min(limit, samples[k].length);
        }
        for (int taken = 0; taken < limit; ) {
            int count = group.consume(featureStates, samples, from, limit - taken, steps);
            taken += count;
            boolean all = true;
            for (int k = 0; k < size; k++) {
                from[k] = taken;
                all &= featureStates[k].stepComplete();
            }
            if (all) {
                stepAll(count);
            } else {
                for (int k = 0; k < size; k++) {
                    spotter.consumed(streams[k], count, sinks[k], null);
                }
            }
            fetch();
        }
    }

    /** Streams whose frames began with their steps stay in step. */
    private void stepAll(int samplesTaken) {
        spotter.network().step(networkStates, steps, outputs, size);
        for (int k = 0; k < size; k++) {
            streams[k].position += samplesTaken;
            spotter.decide(streams[k], sinks[k], null);
        }
    }

    private void fetchNext(int first, int count) {
        fetchFirst = first;
        fetchEnd = Math.min(first + size, count);
        fetchDepth = 0;
    }

    /** One level of what the streams that come next are made of; between two calls, some microseconds of work. */
    private void fetch() {
        if (fetchDepth > StageStates.DEPTH) {
            return;
        }
        for (int k = fetchFirst; k < fetchEnd; k++) {
            fetched += spotter.own(fetchFrom[k]).touch(fetchDepth) + touch(fetchFrames[k], fetchDepth);
        }
        fetchDepth++;
    }

    /** Of a frame's sound, a part at each depth. */
    private static int touch(short[] frame, int depth) {
        int part = Math.ceilDiv(frame.length, StageStates.DEPTH + 1);
        int end = Math.min(frame.length, (depth + 1) * part);
        int read = 0;
        for (int i = depth * part; i < end; i += SAMPLES_PER_LINE) {
            read += frame[i];
        }
        return read;
    }

    private void fetchRest() {
        while (fetchDepth <= StageStates.DEPTH) {
            fetch();
        }
    }

    private static final class SinkOf implements DetectionSink {
        private Sink sink = (stream, detection) -> {};
        private int stream;

        @Override
        public void heard(Detection detection) {
            sink.heard(stream, detection);
        }
    }
}
