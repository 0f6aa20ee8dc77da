package io.keyspike.trainer.streams;

import io.keyspike.models.KeywordModel;
import io.keyspike.trainer.common.Interval;
import io.keyspike.trainer.common.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A model measured on labelled streams.
 *
 * @param model the model's version
 * @param hours of all streams
 * @param keywords what the model reports, with what became of it
 * @param streams by name in their order
 * @param ignored labels that the model does not report, and how often they occur
 */
public record StreamEvaluation(
        String model,
        double hours,
        List<KeywordResult> keywords,
        List<HeardStream> streams,
        Map<String, Integer> ignored) {
    /** Rates of false alarms an hour and word at which the miss rate is looked at. */
    public static final List<Double> RATES = List.of(0.1, 0.5, 1.0, 4.0);

    private static final double SECONDS_PER_HOUR = 3_600;

    /** Copies the lists. */
    public StreamEvaluation {
        keywords = List.copyOf(keywords);
        streams = List.copyOf(streams);
    }

    /**
     * Measures.
     *
     * @param model the model that heard the streams
     * @param folder the recordings
     * @param heard what the model made of them ({@link StreamRun#hear})
     * @param threads how many keywords at a time; does not affect results
     * @param progress told of each keyword
     */
    public static StreamEvaluation of(
            KeywordModel model, StreamFolder folder, List<HeardStream> heard, int threads, Progress progress) {
        List<String> keywords = StreamRun.keywords(model);
        List<ScoredStream> scored = heard.stream().map(HeardStream::scores).toList();
        PooledSweep sweeps = PooledSweep.of(scored, keywords, threads, progress);
        var results = new ArrayList<KeywordResult>();
        for (ThresholdSweep sweep : sweeps.sweeps()) {
            String keyword = sweep.keyword();
            double threshold = sweep.thresholdAt(1);
            StreamCount own = StreamCount.NONE;
            StreamCount atOne = StreamCount.NONE;
            var tiny = new TinyRules.Result(0, 0, 0);
            for (HeardStream stream : heard) {
                own = own.plus(stream.count(keyword));
                atOne = atOne.plus(StreamScoring.count(stream.scores(), keyword, threshold));
                tiny = tiny.plus(TinyRules.count(stream.scores().labels(), stream.detections(), keyword));
            }
            results.add(new KeywordResult(keyword, own, sweep, atOne, tiny));
        }
        var ignored = new TreeMap<String, Integer>();
        for (LabelledRecording recording : folder.recordings()) {
            for (StreamLabel label : recording.labels().labels()) {
                if (!keywords.contains(label.keyword())) {
                    ignored.merge(label.keyword(), 1, Integer::sum);
                }
            }
        }
        return new StreamEvaluation(
                model.version(),
                scored.stream().mapToDouble(ScoredStream::durationSeconds).sum() / SECONDS_PER_HOUR,
                results,
                heard,
                ignored);
    }

    /** {@return the sweeps of all words} */
    public PooledSweep pooled() {
        return new PooledSweep(keywords.stream().map(KeywordResult::sweep).toList());
    }

    /** {@return all words at the model's own thresholds} */
    public StreamCount own() {
        return keywords.stream().map(KeywordResult::own).reduce(StreamCount.NONE, StreamCount::plus);
    }

    /** {@return all words, each at its threshold of one false alarm an hour} */
    public StreamCount atOne() {
        return keywords.stream().map(KeywordResult::atOne).reduce(StreamCount.NONE, StreamCount::plus);
    }

    /**
     * {@return Wilson's 95 % interval of a miss rate}
     *
     * @param count hits and misses
     */
    public static Interval missInterval(StreamCount count) {
        return Interval.wilson95(count.misses(), count.labels());
    }

    /**
     * {@return the upper bound of the rate of false alarms an hour over all streams (Garwood's, 95 % two-sided)}
     *
     * @param falseAlarms as many as there were
     */
    public double falseAlarmsPerHourUpper95(int falseAlarms) {
        return PoissonBound.upper95(falseAlarms) / hours;
    }

    /**
     * {@return the hours of a stream}
     *
     * @param stream one of {@link #streams}
     */
    public static double hours(HeardStream stream) {
        return stream.scores().durationSeconds() / SECONDS_PER_HOUR;
    }
}
