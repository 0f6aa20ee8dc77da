package io.keyspike.models.file;

import io.keyspike.models.KeywordModel;
import io.keyspike.models.json.Json;
import io.keyspike.models.json.JsonFields;
import io.keyspike.models.json.ModelDigest;
import io.keyspike.models.json.ModelInputJson;
import io.keyspike.models.json.ModelMetadata;
import io.keyspike.models.json.NetworkJson;
import io.keyspike.models.json.SettingsJson;
import io.keyspike.models.json.StreamQualityJson;
import io.keyspike.models.network.Network;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes model files: safetensors with these texts as metadata, structured ones as JSON.
 *
 * <pre>
 * format          keyspike-model
 * format_version  1
 * name, version   as events carry them
 * network         graph: time step, nodes, edges
 * features        what the network is fed with: feature spec of sound, or images
 * labels          list of texts
 * decision        decision settings
 * chip            chip profile
 * quality         what was measured on streams; absent where nothing was
 * provenance      where the model comes from
 * checksum        SHA-256 over all of the above and the tensors, see {@link ModelDigest}
 * </pre>
 */
public final class ModelFiles {

    private static final String FORMAT = "keyspike-model";
    private static final String FORMAT_VERSION = "1";

    private static final Set<String> KEYS = Set.of(
            "format",
            "format_version",
            "name",
            "version",
            "network",
            "features",
            "labels",
            "decision",
            "chip",
            "provenance",
            "checksum");

    /** The key that may be absent. */
    private static final String QUALITY = "quality";

    /** Largest model file, in bytes. */
    public static final int MAXIMUM_BYTES = Safetensors.MAXIMUM_FILE_BYTES;

    /** Longest message, so that a hostile file cannot fill a log. */
    private static final int MESSAGE_LENGTH = 400;

    private ModelFiles() {}

    /**
     * Reads and checks a model file.
     *
     * @param file of at most {@link #MAXIMUM_BYTES} bytes
     * @return the model
     * @throws ModelFileException if the file is not a whole, valid model; the message is one sentence that names the file,
     *     what was expected and what was found
     * @throws IOException if it cannot be read
     */
    public static KeywordModel read(Path file) throws IOException {
        return parse(bytes(file), file.toString());
    }

    /**
     * The content of a file that is not larger than a model may be; nothing more is checked.
     *
     * @param file any file
     * @return all of its bytes
     * @throws ModelFileException if it is larger than {@link #MAXIMUM_BYTES}
     * @throws IOException if it cannot be read
     */
    public static byte[] bytes(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(Safetensors.MAXIMUM_FILE_BYTES + 1);
            if (bytes.length > Safetensors.MAXIMUM_FILE_BYTES) {
                throw refused(
                        file.toString(),
                        "expected a file of at most " + Safetensors.MAXIMUM_FILE_BYTES + " bytes, found more",
                        null);
            }
            return bytes;
        }
    }

    /**
     * As {@link #read(Path)}, from memory.
     *
     * @param bytes the whole content of a model file
     * @param origin where the bytes are from, for the message
     * @return the model
     * @throws ModelFileException if the bytes are not a whole, valid model, whatever makes their reading fail
     */
    public static KeywordModel parse(byte[] bytes, String origin) throws ModelFileException {
        try {
            KeywordModel model = parse(bytes);
            ModelRanges.check(model);
            return model;
        } catch (IllegalArgumentException e) {
            String other = OtherFiles.name(bytes);
            String reason = other == null
                    ? String.valueOf(e.getMessage())
                    : "expected a Keyspike model (safetensors), found " + other;
            throw refused(origin, reason, e);
        } catch (RuntimeException e) {
            // A file comes from anywhere; whatever it breaks, the caller's running model must not be among it.
            throw refused(origin, "expected a model, found content that fails with " + e, e);
        }
    }

    /** What the format allows: any finite numbers, of use or not. */
    static KeywordModel parse(byte[] bytes) {
        Safetensors file = Safetensors.read(bytes);
        SortedMap<String, String> metadata = asWritten(file.metadata());
        require(metadata, "format", FORMAT);
        require(metadata, "format_version", FORMAT_VERSION);
        var keys = new TreeSet<>(metadata.keySet());
        keys.remove(QUALITY);
        if (!keys.equals(KEYS)) {
            throw new IllegalArgumentException(
                    "metadata: expected " + new TreeSet<>(KEYS) + ", found " + metadata.keySet());
        }
        require(metadata, "checksum", ModelDigest.checksum(metadata, file.tensors()));
        String name = text(metadata, "name");
        String version = ModelDigest.version(name, metadata, file.tensors());
        require(metadata, "version", version);
        var model = new KeywordModel(
                name,
                version,
                ModelInputJson.read(fields(metadata, "features")),
                new Network(NetworkJson.read(fields(metadata, "network")), file.tensors()),
                SettingsJson.readLabels(Json.read(text(metadata, "labels"), "labels")),
                SettingsJson.readDecision(fields(metadata, "decision")),
                SettingsJson.readChip(fields(metadata, "chip")),
                SettingsJson.readProvenance(fields(metadata, "provenance")),
                metadata.containsKey(QUALITY) ? StreamQualityJson.read(fields(metadata, QUALITY)) : null);
        return model;
    }

    /** Python's savers put the kind of their arrays in place of the format, and keep the rest; the checksum is over ours. */
    private static SortedMap<String, String> asWritten(SortedMap<String, String> metadata) {
        if (!OtherFiles.LIBRARIES.containsKey(metadata.getOrDefault("format", ""))
                || !metadata.containsKey("format_version")) {
            return metadata;
        }
        var ours = new TreeMap<>(metadata);
        ours.put("format", FORMAT);
        return ours;
    }

    /**
     * Writes atomically: temporary file, fsync, rename. The version in the file is computed from the content.
     *
     * @param file replaced if it is there; its folder must exist
     * @param model what to write
     * @throws IllegalArgumentException if the model could not be read back; nothing is written
     * @throws IOException if the file cannot be written; one that was there stays as it was
     */
    public static void write(Path file, KeywordModel model) throws IOException {
        ModelRanges.check(model);
        AtomicFiles.write(file, bytes(model));
    }

    /**
     * The whole file of a model; read back once, so that no file is published that will be refused.
     *
     * @param model its own version is replaced by the one computed from its content
     * @return the bytes of the file
     * @throws IllegalArgumentException if the model could not be read back
     */
    public static byte[] bytes(KeywordModel model) {
        SortedMap<String, String> metadata = metadata(model);
        var tensors = new TreeMap<>(model.network().tensors());
        metadata.put("version", ModelDigest.version(model.name(), metadata, tensors));
        metadata.put("checksum", ModelDigest.checksum(metadata, tensors));
        byte[] bytes = new Safetensors(metadata, tensors).write();
        parse(bytes);
        return bytes;
    }

    /**
     * The whole file of a model under a name of the caller's choice: the bytes as they are where the model has that name
     * already.
     *
     * @param file a model file
     * @param name short name, lower case; see {@link KeywordModel#isName}
     * @return the bytes of a valid model file of that name
     * @throws ModelFileException if the file is not a whole, valid model
     * @throws IllegalArgumentException if the name is malformed
     * @throws IOException if the file cannot be read
     */
    public static byte[] bytesNamed(Path file, String name) throws IOException {
        byte[] bytes = bytes(file);
        KeywordModel model = parse(bytes, file.toString());
        return model.name().equals(name) ? bytes : bytes(model.withName(name));
    }

    /**
     * {@code <name>@<first 12 hex digits of SHA-256 over the tensors and all settings>}, provenance not among them.
     *
     * @param model its own version is ignored
     * @return the version that a file of the model has
     */
    public static String versionOf(KeywordModel model) {
        return ModelMetadata.version(
                model.name(),
                model.input(),
                model.network(),
                model.labels(),
                model.decision(),
                model.chip(),
                model.quality());
    }

    /** All but version and checksum. */
    private static SortedMap<String, String> metadata(KeywordModel model) {
        SortedMap<String, String> metadata = ModelMetadata.of(
                model.name(),
                model.input(),
                model.network(),
                model.labels(),
                model.decision(),
                model.chip(),
                model.quality(),
                model.provenance());
        metadata.put("format", FORMAT);
        metadata.put("format_version", FORMAT_VERSION);
        return metadata;
    }

    private static JsonFields fields(Map<String, String> metadata, String key) {
        return JsonFields.parse(text(metadata, key), key);
    }

    private static String text(Map<String, String> metadata, String key) {
        String text = metadata.get(key);
        if (text == null) {
            throw new IllegalArgumentException("metadata: expected " + key + ", found none");
        }
        return text;
    }

    private static void require(Map<String, String> metadata, String key, String expected) {
        String found = text(metadata, key);
        if (!found.equals(expected)) {
            throw new IllegalArgumentException("metadata: expected " + key + " " + expected + ", found " + found);
        }
    }

    /** One line, of bounded length, whatever the file holds. */
    private static ModelFileException refused(String origin, String reason, @Nullable Throwable cause) {
        String sentence = (origin + ": " + reason).replaceAll("[\\p{Cntrl}\\p{Zl}\\p{Zp}]+", " ");
        if (sentence.length() > MESSAGE_LENGTH) {
            sentence = sentence.substring(0, MESSAGE_LENGTH) + "…";
        }
        return cause == null ? new ModelFileException(sentence) : new ModelFileException(sentence, cause);
    }
}
