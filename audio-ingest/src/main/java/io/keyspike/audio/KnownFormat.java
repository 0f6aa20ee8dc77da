package io.keyspike.audio;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Kinds of files that Keyspike does not read as what they were given for, told by their first bytes, so that a refusal can name
 * them.
 *
 * @param name with its article, such as "an MP3 file"
 * @param sound whether a converter can make a WAV file of it
 */
public record KnownFormat(String name, boolean sound) {

    /** How many of the first bytes are looked at, at most. */
    public static final int HEAD_BYTES = 64;

    /** Bytes 0 and on, and from where on they are expected. */
    private record Magic(int at, String bytes, String name, boolean sound) {
        boolean matches(String head) {
            return head.startsWith(bytes, at);
        }
    }

    private static final Magic[] MAGIC = {
        new Magic(0, "caff\0", "a CAF file (Core Audio)", true),
        new Magic(0, "riff.\u0091\u00cf\u0011", "a Wave64 file (W64)", true),
        new Magic(0, "wvpk", "a WavPack file", true),
        new Magic(0, "MAC \u0096\u000f", "a Monkey's Audio file", true),
        new Magic(0, "MAC ", "a Monkey's Audio file", true),
        new Magic(0, "TTA1", "a True Audio file", true),
        new Magic(0, "MPCK", "a Musepack file", true),
        new Magic(0, "MP+", "a Musepack file", true),
        new Magic(0, "ajkg", "a Shorten file", true),
        new Magic(0, "#!AMR", "an AMR file", true),
        new Magic(0, "#!SILK_V3", "a SILK file", true),
        new Magic(0, "\u0002#!SILK_V3", "a SILK file", true),
        new Magic(0, "Creative Voice File", "a VOC file", true),
        new Magic(0, "NIST_1A", "a NIST SPHERE file", true),
        new Magic(0, "ADIF", "an AAC file (ADIF)", true),
        new Magic(0, "DSD ", "a DSF file (DSD)", true),
        new Magic(0, "FRM8", "a DSDIFF file (DSD)", true),
        new Magic(0, ".RMF", "a RealMedia file", true),
        new Magic(0, ".ra\u00fd", "a RealAudio file", true),
        new Magic(0, "0&\u00b2u\u008ef\u00cf\u0011", "a Windows Media file (WMA, ASF)", true),
        new Magic(0, "\u001aE\u00df\u00a3", "a Matroska or WebM file", true),
        new Magic(0, "FLV\u0001", "a Flash video", true),
        new Magic(0, "MThd", "a MIDI file, which holds notes and no sound", false),
        new Magic(
                0,
                "version https://git-lfs",
                "a Git LFS pointer instead of the file; 'git lfs pull' fetches it",
                false),
        new Magic(0, "PK\u0003\u0004", "a zip archive (torch.save, a Keras model and NumPy's npz are such)", false),
        new Magic(0, "PK\u0005\u0006", "an empty zip archive", false),
        new Magic(0, "\u001f\u008b\u0008", "a gzip archive", false),
        new Magic(0, "BZh", "a bzip2 archive", false),
        new Magic(0, "7z\u00bc\u00af'\u001c", "a 7-Zip archive", false),
        new Magic(0, "Rar!\u001a\u0007", "a RAR archive", false),
        new Magic(0, "\u00fd7zXZ\0", "an xz archive", false),
        new Magic(0, "(\u00b5/\u00fd", "a Zstandard archive", false),
        new Magic(0, "%PDF-", "a PDF document", false),
        new Magic(0, "\u0089PNG\r\n", "a PNG image", false),
        new Magic(0, "GIF8", "a GIF image", false),
        new Magic(0, "\u00ff\u00d8\u00ff", "a JPEG image", false),
        new Magic(0, "\u0089HDF\r\n\u001a\n", "an HDF5 file (Keras and NIR write such)", false),
        new Magic(0, "\u0093NUMPY", "a NumPy array", false),
        new Magic(0, "GGUF", "a GGUF model", false),
        new Magic(0, "GGML", "a GGML model", false),
        new Magic(0, "lmgg", "a GGML model", false),
        new Magic(4, "TFL3", "a TensorFlow Lite model", false),
        new Magic(4, "ORTM", "an ONNX Runtime model", false),
        new Magic(0, "\u00ca\u00fe\u00ba\u00be", "a Java class or Mach-O program", false),
        new Magic(0, "\u007fELF", "a program (ELF)", false),
        new Magic(0, "SQLite format 3", "an SQLite database", false),
    };

    /**
     * The kind of a file.
     *
     * @param head its first bytes, {@link #HEAD_BYTES} of them if there are so many
     * @return empty if they tell nothing
     */
    public static Optional<KnownFormat> of(byte[] head) {
        if (head.length == 0) {
            return Optional.of(new KnownFormat("an empty file", false));
        }
        String text = new String(head, StandardCharsets.ISO_8859_1);
        for (Magic magic : MAGIC) {
            if (magic.matches(text)) {
                return Optional.of(new KnownFormat(magic.name(), magic.sound()));
            }
        }
        if (text.startsWith("OggS")) {
            return Optional.of(new KnownFormat(ogg(text), true));
        }
        if (text.startsWith("ftyp", 4)) {
            return Optional.of(new KnownFormat(mp4(text), true));
        }
        if (text.startsWith("RIFF") && text.length() >= 12) {
            boolean avi = text.startsWith("AVI ", 8);
            return Optional.of(new KnownFormat(
                    avi ? "an AVI video" : "a RIFF file of the kind " + Header.printable(text.substring(8, 12)), avi));
        }
        if (text.startsWith("FORM") && text.length() >= 12) {
            boolean svx = text.startsWith("8SVX", 8) || text.startsWith("16SV", 8);
            return Optional.of(new KnownFormat(
                    svx ? "an 8SVX file" : "an IFF file of the kind " + Header.printable(text.substring(8, 12)), svx));
        }
        return Optional.ofNullable(markup(text));
    }

    private static String ogg(String head) {
        String codec = head.contains("\u007fFLAC") || head.contains("fLaC")
                ? "FLAC"
                : head.contains("OpusHead")
                        ? "Opus"
                        : head.contains("\u0001vorbis") ? "Vorbis" : head.contains("Speex   ") ? "Speex" : "";
        return codec.isEmpty() ? "an Ogg file" : "an Ogg " + codec + " file";
    }

    private static String mp4(String head) {
        String brand = head.length() < 12 ? "" : head.substring(8, 12);
        return switch (brand) {
            case "M4A ", "M4B ", "M4P " -> "an M4A file (AAC or ALAC)";
            case "qt  " -> "a QuickTime movie";
            case "3gp4", "3gp5", "3gp6", "3g2a" -> "a 3GPP file";
            default -> "an MP4 or M4A file";
        };
    }

    private static @Nullable KnownFormat markup(String head) {
        String start = head.startsWith("\u00ef\u00bb\u00bf") ? head.substring(3) : head;
        start = start.stripLeading().toLowerCase(Locale.ROOT);
        if (start.startsWith("<!doctype html") || start.startsWith("<html") || start.startsWith("<head")) {
            return new KnownFormat("an HTML page, perhaps an error message of a download", false);
        }
        return start.startsWith("<?xml") || start.startsWith("<error")
                ? new KnownFormat("an XML document", false)
                : null;
    }

    /** {@return a command that makes a WAV file of another} */
    static String advice(String file) {
        boolean plain = file.matches("[A-Za-z0-9_./+:@%-]+");
        String quoted = plain ? file : "'" + file.replace("'", "'\\''") + "'";
        return "convert it with: ffmpeg -i " + quoted + " -ar 16000 out.wav";
    }

    /** A refusal of something that a converter understands. */
    static IOException refused(String name, String what) {
        return new IOException(
                name + ": expected PCM, float, mu-law, A-law or FLAC, found " + what + "; " + advice(name));
    }
}
