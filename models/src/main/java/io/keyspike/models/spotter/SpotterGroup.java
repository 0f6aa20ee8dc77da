package io.keyspike.models.spotter;

import io.keyspike.audio.features.FeatureGroup;
import io.keyspike.audio.features.FeatureState;
import io.keyspike.models.decision.Detection;
import io.keyspike.models.decision.DetectionSink;
import io.keyspike.models.network.GraphState;
import io.keyspike.models.network.StepRooms;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Frames of many streams of one {@link KeywordSpotter}, taken several at a time. Each stream hears what it would hear alone,
 * bit for bit; together they are faster: where one stream's recurrence leaves a core waiting, the others' fill the wait, or
 * each fills a lane of a vector ({@link FeatureGroup}); a weight that has been read serves four streams; what the stages give to one
 * another lies in the same place for all streams; and what is chosen at run time is chosen once. Reading ahead, one number of each cache line that
 * the next streams need, costs more than it saves, even with 20,000 streams: the processor already looks far enough ahead.
 *
 * <p>Holds scratch memory, so it is for one thread. Nothing is allocated in {@link #process} except the detections.
 */
public final class SpotterGroup {

    /** Receives the detections. */
    @FunctionalInterface
    public interface Sink {

        /**
         * A word was detected in a stream. Called by the thread that called {@link #process}.
         *
         * @param stream index of the stream among those given to {@link #process}
         * @param detection label, score and sample position
         */
        void heard(int stream, Detection detection);
    }

    private final KeywordSpotter spotter;
    private final @Nullable FeatureGroup features;
    private final int size;

    // Of the streams at hand, by their place among them.
    private final PipelineState[] streams;
    private final FeatureState[] featureStates;
    private final short[][] samples;
    private final int[] from;
    private final GraphState[] networkStates;
    private final StepRooms rooms;
    private final float[][] steps;
    private final float[][] outputs;
    private final SinkOf[] sinks;

    SpotterGroup(KeywordSpotter spotter, @Nullable FeatureGroup features) {
        this.spotter = spotter;
        this.features = features;
        size = features == null ? 1 : features.size();
        streams = new PipelineState[size];
        featureStates = new FeatureState[size];
        samples = new short[size][];
        from = new int[size];
        networkStates = new GraphState[size];
        rooms = spotter.network().newRooms(size);
        steps = new float[size][];
        Arrays.setAll(steps, rooms::input);
        outputs = new float[size][spotter.network().outputs()];
        sinks = new SinkOf[size];
        Arrays.setAll(sinks, i -> new SinkOf());
    }

    /**
     * Takes a frame of each stream.
     *
     * @param states different ones, made by the spotter's {@link KeywordSpotter#newState}; the first {@code count} are used
     * @param frames of each stream, its next samples at the model's sampling rate; all of them are taken
     * @param count how many streams give a frame, at most the length of both arrays
     * @param sink is told of the detections, those of one stream in their order
     * @throws IllegalArgumentException if a state is another spotter's
     */
    public void process(SpotterState[] states, short[][] frames, int count, Sink sink) {
        for (int first = 0; first < count; first += size) {
            int here = Math.min(size, count - first);
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
            for (int k = 0; k < here; k++) {
                spotter.process(streams[k], samples[k], from[k], samples[k].length, sinks[k]);
            }
        }
    }

    /** As long as every stream has samples left. */
    private void together(FeatureGroup group) {
        int limit = Integer.MAX_VALUE;
        for (int k = 0; k < size; k++) {
            featureStates[k] = streams[k].features;
            networkStates[k] = (GraphState) streams[k].network;
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
                    spotter.consumed(streams[k], count, steps[k], sinks[k], null);
                }
            }
        }
    }

    /** Streams whose frames began with their steps stay in step. */
    private void stepAll(int samplesTaken) {
        spotter.network().step(networkStates, rooms, outputs, size);
        for (int k = 0; k < size; k++) {
            streams[k].position += samplesTaken;
            spotter.decide(streams[k], steps[k], outputs[k], sinks[k], null);
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
