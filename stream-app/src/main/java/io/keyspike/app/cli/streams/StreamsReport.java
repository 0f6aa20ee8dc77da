package io.keyspike.app.cli.streams;

import io.keyspike.trainer.compose.LabelledStreams;
import io.keyspike.trainer.compose.MadeStream;
import io.keyspike.trainer.data.SkippedFile;
import io.keyspike.trainer.data.StreamSources;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What was made.
 *
 * @param streams how many streams
 * @param hours of all together
 * @param keywords occurrences of each keyword
 * @param recordings recordings of keywords that were at hand; with more occurrences, they were used several times
 * @param otherWords occurrences of other words
 * @param speechHours hours of connected speech
 * @param skipped recordings that were left out
 */
record StreamsReport(
        int streams,
        double hours,
        Map<String, Long> keywords,
        int recordings,
        long otherWords,
        double speechHours,
        List<SkippedFile> skipped) {
    private static final double SECONDS_PER_HOUR = 3_600;

    static StreamsReport of(StreamSources sources, LabelledStreams labelled, List<MadeStream> made) {
        Map<String, Long> keywords = new TreeMap<>();
        if (labelled.keywordsPerStream() > 0) {
            sources.keywords().forEach(k -> keywords.put(k, 0L));
        }
        made.stream().flatMap(m -> m.labels().stream()).forEach(l -> keywords.merge(l.keyword(), 1L, Long::sum));
        return new StreamsReport(
                made.size(),
                made.stream().mapToDouble(MadeStream::seconds).sum() / SECONDS_PER_HOUR,
                keywords,
                labelled.recordings(),
                made.stream().mapToLong(MadeStream::otherWords).sum(),
                made.stream().mapToDouble(MadeStream::speechSeconds).sum() / SECONDS_PER_HOUR,
                sources.skipped());
    }

    String text(Path folder) {
        var text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT, "%s: %d stream%s, %.2f hours%n", folder, streams, streams == 1 ? "" : "s", hours));
        long occurrences = keywords.values().stream().mapToLong(Long::longValue).sum();
        if (occurrences > 0) {
            text.append(String.format(
                    Locale.ROOT,
                    "%d keywords from %d recordings: %s%n",
                    occurrences,
                    recordings,
                    keywords.entrySet().stream()
                            .map(e -> e.getKey() + " " + e.getValue())
                            .collect(Collectors.joining(", "))));
        } else {
            text.append(String.format("no keywords%n"));
        }
        text.append(String.format(
                Locale.ROOT,
                "between them: %d other words, %.2f hours of connected speech%n",
                otherWords,
                speechHours));
        if (occurrences > recordings) {
            text.append(String.format(
                    "Each recording of a keyword was used up to %d times; intervals of recall assume distinct ones.%n",
                    Math.ceilDiv(occurrences, recordings)));
        }
        if (!skipped.isEmpty()) {
            text.append(String.format("Skipped %d recordings:%n", skipped.size()));
            skipped.forEach(s -> text.append(String.format("  %s: %s%n", s.name(), s.reason())));
        }
        return text.toString().stripTrailing();
    }
}
