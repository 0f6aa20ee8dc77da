package io.keyspike.audio;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Opens audio files of any kind that this module reads, recognised by content, not by name. */
public final class AudioFiles {

    private AudioFiles() {}

    /**
     * Opens a WAV or FLAC file.
     *
     * @param file a WAV or FLAC file, whatever its name
     * @param sampleRateHz rate of the output; the audio is resampled if the file has a different one
     * @return the file's audio, one channel; the caller closes it
     * @throws IOException if the file is neither, or cannot be read, or its rate cannot be converted to the wanted one
     */
    public static AudioSource open(Path file, int sampleRateHz) throws IOException {
        AudioSource source = openAtItsRate(file);
        try {
            return ResamplingSource.at(source, sampleRateHz);
        } catch (IllegalArgumentException e) {
            source.close();
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    private static AudioSource openAtItsRate(Path file) throws IOException {
        String magic;
        try (InputStream in = Files.newInputStream(file)) {
            magic = new String(in.readNBytes(4), StandardCharsets.ISO_8859_1);
        }
        return switch (magic) {
            case "RIFF" -> new WavSource(file);
            case "fLaC" -> new FlacSource(file);
            default ->
                throw new IOException(file + ": expected a WAV or FLAC file, found one that begins with \""
                        + magic.replaceAll("[^ -~]", ".") + "\"");
        };
    }

    /**
     * All samples of a WAV or FLAC file.
     *
     * @param file a WAV or FLAC file
     * @param sampleRateHz rate of the result in Hz; the audio is resampled if the file has a different one
     * @return {@code [samples]}, one channel of PCM16
     * @throws IOException if the file is neither, cannot be read, or is damaged anywhere
     */
    public static short[] readAll(Path file, int sampleRateHz) throws IOException {
        try (AudioSource source = open(file, sampleRateHz)) {
            return readAll(source);
        }
    }

    /** All samples up to the source's end. */
    static short[] readAll(AudioSource source) throws IOException {
        short[] samples = new short[1 << 15];
        int count = 0;
        while (true) {
            int read = source.read(samples, count, samples.length - count);
            if (read < 0) {
                return Arrays.copyOf(samples, count);
            }
            count += read;
            if (count == samples.length) {
                samples = Arrays.copyOf(samples, 2 * count);
            }
        }
    }
}
