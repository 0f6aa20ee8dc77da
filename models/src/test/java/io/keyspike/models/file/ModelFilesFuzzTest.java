package io.keyspike.models.file;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.keyspike.models.KeywordModel;
import org.junit.jupiter.api.Tag;

/**
 * Any bytes: refused with a {@link ModelFileException} of one line, or a model that can be written again. With the profile "slow" Jazzer looks for bytes that break this; otherwise the ones it has found, and the
 * seeds beside this class, are tried.
 */
@Tag("fuzz")
class ModelFilesFuzzTest {

    @FuzzTest
    void shouldRefuseOrReadAnyBytes(byte[] bytes) {
        assertRefusedOrRead(bytes);
        byte[] resummed;
        try {
            resummed = ModelFilesTest.resummed(bytes);
        } catch (IllegalArgumentException e) {
            return; // not even a container
        }
        // Past the checksum, which would otherwise hide what lies behind it from the search.
        assertRefusedOrRead(resummed);
    }

    private static void assertRefusedOrRead(byte[] bytes) {
        KeywordModel model;
        try {
            model = ModelFiles.parse(bytes, "fuzz");
        } catch (ModelFileException e) {
            assertThat(e.getMessage()).startsWith("fuzz: ").hasLineCount(1).doesNotContain("content that fails");
            return;
        }
        assertThat(model.version()).startsWith(model.name() + "@");
        ModelFiles.bytes(model);
    }
}
