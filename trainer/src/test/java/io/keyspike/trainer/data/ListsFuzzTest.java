package io.keyspike.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.keyspike.trainer.streams.StreamLabels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;

/**
 * Any bytes as a list of clips, as transcripts, as the labels of a stream and as an IDX file: read, or refused with one sentence
 * that names the file. With the profile "slow" Jazzer looks for bytes that break this.
 */
@Tag("fuzz")
class ListsFuzzTest {

    private interface Reader {
        void read(Path file) throws IOException;
    }

    @FuzzTest
    void shouldReadOrRefuseAnyBytes(byte[] bytes) throws IOException {
        Path folder = Files.createTempDirectory("lists");
        try {
            assertReadOrRefused(folder.resolve(SplitLists.TESTING_LIST), bytes, file -> {
                SplitLists lists = SplitLists.in(folder);
                lists.testWords();
                assertThat(lists.remarks(List.of("yes/a.wav"))).hasSizeLessThanOrEqualTo(1);
                assertThat(lists.of("yes/a.wav")).isNotNull();
            });
            assertReadOrRefused(folder.resolve("transcripts.tsv"), bytes, file -> Transcripts.in(folder));
            assertReadOrRefused(folder.resolve("stream.tsv"), bytes, StreamLabels::read);
            assertReadOrRefused(folder.resolve("x-idx1-ubyte"), bytes, file -> IdxFile.parse(file, bytes, 1));
        } finally {
            Files.delete(folder);
        }
    }

    private static void assertReadOrRefused(Path file, byte[] bytes, Reader reader) throws IOException {
        Files.write(file, bytes);
        try {
            reader.read(file);
        } catch (IOException e) {
            assertThat(e.getMessage())
                    .contains(file.getFileName().toString())
                    .hasLineCount(1)
                    .hasSizeLessThan(1_000);
        } finally {
            Files.delete(file);
        }
    }
}
