package io.keyspike.voices;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Kokoro-82M (hexgrad, 2025): a neural network whose voices are points in a style space, so that two of them can be mixed. It
 * runs in ONNX Runtime on one thread for each call; several threads may call at once. Pronunciations come from espeak-ng.
 *
 * <p>Its files lie in one folder: {@value #MODEL}, and a file for each voice in {@value #VOICES}: float32, little-endian,
 * [510, 256], one style for each number of symbols from 1.
 */
public final class KokoroEngine implements SpeechEngine {

    /** The network. */
    public static final String MODEL = "model.onnx";

    /** The folder of the voices. */
    public static final String VOICES = "voices";

    /** Bytes of a voice's file. */
    public static final int VOICE_BYTES = 510 * 256 * Float.BYTES;

    static final String NAME = "kokoro";

    private static final int RATE_HZ = 24_000;
    private static final int STYLE = 256;
    private static final int MOST_SYMBOLS = 510;
    private static final String EXTENSION = ".bin";

    private static final String MARKS = ".,!?;:";
    private static final Pattern PIECES = Pattern.compile("[.,!?;:]|[^.,!?;:]+");

    /** Speakers that lend their voice in several languages; the rest of the name differs elsewhere. */
    private static final int AFTER_LANGUAGE_AND_GENDER = 3;

    private final Path folder;
    private final List<Voice> voices;
    private final Phonemes phonemes;
    private final Map<String, float[]> styles = new ConcurrentHashMap<>();
    private final OrtEnvironment environment;
    private final OrtSession session;

    /**
     * Loads the network.
     *
     * @param folder where the files lie
     * @param phonemes how words are pronounced
     * @throws EngineMissingException if a file, ONNX Runtime or espeak-ng is missing
     * @throws IOException if the folder cannot be listed
     */
    public KokoroEngine(Path folder, Phonemes phonemes) throws IOException {
        this.folder = folder;
        this.phonemes = phonemes;
        voices = voicesIn(folder);
        if (!EspeakEngine.PROGRAM.isThere("--version")) {
            throw new EngineMissingException(
                    "Kokoro needs espeak-ng for pronunciations, which was not found; install it (on"
                            + " Debian and Ubuntu: apt-get install espeak-ng)");
        }
        try {
            environment = OrtEnvironment.getEnvironment();
            try (var options = new OrtSession.SessionOptions()) {
                options.setIntraOpNumThreads(1);
                options.setInterOpNumThreads(1);
                session = environment.createSession(folder.resolve(MODEL).toString(), options);
            }
        } catch (OrtException e) {
            throw new IOException(
                    folder.resolve(MODEL) + ": expected the network of Kokoro-82M, found: " + e.getMessage(), e);
        } catch (LinkageError e) {
            throw new EngineMissingException(
                    "Kokoro needs ONNX Runtime, which does not run here: " + e.getMessage(), e);
        }
    }

    /**
     * Lists the voices whose files are there, without loading the network.
     *
     * @param folder where the files lie
     * @return the voices by name
     * @throws EngineMissingException if the network or every voice is missing
     * @throws IOException if the folder cannot be listed
     */
    public static List<Voice> voicesIn(Path folder) throws IOException {
        Path styles = folder.resolve(VOICES);
        var found = new ArrayList<Voice>();
        if (Files.isRegularFile(folder.resolve(MODEL)) && Files.isDirectory(styles)) {
            try (Stream<Path> files = Files.list(styles)) {
                for (Path file : files.sorted().toList()) {
                    String fileName = String.valueOf(file.getFileName());
                    if (fileName.matches("[a-z]{2}_[a-z]+\\.bin") && Files.size(file) == VOICE_BYTES) {
                        found.add(voice(fileName.substring(0, fileName.length() - EXTENSION.length())));
                    }
                }
            }
        }
        if (found.isEmpty()) {
            throw new EngineMissingException(
                    "Kokoro's files are not in " + folder + "; 'keyspike voices install' puts them there");
        }
        return List.copyOf(found);
    }

    private static Voice voice(String name) {
        return new Voice(
                NAME,
                name,
                name.startsWith("b") ? "en-gb" : "en-us",
                List.of(name.substring(AFTER_LANGUAGE_AND_GENDER).toLowerCase(Locale.ROOT)));
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<Voice> voices() {
        return voices;
    }

    @Override
    public boolean mixes() {
        return true;
    }

    @Override
    public short[] speak(String text, Voice voice, double speed) throws IOException {
        Checks.speakable(this, text, voice, speed);
        boolean british = voice.language().equals("en-gb");
        long[] numbers = KokoroAlphabet.numbers(spelling(text, british));
        if (numbers.length == 0 || numbers.length > MOST_SYMBOLS) {
            throw new IOException(
                    "kokoro: expected a text of 1 to " + MOST_SYMBOLS + " sounds, found " + numbers.length);
        }
        long[] tokens = KokoroAlphabet.tokens(numbers);
        try (OnnxTensor symbols =
                        OnnxTensor.createTensor(environment, LongBuffer.wrap(tokens), new long[] {1, tokens.length});
                OnnxTensor style = OnnxTensor.createTensor(
                        environment, FloatBuffer.wrap(style(voice, numbers.length)), new long[] {1, STYLE});
                OnnxTensor pace = OnnxTensor.createTensor(
                        environment, FloatBuffer.wrap(new float[] {(float) speed}), new long[] {1});
                OrtSession.Result result = session.run(Map.of("tokens", symbols, "style", style, "speed", pace))) {
            if (!(result.get(0) instanceof OnnxTensor wave)) {
                throw new IOException("kokoro: expected a tensor of samples, found " + result.get(0));
            }
            FloatBuffer samples = wave.getFloatBuffer();
            float[] all = new float[samples.remaining()];
            samples.get(all);
            return Speech.ofWave(all, RATE_HZ);
        } catch (OrtException e) {
            throw new IOException("kokoro: " + e.getMessage(), e);
        }
    }

    /** How the text is said, with its punctuation, which Kokoro reads as pauses and intonation. */
    private String spelling(String text, boolean british) throws IOException {
        var spelling = new StringBuilder();
        var pieces = PIECES.matcher(text);
        while (pieces.find()) {
            String piece = pieces.group().strip();
            if (MARKS.contains(piece) || piece.isEmpty()) {
                spelling.append(piece);
            } else {
                spelling.append(spelling.isEmpty() ? "" : " ")
                        .append(KokoroAlphabet.spelling(phonemes.of(piece, british ? "en-gb" : "en-us"), british));
            }
        }
        return spelling.toString();
    }

    /** The style of a voice for a number of symbols; that of a mix lies in the middle. */
    private float[] style(Voice voice, int symbols) throws IOException {
        String[] parts = voice.name().split("\\" + Voice.MIX, -1);
        float[] mean = new float[STYLE];
        for (String part : parts) {
            float[] all = all(part);
            for (int i = 0; i < STYLE; i++) {
                mean[i] += all[(symbols - 1) * STYLE + i] / parts.length;
            }
        }
        return mean;
    }

    private float[] all(String name) throws IOException {
        float[] known = styles.get(name);
        if (known == null) {
            if (voices.stream().noneMatch(voice -> voice.name().equals(name))) {
                throw new IllegalArgumentException("speech: expected one of the voices of kokoro, found " + name);
            }
            FloatBuffer read = ByteBuffer.wrap(
                            Files.readAllBytes(folder.resolve(VOICES).resolve(name + EXTENSION)))
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer();
            known = new float[read.remaining()];
            read.get(known);
            styles.put(name, known);
        }
        return known;
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException("kokoro: cannot be closed", e);
        }
    }
}
