package io.keyspike.trainer.data;

import io.keyspike.trainer.common.SplitMix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a folder with the four files in which MNIST is published, gzipped or not: {@code train-images-idx3-ubyte},
 * {@code train-labels-idx1-ubyte}, and the same with {@code t10k} for testing. Validation is a random part of the training
 * file.
 */
public final class IdxFolder {
    /** Apart from every other use of random numbers. */
    private static final long PURPOSE = 0x1D_C5;

    private final Path root;
    private final List<String> words;

    /** @param words what label value 0, 1, … is called */
    public IdxFolder(Path root, List<String> words) throws IOException {
        if (!Files.isDirectory(root)) {
            throw new IOException(root + ": expected a folder with IDX files, found none");
        }
        this.root = root;
        this.words = List.copyOf(words);
    }

    /**
     * Reads all four files.
     *
     * @param validation share of the training images
     * @param seed of the split
     * @throws IOException if a file is missing, broken or does not fit to another, or a label has no word
     */
    public DataSet scan(int rows, int columns, double validation, long seed) throws IOException {
        var hash = new Sha256();
        List<Clip> clips = new ArrayList<>(read("train", Split.TRAINING, rows, columns, hash));
        int[] order = new SplitMix(seed, PURPOSE).permutation(clips.size());
        long held = Math.round(validation * clips.size());
        for (int i = 0; i < held; i++) {
            Clip clip = clips.get(order[i]);
            clips.set(order[i], clip.withSplit(Split.VALIDATION));
        }
        clips.addAll(read("t10k", Split.TESTING, rows, columns, hash));
        Path name = root.toAbsolutePath().normalize().getFileName();
        return new DataSet(name == null ? "data" : name.toString(), hash.hex(), true, clips, List.of());
    }

    private List<Clip> read(String part, Split split, int rows, int columns, Sha256 hash) throws IOException {
        Path imageFile = find(part + "-images", "idx3-ubyte");
        Path labelFile = find(part + "-labels", "idx1-ubyte");
        byte[] imageBytes = Files.readAllBytes(imageFile);
        byte[] labelBytes = Files.readAllBytes(labelFile);
        hash.text(part).bytes(imageBytes).bytes(labelBytes);
        IdxImages images = IdxImages.parse(imageFile, imageBytes);
        byte[] labels = IdxFile.parse(labelFile, labelBytes, 1).values();
        if (images.rows() != rows || images.columns() != columns) {
            throw new IOException(imageFile + ": expected images of " + rows + " x " + columns + " pixels, found "
                    + images.rows() + " x " + images.columns());
        }
        if (images.count() != labels.length) {
            throw new IOException(labelFile + ": expected " + images.count() + " labels, one per image in "
                    + imageFile.getFileName() + ", found " + labels.length);
        }
        String imageHash = new Sha256().bytes(imageBytes).hex();
        List<Clip> clips = new ArrayList<>(labels.length);
        for (int i = 0; i < labels.length; i++) {
            int label = labels[i] & 0xFF;
            if (label >= words.size()) {
                throw new IOException(labelFile + ": expected labels from 0 to " + (words.size() - 1) + ", found "
                        + label + " at " + i);
            }
            clips.add(new Clip(String.format("%s/%06d", part, i), imageFile, i, words.get(label), split, imageHash));
        }
        return clips;
    }

    /** The file under any of the names that are in use: with a hyphen or a dot before the type, gzipped or not. */
    private Path find(String name, String type) throws IOException {
        for (String separator : List.of("-", ".")) {
            for (String ending : List.of("", ".gz")) {
                Path file = root.resolve(name + separator + type + ending);
                if (Files.isRegularFile(file)) {
                    return file;
                }
            }
        }
        throw new IOException(
                root + ": expected " + name + "-" + type + " or " + name + "-" + type + ".gz in it, found neither");
    }
}
