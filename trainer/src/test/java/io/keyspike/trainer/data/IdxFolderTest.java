package io.keyspike.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.testing.NeedsRecordings;
import io.keyspike.testing.SharedData;
import io.keyspike.trainer.config.LabelMap;
import io.keyspike.trainer.loop.SyntheticImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdxFolderTest {
    private static final List<String> WORDS = List.of("left", "right", "top");

    @TempDir
    private Path folder;

    @BeforeEach
    void write() {
        SyntheticImages.write(folder, 100, 20);
    }

    private DataSet scan(double validation, long seed) throws IOException {
        return new IdxFolder(folder, WORDS).scan(SyntheticImages.SIDE, SyntheticImages.SIDE, validation, seed);
    }

    @Test
    void shouldSplitTheTrainingFileBySeed() throws IOException {
        DataSet data = scan(0.15, 3);
        var labels = new LabelMap(WORDS);
        assertThat(data.of(Split.TRAINING, labels)).hasSize(85);
        assertThat(data.of(Split.VALIDATION, labels)).hasSize(15);
        assertThat(data.of(Split.TESTING, labels))
                .hasSize(20)
                .allSatisfy(c -> assertThat(c.name()).startsWith("t10k/"));
        assertThat(data.clips()).extracting(Clip::name).doesNotHaveDuplicates();
        assertThat(scan(0.15, 3)).isEqualTo(data);
        assertThat(scan(0.15, 4).of(Split.VALIDATION, labels)).isNotEqualTo(data.of(Split.VALIDATION, labels));
    }

    @Test
    void shouldReadPixelsFromZeroToOne() throws IOException {
        byte[] pixels = new byte[2 * 2 * 3];
        pixels[6] = (byte) 255;
        pixels[7] = 51;
        Path file = folder.resolve("images");
        SyntheticImages.file(file, pixels, 2, 2, 3);
        IdxImages images = IdxImages.read(file);
        assertThat(List.of(images.count(), images.rows(), images.columns())).containsExactly(2, 2, 3);
        float[] image = new float[7];
        images.read(1, image, 1);
        assertThat(image).containsExactly(0, 1, 0.2f, 0, 0, 0, 0);
    }

    @Test
    void shouldNameALabelOutOfRange() throws IOException {
        byte[] labels = new byte[100];
        labels[41] = 3;
        Path file = folder.resolve("train-labels-idx1-ubyte.gz");
        SyntheticImages.file(file, labels, 100);
        assertThatThrownBy(() -> scan(0.1, 1))
                .isInstanceOf(IOException.class)
                .hasMessage(file + ": expected labels from 0 to 2, found 3 at 41");
    }

    @Test
    void shouldNameWhatDoesNotFit() throws IOException {
        Path labels = folder.resolve("train-labels-idx1-ubyte.gz");
        SyntheticImages.file(labels, new byte[99], 99);
        assertThatThrownBy(() -> scan(0.1, 1))
                .hasMessage(labels + ": expected 100 labels, one per image in train-images-idx3-ubyte.gz, found 99");
        Path images = folder.resolve("train-images-idx3-ubyte.gz");
        assertThatThrownBy(() -> new IdxFolder(folder, WORDS).scan(28, 28, 0.1, 1))
                .hasMessage(images + ": expected images of 28 x 28 pixels, found 6 x 6");
        SyntheticImages.file(images, new byte[8], 8);
        assertThatThrownBy(() -> scan(0.1, 1))
                .hasMessage(images + ": expected IDX of unsigned bytes with 3 axes (0x00000803), found 0x00000801");
        Files.delete(images);
        assertThatThrownBy(() -> scan(0.1, 1))
                .hasMessage(folder
                        + ": expected train-images-idx3-ubyte or train-images-idx3-ubyte.gz in it, found neither");
        assertThatThrownBy(() -> new IdxFolder(folder.resolve("absent"), WORDS))
                .hasMessage(folder.resolve("absent") + ": expected a folder with IDX files, found none");
    }

    @Test
    void shouldRefuseFilesThatEndTooEarly() throws IOException {
        Path plain = folder.resolve("t10k-images-idx3-ubyte");
        byte[] bytes = Files.readAllBytes(plain);
        Files.write(plain, Arrays.copyOf(bytes, bytes.length - 5));
        assertThatThrownBy(() -> scan(0.1, 1)).hasMessage(plain + ": expected 720 values of [20, 6, 6], found 715");
        Files.write(plain, Arrays.copyOf(bytes, 10));
        assertThatThrownBy(() -> scan(0.1, 1))
                .hasMessage(plain + ": expected an IDX header of 16 bytes, found 10 bytes");
        Path zipped = folder.resolve("train-images-idx3-ubyte.gz");
        byte[] whole = Files.readAllBytes(zipped);
        Files.write(zipped, Arrays.copyOf(whole, whole.length / 2));
        assertThatThrownBy(() -> scan(0.1, 1))
                .hasMessage(zipped + ": expected a whole gzip file, found one that ends too early");
        Files.write(zipped, bytes);
        assertThatThrownBy(() -> scan(0.1, 1)).hasMessageStartingWith(zipped + ": expected a gzip file, found ");
    }

    @Test
    @NeedsRecordings(SharedData.DIGITS)
    void shouldReadTheDigits() throws IOException {
        List<String> digits = IntStream.range(0, 10).mapToObj(String::valueOf).toList();
        DataSet data = new IdxFolder(SharedData.DIGITS.path(), digits).scan(28, 28, 0.1, 1);
        assertThat(data.wordCounts(Split.TESTING)).hasSize(10);
        assertThat(data.wordCounts(Split.TESTING).values().stream().mapToLong(n -> n))
                .hasSize(10)
                .satisfies(n -> assertThat(n.stream().mapToLong(x -> x).sum()).isEqualTo(2_000));
        // The first label of the training file, read off a hex dump.
        assertThat(data.clips())
                .filteredOn(c -> c.name().equals("train/000000"))
                .singleElement()
                .satisfies(c -> assertThat(c.word()).isEqualTo("9"));
    }
}
