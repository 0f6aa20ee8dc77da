package io.keyspike.trainer.bench;

import io.keyspike.trainer.common.Parallel;
import io.keyspike.trainer.common.Progress;
import io.keyspike.trainer.compose.ComposeSettings;
import io.keyspike.trainer.compose.LabelledStreamFile;
import io.keyspike.trainer.compose.LabelledStreams;
import io.keyspike.trainer.compose.MadeStream;
import io.keyspike.trainer.compose.SoundStock;
import io.keyspike.trainer.compose.StreamPlan;
import io.keyspike.trainer.compose.Utterance;
import io.keyspike.trainer.data.Split;
import io.keyspike.trainer.data.StreamSources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Makes the streams that models of the same words are measured on, of three kinds: keywords among other words and connected
 * speech, other words alone, connected speech alone. Every test recording of a keyword is used once.
 */
final class DetectionStreams {
    private static final int RATE_HZ = 16_000;
    private static final double SECONDS_PER_HOUR = 3_600;
    private static final double LONGEST_SECONDS = 1_800;

    /** Shortest stream that can be planned. */
    private static final double SHORTEST_SECONDS = 5;

    /** Share of the pieces between keywords that are spoken, and share of other words where there is speech as well. */
    private static final double SPOKEN_SHARE = 0.7;

    private static final double OTHER_SHARE = 0.3;

    private final DetectionPlan plan;
    private final int threads;
    private final Progress progress;

    DetectionStreams(DetectionPlan plan, int threads, Progress progress) {
        this.plan = plan;
        this.threads = threads;
        this.progress = progress;
    }

    /** The kinds, as the streams' names begin. */
    enum Kind {
        WORDS,
        OTHER,
        SPEECH;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Kind of(String stream) {
            return valueOf(stream.substring(0, stream.lastIndexOf('-')).toUpperCase(Locale.ROOT));
        }
    }

    /**
     * Writes the streams for some keywords.
     *
     * @param words all folders of words
     * @param keywords words that are labelled; all others are other words
     * @param folder where to
     * @return what was made, of each kind that there are recordings for
     * @throws IOException if recordings cannot be read or streams not be written
     */
    List<DetectionResult.Made> write(List<Path> words, List<String> keywords, Path folder) throws IOException {
        Files.createDirectories(folder);
        StreamSources sources = StreamSources.read(
                new StreamSources.Folders(
                        words,
                        keywords,
                        Split.TESTING,
                        plan.speech(),
                        plan.speakers(),
                        plan.speechSplit(),
                        plan.noise(),
                        List.of()),
                RATE_HZ,
                threads,
                progress);
        SoundStock stock = sources.stock();
        int recordings = stock.words().stream().mapToInt(List::size).sum();
        double seconds = Math.max(SHORTEST_SECONDS, 60 * recordings / plan.wordsPerMinute());
        var made = new ArrayList<DetectionResult.Made>();
        made.add(write(folder, Kind.WORDS, stock, keywords, seconds, recordings));
        if (!stock.others().isEmpty()) {
            made.add(write(
                    folder,
                    Kind.OTHER,
                    stock,
                    keywords,
                    SECONDS_PER_HOUR * plan.negativeHours(),
                    stock.others().size()));
        }
        if (!stock.speech().isEmpty()) {
            made.add(write(
                    folder,
                    Kind.SPEECH,
                    stock,
                    keywords,
                    SECONDS_PER_HOUR * plan.negativeHours(),
                    stock.speech().size()));
        }
        return made;
    }

    private DetectionResult.Made write(
            Path folder, Kind kind, SoundStock stock, List<String> keywords, double seconds, int recordings) {
        int count = (int) Math.ceil(seconds / LONGEST_SECONDS);
        var streams = new LabelledStreams(
                of(kind, stock),
                settings(kind, stock),
                new StreamPlan(keywords, seconds / count, kind == Kind.WORDS ? plan.wordsPerMinute() : 0, plan.seed()));
        MadeStream[] made = new MadeStream[count];
        Parallel.forEach(count, threads, "making streams of " + kind.label(), progress, i -> {
            try {
                made[i] = LabelledStreamFile.write(
                        folder, String.format(Locale.ROOT, "%s-%02d", kind.label(), i + 1), streams, i);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        double length = 0;
        int labels = 0;
        for (MadeStream stream : made) {
            length += stream.seconds();
            labels += stream.labels().size();
        }
        return new DetectionResult.Made(
                kind.label(), count, length / SECONDS_PER_HOUR, labels, recordings, hours(kind, stock));
    }

    /** Hours of speech in the recordings that a kind of stream is about. */
    private static double hours(Kind kind, SoundStock stock) {
        List<Utterance> used = switch (kind) {
            case WORDS -> stock.words().stream().flatMap(List::stream).toList();
            case OTHER -> stock.others();
            case SPEECH -> stock.speech();
        };
        return used.stream().mapToLong(u -> u.end() - u.start()).sum() / (SECONDS_PER_HOUR * RATE_HZ);
    }

    private static SoundStock of(Kind kind, SoundStock stock) {
        return new SoundStock(
                stock.sampleRateHz(),
                stock.words(),
                kind == Kind.SPEECH ? List.of() : stock.others(),
                kind == Kind.OTHER ? List.of() : stock.speech(),
                stock.noises(),
                stock.rooms());
    }

    private static ComposeSettings settings(Kind kind, SoundStock stock) {
        ComposeSettings plain = ComposeSettings.plain();
        if (kind == Kind.SPEECH) {
            return plain.ofSpeechAlone();
        }
        boolean connected = kind == Kind.WORDS && !stock.speech().isEmpty();
        double others = stock.others().isEmpty() ? 0 : connected ? OTHER_SHARE : SPOKEN_SHARE;
        return new ComposeSettings(
                0,
                others,
                connected ? SPOKEN_SHARE - others : 0,
                plain.gapSeconds(),
                plain.pauseSeconds(),
                plain.speechSeconds(),
                plain.levelDb(),
                plain.levelSpreadDb(),
                plain.gainDb(),
                0,
                plain.speed(),
                0,
                plain.reverberationSeconds(),
                plain.noiseProbability(),
                plain.snrDb());
    }
}
