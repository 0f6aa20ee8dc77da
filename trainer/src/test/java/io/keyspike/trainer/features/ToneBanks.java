package io.keyspike.trainer.features;

import io.keyspike.audio.features.ChannelNormaliser;
import io.keyspike.audio.features.FeatureSpec;
import io.keyspike.audio.features.LogMelSpec;
import io.keyspike.audio.features.Normaliser;
import io.keyspike.models.description.ModelInput;
import io.keyspike.models.network.Network;
import io.keyspike.models.network.NetworkGraph;
import io.keyspike.models.network.Node;
import io.keyspike.models.network.Tensor;
import io.keyspike.trainer.common.Progress;
import io.keyspike.trainer.compose.ComposeSettings;
import io.keyspike.trainer.compose.StreamComposer;
import io.keyspike.trainer.compose.Tones;
import io.keyspike.trainer.config.StreamsConfig.BankConfig;
import io.keyspike.trainer.config.StreamsConfig.TargetConfig;
import java.util.List;
import java.util.Map;

/** Banks of composed tones: labels 0 and 1 are keywords at 400 and 2,500 Hz, other words lie at 1,500 Hz. */
public final class ToneBanks {
    public static final int UNKNOWN = 2;
    public static final int SILENCE = 3;
    public static final int LABELS = 4;

    /** Frames of 10 ms, of 512 samples each; steps of 20 ms. */
    public static final LogMelSpec SPEC =
            new LogMelSpec(16_000, 400, 512, 160, 20, 20, 7_600, LogMelSpec.MelScale.SLANEY, true, 1e-6, 3, 2, null);

    public static final TargetConfig TARGETS = new TargetConfig(0.08, 0.28, 0.5);

    public static final ComposeSettings COMPOSE = new ComposeSettings(
            0.4,
            0.3,
            0.1,
            List.of(0.02, 0.5),
            List.of(0.5, 1.5),
            2,
            -26,
            5,
            List.of(0.0, 0.0),
            0.5,
            List.of(0.9, 1.1),
            0.3,
            List.of(0.1, 0.3),
            0.5,
            List.of(10.0, 20.0));

    private ToneBanks() {}

    /** What the streams are composed by. */
    public static StreamComposer composer() {
        return new StreamComposer(Tones.stock(List.of()), COMPOSE, 5);
    }

    /** An empty bank without normaliser. */
    public static StreamBank empty(FeatureSpec spec, BankConfig config, int threads) {
        return new StreamBank(composer(), spec, config, TARGETS, UNKNOWN, SILENCE, threads, Progress.NONE);
    }

    /** A bank of streams of 12 s, normalised and prepared. */
    public static StreamBank prepared(int streams, int refreshed) {
        StreamBank bank = empty(SPEC, new BankConfig(streams, 12, refreshed), 2);
        bank.normalise(new ChannelNormaliser(normaliser(bank)));
        bank.prepare(0);
        return bank;
    }

    /** What a bank measures. */
    public static Normaliser normaliser(StreamBank bank) {
        return bank.fit().toNormaliser(1, 0, false);
    }

    /** How steps are made of {@link #SPEC}'s frames. */
    public static FrameStacking stacking() {
        return FrameStacking.of(new ModelInput.Sound(SPEC));
    }

    /**
     * A network without memory whose outputs are sums over the bands of the newest frame.
     *
     * @param bands the band that each output listens to
     * @param gains what it is multiplied by
     */
    public static Network listener(int[] bands, float[] gains) {
        int width = SPEC.width();
        float[] weight = new float[width * bands.length];
        for (int n = 0; n < bands.length; n++) {
            int input = width - SPEC.bands() + bands[n];
            weight[input * bands.length + n] = gains[n];
        }
        return new Network(
                NetworkGraph.ofChain(
                        SPEC.stepSeconds(),
                        List.of(
                                new Node.Input("input", width),
                                new Node.Dense("output_synapse", width, bands.length, false),
                                new Node.Readout("output", bands.length))),
                Map.of(
                        "output_synapse.weight", Tensor.matrix(width, bands.length, weight),
                        "output.decay", Tensor.vector(new float[bands.length])));
    }
}
