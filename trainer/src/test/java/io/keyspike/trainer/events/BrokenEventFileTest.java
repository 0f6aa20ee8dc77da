package io.keyspike.trainer.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.testing.GoldenFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole event file with one value changed to what cannot be. */
class BrokenEventFileTest {
    /** So many values in a row are found but once. */
    private static final int UNIQUE = 6;

    @TempDir
    private Path folder;

    /** A copy of the golden file in which the value after {@code known} ones is another. */
    private Path changed(short[] known, short instead) throws IOException {
        byte[] bytes = Files.readAllBytes(GoldenFile.copy("synthetic_shd.h5", folder));
        ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int found = -1;
        for (int at = 0; at + Short.BYTES * known.length <= bytes.length; at++) {
            boolean equal = true;
            for (int i = 0; equal && i < known.length; i++) {
                equal = file.getShort(at + Short.BYTES * i) == known[i];
            }
            if (equal) {
                assertThat(found).as("place of the known values").isEqualTo(-1);
                found = at;
            }
        }
        assertThat(found).as("place of the known values").isNotNegative();
        file.putShort(found + Short.BYTES * (known.length - 1), instead);
        return Files.write(folder.resolve("changed.h5"), bytes);
    }

    @Test
    void shouldNameATimeThatIsNotANumber() throws IOException {
        float[] times = GoldenFile.open("tonic_shd").floats("times_f32");
        short[] known = new short[UNIQUE];
        for (int i = 0; i < UNIQUE; i++) {
            known[i] = Float.floatToFloat16(times[i]);
        }
        Path file = changed(known, Float.floatToFloat16(Float.NaN));
        var events = new EventFile(file);
        assertThatThrownBy(() -> events.read(0))
                .isInstanceOf(IOException.class)
                .hasMessage(file + ": expected times of at least 0 s in sample 0, found NaN at event " + (UNIQUE - 1));
        assertThat(events.read(1).count()).isPositive();
    }

    @Test
    void shouldNameALabelWithoutAName() throws IOException {
        double[] labels = GoldenFile.open("tonic_shd").doubles("labels");
        short[] known = new short[labels.length];
        for (int i = 0; i < known.length; i++) {
            known[i] = (short) labels[i];
        }
        Path file = changed(known, (short) 4);
        var events = new EventFile(file);
        assertThatThrownBy(() -> events.word(labels.length - 1))
                .isInstanceOf(IOException.class)
                .hasMessage(file + ": expected labels from 0 to 3, found 4 of sample 19");
    }
}
