package io.keyspike.models.spotter;

import io.keyspike.audio.features.FeatureExtractor;
import io.keyspike.audio.features.FeatureExtractors;
import io.keyspike.kernels.StepKernels;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.decision.Decision;
import io.keyspike.models.decision.DecisionRule;
import io.keyspike.models.decision.DecisionSettings;
import io.keyspike.models.decision.DecisionState;
import io.keyspike.models.decision.Detection;
import io.keyspike.models.decision.DetectionSink;
import io.keyspike.models.json.FeatureSpecJson;
import io.keyspike.models.json.Json;
import io.keyspike.models.json.ModelDigest;
import io.keyspike.models.json.NetworkJson;
import io.keyspike.models.network.StreamingNetwork;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * The whole way of one stream: samples, feature steps, network, decision. Immutable; any number of streams, each with its
 * own {@link SpotterState}. Nothing is allocated in {@link #process} except the detections themselves.
 */
public final class KeywordSpotter {

    /** Seed of the noise that warms a model. */
    private static final long NOISE_SEED = 1;

    private final KeywordModel model;
    private final FeatureExtractor extractor;
    private final StreamingNetwork network;
    private final Decision decision;
    private final String[] labels;
    private final long fingerprint;

    /**
     * Prepares a model for streams.
     *
     * @param model a model that runs on streamed audio
     * @param kernels computes the steps of the network
     * @throws IllegalArgumentException if the model is not for streamed audio, or its feature spec's numbers do not fit
     *     together
     */
    public KeywordSpotter(KeywordModel model, StepKernels kernels) {
        this(
                model,
                FeatureExtractors.of(model.features()),
                new StreamingNetwork(model.network(), kernels),
                fingerprint(model));
    }

    private KeywordSpotter(KeywordModel model, FeatureExtractor extractor, StreamingNetwork network, long fingerprint) {
        this.model = model;
        this.extractor = extractor;
        this.network = network;
        this.decision = new Decision(
                model.decision(), model.labels(), model.network().graph().stepSeconds());
        this.labels = model.labels().toArray(String[]::new);
        this.fingerprint = fingerprint;
    }

    /**
     * A spotter that decides by other settings; extractor and network are shared. States are each spotter's own.
     *
     * @param settings in place of the model's
     * @return a spotter of a model with a version of its own
     * @throws IllegalArgumentException if a threshold is set for a label that does not exist
     */
    public KeywordSpotter withDecision(DecisionSettings settings) {
        KeywordModel decided = model.withDecision(settings);
        return new KeywordSpotter(decided, extractor, network, fingerprint(decided));
    }

    /**
     * This spotter with other thresholds, for a stream with settings of its own: still the same model, of the same version.
     * Extractor and network are shared. States are each spotter's own; {@link #takeOver} carries all of a state over.
     *
     * @param thresholds label to threshold, in place of the model's thresholds
     * @return a spotter with the same version
     * @throws IllegalArgumentException if a threshold is out of range or set for a label that does not exist
     */
    public KeywordSpotter withThresholds(Map<String, Float> thresholds) {
        return new KeywordSpotter(
                new KeywordModel(
                        model.name(),
                        model.version(),
                        model.input(),
                        model.network(),
                        model.labels(),
                        model.decision().withThresholds(thresholds),
                        model.chip(),
                        model.provenance(),
                        model.quality()),
                extractor,
                network,
                fingerprint);
    }

    /**
     * Hears a second of noise: code is compiled and memory touched before the first real frame comes, and a model that
     * does not run fails here.
     */
    public void warm() {
        warm(Duration.ZERO);
    }

    /**
     * Hears noise until a time is over, a second of it at least, so that the JIT compiles code that no model before this one
     * has used. The spotter's results do not depend on it.
     *
     * @param time how long, on the calling thread
     */
    public void warm(Duration time) {
        long limit = System.nanoTime() + time.toNanos();
        var random = new Random(NOISE_SEED);
        short[] noise = new short[model.features().sampleRateHz()];
        for (int i = 0; i < noise.length; i++) {
            noise[i] = (short) (random.nextGaussian() * 1_000);
        }
        SpotterState state = newState();
        do {
            process(state, noise, 0, noise.length, heard -> {});
        } while (System.nanoTime() < limit);
    }

    /** {@return the model, with the decision settings that this spotter uses} */
    public KeywordModel model() {
        return model;
    }

    /** {@return the network in the form that streams are run with, shared by all of them} */
    public StreamingNetwork network() {
        return network;
    }

    /** {@return a new stream's state before its first sample; for this spotter and its groups} */
    public SpotterState newState() {
        return newStates();
    }

    private PipelineState newStates() {
        return new PipelineState(this, extractor.newState(), network.newState(), decision.newState());
    }

    /**
     * Takes samples {@code from} (inclusive) to {@code to} (exclusive) of a stream at the model's sampling rate.
     *
     * @param state made by this spotter's {@link #newState} or {@link #takeOver}
     * @param samples 16-bit samples at the model's sampling rate
     * @param from index of the first sample to take
     * @param to index after the last sample to take
     * @param sink is told of each detection, in the step that it is made in
     * @throws IllegalArgumentException if the state is another spotter's
     * @throws IndexOutOfBoundsException if the range is not within the samples
     */
    public void process(SpotterState state, short[] samples, int from, int to, DetectionSink sink) {
        process(state, samples, from, to, sink, null);
    }

    /**
     * As {@link #process(SpotterState, short[], int, int, DetectionSink)}, and shows each step to an observer, before the
     * sink hears of a detection in it. Detections do not depend on whether an observer is present.
     *
     * @param state made by this spotter's {@link #newState} or {@link #takeOver}
     * @param samples 16-bit samples at the model's sampling rate
     * @param from index of the first sample to take
     * @param to index after the last sample to take
     * @param sink is told of each detection, in the step that it is made in
     * @param observer null for none
     * @throws IllegalArgumentException if the state is another spotter's
     * @throws IndexOutOfBoundsException if the range is not within the samples
     */
    public void process(
            SpotterState state,
            short[] samples,
            int from,
            int to,
            DetectionSink sink,
            @Nullable StepObserver observer) {
        PipelineState s = own(state);
        Objects.checkFromToIndex(from, to, samples.length);
        if (from == to) {
            return; // a stream that is only ever one of a group takes no room for steps alone
        }
        float[] feature = network.inputOf(s.network);
        int at = from;
        while (at < to) {
            int next = extractor.consume(s.features, samples, at, to, feature);
            consumed(s, next - at, feature, sink, observer);
            at = next;
        }
    }

    /**
     * The extractor has taken samples of a stream, and perhaps completed a step.
     *
     * @param feature where it left the step
     */
    void consumed(PipelineState s, int samples, float[] feature, DetectionSink sink, @Nullable StepObserver observer) {
        s.position += samples;
        if (s.features.stepComplete()) {
            network.step(s.network, feature, s.output);
            decide(s, feature, s.output, sink, observer);
        }
    }

    /** {@return a new group, for frames of many streams at once, by one thread} */
    public SpotterGroup newGroup() {
        return new SpotterGroup(this, extractor.newGroup());
    }

    /** The network has made a step of a stream. */
    void decide(PipelineState s, float[] feature, float[] output, DetectionSink sink, @Nullable StepObserver observer) {
        s.steps++;
        int label = decision.step(s.decision, output, s.features.stepLevel());
        if (observer != null) {
            observer.stepped(s, feature, output);
        }
        if (label != Decision.NOTHING) {
            if (decision.startsAgainAfterReport()) {
                network.resetOutput(s.network);
            }
            sink.heard(new Detection(label, labels[label], s.decision.score(label), s.position));
        }
    }

    /**
     * The state with which this model takes over a stream from another: the old state where graph and features are the
     * same (copied; the decision's part too where the labels are the same), a new one otherwise; the sample position
     * carries on in both cases.
     *
     * @param previous the spotter that the stream was run with so far
     * @param state the stream's, made by the previous spotter; not changed
     * @return a state of this spotter
     * @throws IllegalArgumentException if the state is not the previous spotter's
     */
    public SpotterState takeOver(KeywordSpotter previous, SpotterState state) {
        PipelineState old = previous.own(state);
        PipelineState taken = newStates();
        taken.position = old.position;
        if (model.features().equals(previous.model.features())
                && model.network().graph().equals(previous.model.network().graph())) {
            taken.steps = old.steps;
            ByteBuffer saved = ByteBuffer.allocate(old.byteSize());
            old.features.save(saved);
            old.network.save(saved);
            saved.flip();
            taken.features.restore(saved);
            taken.network.restore(saved);
            for (int layer = 0; layer < network.spikingLayers(); layer++) {
                taken.network.addSpikes(layer, old.network.spikes(layer));
            }
            if (List.of(labels).equals(List.of(previous.labels))) {
                taken.decision.takeOver(old.decision);
            }
        }
        return taken;
    }

    void bridgeGap(DecisionState state, long missingSamples) {
        decision.bridgeGap(state, missingSamples / model.features().stepSamples());
    }

    /** Of features, graph and labels, as ever; a decision stage whose state has another form adds its rule. */
    private static long fingerprint(KeywordModel model) {
        String features = Json.write(FeatureSpecJson.write(model.features()));
        String graph = Json.write(NetworkJson.write(model.network().graph()));
        String labels = Json.write(Json.texts(model.labels()));
        DecisionRule rule = model.decision().rule();
        return rule == DecisionRule.BEST
                ? ModelDigest.fingerprint(features, graph, labels)
                : ModelDigest.fingerprint(features, graph, labels, Json.choice(rule));
    }

    /** Of what a saved state depends on. */
    long fingerprint() {
        return fingerprint;
    }

    PipelineState own(SpotterState state) {
        if (state instanceof PipelineState s && s.owner == this) {
            return s;
        }
        throw new IllegalArgumentException("spotter: expected a state of " + model.version()
                + " made by this spotter, found one made by another spotter");
    }
}
