package io.keyspike.trainer.compose;

import io.keyspike.audio.WavWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Writes streams as {@code evaluate --streams} reads them: a WAV file, and in a file of the same name that ends in
 * {@code .tsv} a line {@code #duration_s=N}, then for each keyword {@code start_s}, {@code end_s}, {@code keyword} and the
 * recording it came from, separated by tabs.
 */
public final class LabelledStreamFile {

    private LabelledStreamFile() {}

    /**
     * Makes a stream and writes it.
     *
     * @param folder where to; it must exist
     * @param name of the two files, without extension; existing ones are replaced
     * @param streams what makes the stream
     * @param number of the stream
     * @return what is in it
     * @throws IOException if a file cannot be written
     */
    public static MadeStream write(Path folder, String name, LabelledStreams streams, int number) throws IOException {
        MadeStream made;
        try (var wav = new WavWriter(folder.resolve(name + ".wav"), streams.sampleRateHz())) {
            made = streams.make(number, samples -> wav.write(samples, 0, samples.length));
        }
        Files.writeString(folder.resolve(name + ".tsv"), labels(made));
        return made;
    }

    private static String labels(MadeStream made) {
        var text = new StringBuilder();
        text.append(String.format(Locale.ROOT, "#duration_s=%.3f\n", made.seconds()));
        text.append("#start_s\tend_s\tkeyword\trecording\n");
        for (MadeStream.Label label : made.labels()) {
            text.append(String.format(
                    Locale.ROOT,
                    "%.3f\t%.3f\t%s\t%s\n",
                    label.startSeconds(),
                    label.endSeconds(),
                    label.keyword(),
                    label.recording()));
        }
        return text.toString();
    }
}
