package io.keyspike.testing;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What is not in the repository since others made it: data sets ({@code KEYSPIKE_DATA}, else {@code ../shared/data} beside
 * the checkout), golden vectors that hold recordings ({@code ../shared/golden}) and a scorer of streams ({@code
 * ../shared/peers}). A test that uses one says so with {@link NeedsRecordings}, and is skipped by name where it is absent.
 */
public enum SharedData {
    /** Folder of a part of Speech Commands (Warden, 2018): a folder of WAV files for each word. */
    SPEECH_COMMANDS("data", "speech-commands", "recordings of Speech Commands"),
    /** Folder of clips of wake words. */
    WAKE_WORDS("data", "wake-words", "recordings of wake words"),
    /** Folder of MNIST's handwritten digits. */
    DIGITS("data", "mnist", "digits of MNIST"),
    /** Golden vectors of {@code FilterbankSpec} on a recording, computed with SciPy. */
    FILTERBANK("golden", "filterbank_iir.safetensors", "recording with SciPy's filterbank"),
    /** Golden vectors of log-mel features of recordings, computed with librosa and torchaudio. */
    LOG_MEL("golden", "logmel.safetensors", "recordings with the log-mel of librosa and torchaudio"),
    /** Scorer of streams, in Python. */
    SCORER("peers", "score.py", "scorer of streams");

    private final String folder;
    private final String name;
    private final String content;

    SharedData(String folder, String name, String content) {
        this.folder = folder;
        this.name = name;
        this.content = content;
    }

    /**
     * Where it is.
     *
     * @return an existing file or folder
     * @throws IllegalStateException if it is absent
     */
    public Path path() {
        if (!present()) {
            throw new IllegalStateException("expected " + content + " at " + place() + ", found none");
        }
        return place();
    }

    boolean present() {
        return Files.exists(place());
    }

    /** Why a test that needs it is skipped. */
    String absence() {
        return "skipped: no " + content + " at " + place() + (folder.equals("data") ? " (set KEYSPIKE_DATA)" : "");
    }

    private Path place() {
        String data = System.getenv("KEYSPIKE_DATA");
        if (folder.equals("data") && data != null) {
            return Path.of(data).resolve(name);
        }
        String root = System.getProperty("keyspike.root");
        Path checkout = root != null ? Path.of(root) : Path.of("").toAbsolutePath();
        return checkout.resolve("../shared").resolve(folder).resolve(name).normalize();
    }
}
