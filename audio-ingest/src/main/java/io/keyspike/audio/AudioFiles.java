package io.keyspike.audio;

import io.keyspike.audio.flac.FlacDecoder;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Opens recordings of any kind that this module reads, from files, pipes and streams, recognised by their first bytes, not by
 * name: WAV and its kin, AIFF, AU and FLAC, also behind ID3 tags. Everything else is refused by its name. Each file is opened
 * once, so that a pipe loses nothing.
 */
public final class AudioFiles {

    /** What is looked at before a stream is known: enough for the longest frame of MPEG audio and the header after it. */
    private static final int LOOK_AHEAD = MpegFrame.LONGEST + MpegFrame.HEADER_BYTES;

    private static final int MOST_TAGS = 16;
    private static final int ID3_HEADER_BYTES = 10;
    private static final int CHUNK_SAMPLES = 1 << 15;

    /** Of the heap, a recording takes no more than this part: two bytes a sample, twice while it is put together. */
    private static final int HEAP_BYTES_PER_SAMPLE = 8;

    private static final List<String> EXTENSIONS = List.of(".wav", ".flac", ".aif", ".aiff", ".aifc", ".au");

    private AudioFiles() {}

    /**
     * Opens a recording.
     *
     * @param file a recording, whatever its name
     * @param sampleRateHz rate of the output; the audio is resampled if the file has a different one
     * @return the file's audio, one channel; the caller closes it
     * @throws IOException if the file is none that this module reads, or its rate cannot be converted to the wanted one; one
     *     sentence that names the file and says what it is
     */
    public static AudioSource open(Path file, int sampleRateHz) throws IOException {
        return resampled(open(file), sampleRateHz);
    }

    /**
     * Opens a recording at its own rate.
     *
     * @param file a recording, whatever its name
     * @return the caller closes it
     * @throws IOException if the file is none that this module reads; one sentence that names the file and says what it is
     */
    public static Recording open(Path file) throws IOException {
        return open(stream(file), file.toString());
    }

    /**
     * Opens a recording that a stream holds.
     *
     * @param in positioned at its first byte; closed with what is returned, or if that fails
     * @param name what to call the stream in errors
     * @return the caller closes it
     * @throws IOException as with {@link #open(Path)}
     */
    public static Recording open(InputStream in, String name) throws IOException {
        var stream = new PushbackInputStream(in, LOOK_AHEAD);
        try {
            boolean tagged = skipTags(stream);
            byte[] head = peek(stream, KnownFormat.HEAD_BYTES);
            Recording found = recording(stream, head, name);
            if (found == null) {
                throw refused(name, head, tagged);
            }
            return found;
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    /**
     * Opens what a pipe holds: a recording, or, if the first bytes are of no known kind, raw samples (16-bit little-endian,
     * one channel).
     *
     * @param in positioned at its first byte; closed with what is returned, or if that fails
     * @param name what to call the stream in errors
     * @param rawRateHz rate of the samples in Hz, if they are raw
     * @param sampleRateHz rate of the output
     * @return the caller closes it
     * @throws IOException if the first bytes are those of a kind that this module does not read, or the rate cannot be
     *     converted to the wanted one
     */
    public static AudioSource openPipe(InputStream in, String name, int rawRateHz, int sampleRateHz)
            throws IOException {
        return resampled(pipe(in, name, rawRateHz), sampleRateHz);
    }

    /** As {@link #openPipe(InputStream, String, int, int)}, at the recording's own rate. */
    static AudioSource pipe(InputStream in, String name, int rawRateHz) throws IOException {
        var stream = new PushbackInputStream(in, LOOK_AHEAD);
        try {
            boolean tagged = skipTags(stream);
            byte[] head = peek(stream, KnownFormat.HEAD_BYTES);
            Recording found = recording(stream, head, name);
            if (found == null) {
                if (tagged || (head.length > 0 && KnownFormat.of(head).isPresent()) || isMpegAudio(stream, head)) {
                    throw refused(name, head, tagged);
                }
                return new PcmStreamSource(stream, rawRateHz, name);
            }
            return found;
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    /**
     * As {@link #openPipe(InputStream, String, int, int)}, for a FIFO or another file that is no regular one.
     *
     * @param pipe opened once; blocks until something writes to it
     * @param rawRateHz rate of the samples in Hz, if they are raw
     * @param sampleRateHz rate of the output
     * @return the caller closes it
     * @throws IOException as with {@link #openPipe(InputStream, String, int, int)}
     */
    public static AudioSource openPipe(Path pipe, int rawRateHz, int sampleRateHz) throws IOException {
        return openPipe(stream(pipe), pipe.toString(), rawRateHz, sampleRateHz);
    }

    private static InputStream stream(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new IOException(file + ": expected a file, found a folder");
        }
        return new BufferedInputStream(Files.newInputStream(file));
    }

    private static AudioSource resampled(AudioSource source, int sampleRateHz) throws IOException {
        try {
            return ResamplingSource.at(source, sampleRateHz);
        } catch (IllegalArgumentException e) {
            source.close();
            throw new IOException(source.description() + ": " + e.getMessage(), e);
        }
    }

    private static @Nullable Recording recording(PushbackInputStream in, byte[] head, String name) throws IOException {
        String text = new String(head, StandardCharsets.ISO_8859_1);
        boolean wave = text.startsWith("WAVE", 8) || head.length < 12;
        if (text.startsWith("fLaC")) {
            return new FlacSource(in, name);
        }
        if (wave && (text.startsWith("RIFF") || text.startsWith("RIFX") || isRf64(text))) {
            return new PcmSource(in, name, WavHeader.read(in, name));
        }
        if (text.startsWith("FORM") && (text.startsWith("AIFF", 8) || text.startsWith("AIFC", 8) || head.length < 12)) {
            return new PcmSource(in, name, AiffHeader.read(in, name));
        }
        if (text.startsWith(".snd") || text.startsWith("dns.")) {
            return new PcmSource(in, name, AuHeader.read(in, name));
        }
        return null;
    }

    private static boolean isRf64(String text) {
        return text.startsWith("RF64") || text.startsWith("BW64");
    }

    private static IOException refused(String name, byte[] head, boolean tagged) {
        String wanted = name + ": expected a WAV, AIFF, AU or FLAC file, found ";
        if (FlacDecoder.beginsWithFrame(head)) {
            return new IOException(wanted + "frames of FLAC without the header in front of them (STREAMINFO)");
        }
        KnownFormat known = MpegFrame.isSync(head)
                ? new KnownFormat(MpegFrame.name(head), true)
                : KnownFormat.of(head).orElse(null);
        if (known == null && tagged) {
            known = new KnownFormat("an ID3 tag and then neither", true);
        }
        if (known == null) {
            String begin = new String(head, 0, Math.min(4, head.length), StandardCharsets.ISO_8859_1);
            return new IOException(wanted + "one that begins with \"" + Header.printable(begin) + "\"");
        }
        return new IOException(wanted + known.name() + (known.sound() ? "; " + KnownFormat.advice(name) : ""));
    }

    /** Whether there are two frames of MPEG audio; two bytes of sound alone may look like the start of one. */
    private static boolean isMpegAudio(PushbackInputStream in, byte[] head) throws IOException {
        int length = MpegFrame.length(head, 0);
        return length > 0
                && length <= MpegFrame.LONGEST
                && MpegFrame.isSameKind(peek(in, length + MpegFrame.HEADER_BYTES), length);
    }

    /** Skips ID3v2 tags (id3.org, version 2.4, section 3.1), and zeros that some writers put between them and the rest. */
    private static boolean skipTags(PushbackInputStream in) throws IOException {
        boolean tagged = false;
        for (int tag = 0; tag < MOST_TAGS; tag++) {
            byte[] head = peek(in, ID3_HEADER_BYTES);
            if (!isId3(head)) {
                break;
            }
            int size = (head[6] << 21) | (head[7] << 14) | (head[8] << 7) | head[9];
            boolean footer = (head[5] & 0x10) != 0;
            skipUpTo(in, ID3_HEADER_BYTES + size + (footer ? ID3_HEADER_BYTES : 0));
            tagged = true;
        }
        int next = tagged ? in.read() : -1;
        while (next == 0) {
            next = in.read();
        }
        if (next > 0) {
            in.unread(next);
        }
        return tagged;
    }

    private static boolean isId3(byte[] head) {
        return head.length == ID3_HEADER_BYTES
                && head[0] == 'I'
                && head[1] == 'D'
                && head[2] == '3'
                && head[3] >= 0
                && head[4] >= 0
                && (head[6] | head[7] | head[8] | head[9]) >= 0;
    }

    private static void skipUpTo(InputStream in, long count) throws IOException {
        long left = count;
        byte[] block = new byte[4_096];
        while (left > 0) {
            int read = in.read(block, 0, (int) Math.min(left, block.length));
            if (read < 0) {
                return;
            }
            left -= read;
        }
    }

    private static byte[] peek(PushbackInputStream in, int count) throws IOException {
        byte[] bytes = in.readNBytes(count);
        in.unread(bytes);
        return bytes;
    }

    /**
     * Whether a file's name is that of a recording that this module may read.
     *
     * @param file any path
     * @return by the extension alone, in lower or upper case
     */
    public static boolean isNamedAsRecording(Path file) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        return EXTENSIONS.stream().anyMatch(name::endsWith);
    }

    /**
     * All samples of a recording.
     *
     * @param file a recording
     * @param sampleRateHz rate of the result in Hz; the audio is resampled if the file has a different one
     * @return {@code [samples]}, one channel of PCM16
     * @throws IOException if the file is none that this module reads, is damaged or cut off anywhere, or is too long for the
     *     heap
     */
    public static short[] readAll(Path file, int sampleRateHz) throws IOException {
        try (AudioSource source = open(file, sampleRateHz)) {
            return readAll(source);
        }
    }

    /**
     * Reads a recording to its end, which shows whether it is whole, without keeping it.
     *
     * @param file a recording
     * @param sampleRateHz rate at which samples are counted, in Hz
     * @return how many samples it has
     * @throws IOException as with {@link #readAll(Path, int)}, however long it is
     */
    public static long length(Path file, int sampleRateHz) throws IOException {
        try (AudioSource source = open(file, sampleRateHz)) {
            short[] chunk = new short[CHUNK_SAMPLES];
            long count = 0;
            for (int read = 0; read >= 0; read = source.read(chunk, 0, chunk.length)) {
                count += read;
            }
            return count;
        }
    }

    /** All samples up to the source's end. */
    static short[] readAll(AudioSource source) throws IOException {
        long most = Math.min(Integer.MAX_VALUE - 8, Runtime.getRuntime().maxMemory() / HEAP_BYTES_PER_SAMPLE);
        var full = new ArrayList<short[]>();
        short[] chunk = new short[CHUNK_SAMPLES];
        int filled = 0;
        while (true) {
            int read = source.read(chunk, filled, chunk.length - filled);
            if (read < 0) {
                return joined(full, chunk, filled);
            }
            filled += read;
            if (filled == chunk.length) {
                full.add(chunk);
                if ((long) full.size() * CHUNK_SAMPLES > most) {
                    throw new IOException(source.description() + ": expected at most " + most
                            + " samples, which this heap has room for, found more");
                }
                chunk = new short[CHUNK_SAMPLES];
                filled = 0;
            }
        }
    }

    private static short[] joined(List<short[]> full, short[] last, int filled) {
        if (full.isEmpty()) {
            return Arrays.copyOf(last, filled);
        }
        short[] all = new short[full.size() * CHUNK_SAMPLES + filled];
        for (int i = 0; i < full.size(); i++) {
            System.arraycopy(full.get(i), 0, all, i * CHUNK_SAMPLES, CHUNK_SAMPLES);
        }
        System.arraycopy(last, 0, all, full.size() * CHUNK_SAMPLES, filled);
        return all;
    }
}
