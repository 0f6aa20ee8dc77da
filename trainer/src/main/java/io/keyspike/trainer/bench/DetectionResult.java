package io.keyspike.trainer.bench;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@link DetectionBenchmark} found. Rates are shares from 0 to 1; null stands for what does not exist, such as the miss
 * rate of a word that is never said.
 *
 * @param groups the streams, one group for all models whose words are in the same folders
 * @param models in the order of their names
 */
public record DetectionResult(List<Group> groups, List<Model> models) {
    /** Copies the lists. */
    public DetectionResult {
        groups = List.copyOf(groups);
        models = List.copyOf(models);
    }

    /**
     * Streams that several models are measured on.
     *
     * @param name names of the folders that the keywords are from
     * @param keywords labelled words: all that any of the models reports
     * @param streams by kind
     */
    public record Group(String name, List<String> keywords, List<Made> streams) {
        /** Copies the lists. */
        public Group {
            keywords = List.copyOf(keywords);
            streams = List.copyOf(streams);
        }
    }

    /**
     * Streams of one kind.
     *
     * @param kind {@code words}, {@code other} or {@code speech}
     * @param streams how many
     * @param hours of all of them
     * @param labels keywords said in them
     * @param recordings what they are made of: recordings of keywords, of other words, or of connected speech
     * @param distinctHours of speech in these recordings; where the streams are longer, recordings recur
     */
    public record Made(String kind, int streams, double hours, int labels, int recordings, double distinctHours) {}

    /**
     * A model's part.
     *
     * @param name of its file
     * @param version the model's
     * @param keywords what it reports
     * @param group of the streams that it heard; null if it was not measured
     * @param note why something was not measured; null if all was
     * @param hours of all streams that it heard
     * @param all all words together
     * @param words one by one
     * @param kinds false alarms at its own thresholds by kind of stream
     * @param clips accuracy on the test clips; null if not measured
     * @param work what it costs; null if not measured
     */
    public record Model(
            String name,
            String version,
            List<String> keywords,
            @Nullable String group,
            @Nullable String note,
            double hours,
            @Nullable Row all,
            List<Row> words,
            List<FalseAlarms> kinds,
            @Nullable Share clips,
            @Nullable Work work) {
        /** Copies the lists. */
        public Model {
            keywords = List.copyOf(keywords);
            words = List.copyOf(words);
            kinds = List.copyOf(kinds);
        }

        static Model unmeasured(String name, String version, List<String> keywords, String note) {
            return new Model(name, version, keywords, null, note, 0, null, List.of(), List.of(), null, null);
        }
    }

    /**
     * A word, or all words of a model together.
     *
     * @param word its name
     * @param said how often
     * @param missed at the model's own thresholds; null if it is never said
     * @param falseAlarmsPerHour at the model's own thresholds
     * @param falseAlarmsPerHourUpper95 its upper bound (Garwood's, 95 % two-sided)
     * @param latencyMedianSeconds from the end of the word to its report, at the model's own thresholds; null without a hit
     * @param latencyP95Seconds of 95 % of the reports, this or less
     * @param at what is missed at a rate of false alarms an hour and word, by rate
     */
    public record Row(
            String word,
            int said,
            @Nullable Share missed,
            double falseAlarmsPerHour,
            double falseAlarmsPerHourUpper95,
            @Nullable Double latencyMedianSeconds,
            @Nullable Double latencyP95Seconds,
            Map<String, Miss> at) {}

    /**
     * Misses at a rate of false alarms.
     *
     * @param missRate interpolated; null if nothing is said
     * @param low lower end of Wilson's 95 % interval, of the best real threshold whose rate is not above the one asked for
     * @param high its upper end
     * @param resolved whether the streams are long enough for the rate
     */
    public record Miss(@Nullable Double missRate, double low, double high, boolean resolved) {}

    /**
     * False alarms of all words together.
     *
     * @param kind of the streams
     * @param hours of them
     * @param falseAlarms how many
     * @param perHour for each hour
     * @param perHourUpper95 upper bound (Garwood's, 95 % two-sided)
     */
    public record FalseAlarms(String kind, double hours, int falseAlarms, double perHour, double perHourUpper95) {}

    /**
     * A count of a number, with Wilson's 95 % interval of the share.
     *
     * @param count how many
     * @param total of how many
     * @param low lower end of the interval
     * @param high its upper end
     */
    public record Share(int count, int total, double low, double high) {
        /** {@return the share, 0 to 1} */
        public double share() {
            return (double) count / total;
        }
    }

    /**
     * What a model costs on the streams.
     *
     * @param parameters all numbers that the network holds
     * @param neurons that spike
     * @param spikesPerSecond of all of them, measured
     * @param synapticOperationsPerSecond synapses that these spikes reach
     * @param chip the profile that the power is estimated for
     * @param chipWatts estimated power of the chip
     * @param cpuSecondsPerSecond CPU time of one core for a second of sound, one stream alone, everything included
     */
    public record Work(
            long parameters,
            int neurons,
            double spikesPerSecond,
            double synapticOperationsPerSecond,
            String chip,
            double chipWatts,
            double cpuSecondsPerSecond) {}
}
