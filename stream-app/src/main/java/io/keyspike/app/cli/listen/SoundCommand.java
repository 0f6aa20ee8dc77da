package io.keyspike.app.cli.listen;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyspike.app.cli.shared.JsonOption;
import io.keyspike.app.cli.sound.SoundFailures;
import io.keyspike.audio.AudioFiles;
import io.keyspike.audio.CutOffException;
import io.keyspike.audio.Recording;
import io.keyspike.audio.SoundFormat;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.zip.CRC32;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code keyspike sound}: what Keyspike sees in recordings. */
@Command(
        name = "sound",
        description = {
            "Reads recordings to their end and prints what is in them.",
            "Container, codec, rate, channels, length, a CRC-32 of the 16-bit mono samples before resampling, and what is odd"
                    + " about them.%n"
        })
public final class SoundCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int BLOCK_SAMPLES = 8_192;

    @Parameters(
            arity = "1..*",
            paramLabel = "FILE",
            description = "Recordings (WAV and its kin, AIFF, AU, FLAC); - is standard input.")
    private List<Path> files = new ArrayList<>();

    @Mixin
    private JsonOption json = new JsonOption();

    @Spec
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private CommandSpec spec;

    /** Everything about one recording. */
    private record Seen(String path, SoundFormat format, long samples, String crc32, List<String> warnings) {
        double seconds() {
            return (double) samples / format.sampleRateHz();
        }
    }

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        var failures = new SoundFailures(sentence -> {
            err.println(sentence);
            err.flush();
        });
        for (Path file : files) {
            Seen seen;
            try {
                seen = see(file);
            } catch (IOException e) {
                failures.skipped(e);
                continue;
            }
            out.println(json.isSet() ? json(seen) : text(seen));
            out.flush();
        }
        return failures.exitCode();
    }

    private static Seen see(Path file) throws IOException {
        boolean isStdin = file.toString().equals("-");
        try (Recording recording = isStdin ? AudioFiles.open(System.in, "standard input") : AudioFiles.open(file)) {
            var crc = new CRC32();
            var block = new short[BLOCK_SAMPLES];
            ByteBuffer bytes = ByteBuffer.allocate(Short.BYTES * BLOCK_SAMPLES).order(ByteOrder.LITTLE_ENDIAN);
            long samples = 0;
            var warnings = new ArrayList<String>();
            try {
                for (int read = 0; read >= 0; read = recording.read(block, 0, block.length)) {
                    bytes.clear().asShortBuffer().put(block, 0, read);
                    crc.update(bytes.array(), 0, Short.BYTES * read);
                    samples += read;
                }
            } catch (CutOffException e) {
                String reason = String.valueOf(e.getMessage());
                String name = recording.description() + ": ";
                warnings.add("cut off: " + (reason.startsWith(name) ? reason.substring(name.length()) : reason));
            }
            warnings.addAll(recording.warnings());
            return new Seen(file.toString(), recording.format(), samples, "%08x".formatted(crc.getValue()), warnings);
        }
    }

    private static String json(Seen seen) throws IOException {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("path", seen.path());
        line.put("container", seen.format().container());
        line.put("codec", seen.format().codec());
        line.put("sampleRateHz", seen.format().sampleRateHz());
        line.put("channels", seen.format().channels());
        line.put("bits", seen.format().bits());
        line.put("samples", seen.samples());
        line.put("seconds", seen.seconds());
        line.put("crc32", seen.crc32());
        line.put("warnings", seen.warnings());
        return JSON.writeValueAsString(line);
    }

    private static String text(Seen seen) {
        SoundFormat format = seen.format();
        String codec = format.codec().equals(format.container()) ? "" : ", " + format.codec();
        var text = new StringBuilder(String.format(
                Locale.ROOT,
                "%s: %s%s, %d bits, %d Hz, %d channel%s, %d samples (%.3f s), CRC-32 %s",
                seen.path(),
                format.container(),
                codec,
                format.bits(),
                format.sampleRateHz(),
                format.channels(),
                format.channels() == 1 ? "" : "s",
                seen.samples(),
                seen.seconds(),
                seen.crc32()));
        seen.warnings()
                .forEach(w -> text.append(System.lineSeparator())
                        .append("  warning: ")
                        .append(w));
        return text.toString();
    }
}
