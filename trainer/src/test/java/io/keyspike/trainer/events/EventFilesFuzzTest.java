package io.keyspike.trainer.events;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;

/**
 * Any bytes as a file of events: read, or refused with one sentence that names the file. With the profile "slow" Jazzer looks for
 * bytes that break this.
 */
@Tag("fuzz")
class EventFilesFuzzTest {
    private static final int SAMPLES_READ = 3;

    @FuzzTest
    void shouldReadOrRefuseAnyBytes(byte[] bytes) throws IOException {
        Path file = Files.createTempFile("events", ".h5");
        try {
            Files.write(file, bytes);
            var events = new EventFile(file);
            for (int sample = 0; sample < Math.min(SAMPLES_READ, events.samples()); sample++) {
                events.word(sample);
                assertThat(events.speaker(sample)).isNotEmpty();
                assertThat(events.read(sample).count()).isNotNegative();
            }
        } catch (IOException e) {
            assertThat(e.getMessage()).startsWith(file + ": expected ").hasLineCount(1);
        } finally {
            Files.delete(file);
        }
    }
}
