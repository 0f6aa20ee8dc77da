package io.keyspike.app.cli.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.app.cli.ToneModel;
import io.keyspike.app.cli.shared.CommandException;
import io.keyspike.app.cli.shared.UserFolders;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.file.ModelFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelRescueTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // injected by JUnit
    private Path folder;

    @AfterEach
    void restoreHome() {
        UserFolders.choose(null);
    }

    @Test
    void shouldWriteTheModelWhereThereIsRoom() throws IOException {
        UserFolders.choose(folder);
        KeywordModel model = ToneModel.named("tones", "bass", "treble");

        Path first = ModelRescue.write(Path.of("/full/tones.safetensors"), model);
        Path second = ModelRescue.write(Path.of("/full/tones.safetensors"), model);

        assertThat(first).isEqualTo(folder.resolve("rescued/tones.safetensors"));
        assertThat(second).as("what was rescued before stays").isNotNull().isNotEqualTo(first);
        assertThat(ModelFiles.read(Objects.requireNonNull(first)).network()).isEqualTo(model.network());
        assertThat(ModelFiles.read(Objects.requireNonNull(second)).network()).isEqualTo(model.network());
    }

    @Test
    void shouldLeaveNothingBehindWhereItLooked() throws IOException {
        ModelRescue.requireWritable(folder.resolve("new.safetensors"));

        assertThat(folder).isEmptyDirectory();
        assertThatThrownBy(() -> ModelRescue.requireWritable(folder))
                .isInstanceOf(CommandException.class)
                .hasMessage("--out: expected a file to write, found the folder " + folder);
        assertThatThrownBy(() -> ModelRescue.requireWritable(folder.resolve("none/new.safetensors")))
                .isInstanceOf(java.nio.file.NoSuchFileException.class);
    }

    @Test
    void shouldNameTheFileThatCannotBeWritten() throws IOException {
        Path inTheWay = Files.writeString(folder.resolve("file"), "");

        assertThatThrownBy(() -> ModelFiles.write(inTheWay.resolve("x.safetensors"), ToneModel.named("t", "a", "b")))
                .hasMessageContaining(inTheWay.toString());
    }
}
