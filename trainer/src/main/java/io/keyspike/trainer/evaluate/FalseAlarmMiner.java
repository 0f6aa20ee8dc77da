package io.keyspike.trainer.evaluate;

import io.keyspike.models.network.Network;
import io.keyspike.trainer.config.StreamsConfig.MiningConfig;
import io.keyspike.trainer.features.FrameStacking;
import io.keyspike.trainer.features.StreamBank;
import io.keyspike.trainer.features.StreamBank.Place;
import io.keyspike.trainer.features.StreamBatches;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Hard-negative mining: the steps without keyword at which the share of all keywords together peaks. Of peaks within the
 * dead time the higher one counts; the highest of all are kept.
 */
public final class FalseAlarmMiner implements StreamBatches.Miner {
    private final StreamScorer scorer;
    private final FrameStacking stacking;
    private final MiningConfig config;
    private final boolean[] keyword;

    /** @param keyword which labels are keywords */
    public FalseAlarmMiner(StreamScorer scorer, FrameStacking stacking, MiningConfig config, boolean[] keyword) {
        this.scorer = scorer;
        this.stacking = stacking;
        this.config = config;
        this.keyword = keyword.clone();
    }

    private record Peak(Place place, double score) {}

    @Override
    public List<Place> mine(Network network, StreamBank streams) {
        var peaks = new ArrayList<Peak>();
        int dead = (int) Math.round(config.deadSeconds() / streams.frameSeconds());
        scorer.over(network, streams, (stream, steps, scores) -> peaks(streams, stream, steps, scores, dead, peaks));
        long most = Math.max(1, Math.round(config.perHour() * streams.hours()));
        return peaks.stream()
                .sorted(Comparator.comparingDouble((Peak p) -> -p.score())
                        .thenComparingInt(p -> p.place().stream())
                        .thenComparingInt(p -> p.place().frame()))
                .limit(most)
                .map(Peak::place)
                .toList();
    }

    private void peaks(StreamBank streams, int stream, int steps, float[] scores, int dead, List<Peak> into) {
        byte[] targets = streams.entry((long) stream).targets();
        Peak open = null;
        for (int t = 0; t < steps; t++) {
            int frame = t * stacking.stride();
            int target = targets[frame];
            if (target < 0 || keyword[target]) {
                continue;
            }
            double score = 0;
            for (int k = 0; k < keyword.length; k++) {
                score += keyword[k] ? scores[t * keyword.length + k] : 0;
            }
            if (score < config.leastScore()) {
                continue;
            }
            if (open != null && frame - open.place().frame() > dead) {
                into.add(open);
                open = null;
            }
            if (open == null || score > open.score()) {
                open = new Peak(new Place(stream, frame), score);
            }
        }
        if (open != null) {
            into.add(open);
        }
    }
}
