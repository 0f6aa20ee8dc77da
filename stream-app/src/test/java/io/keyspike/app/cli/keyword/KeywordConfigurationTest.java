package io.keyspike.app.cli.keyword;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.models.KeywordModel;
import io.keyspike.models.file.ModelFiles;
import io.keyspike.trainer.config.ConfigReader;
import io.keyspike.trainer.config.TrainingConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class KeywordConfigurationTest {

    private static TrainingConfig configuration(double minutes) throws IOException {
        return configuration(minutes, null);
    }

    private static TrainingConfig configuration(double minutes, @Nullable KeywordModel body) throws IOException {
        var others = new OtherSounds(
                List.of(Path.of("/data/words")),
                List.of(Path.of("/data/speech")),
                List.of(),
                List.of(Path.of("/data/rooms")));
        return ConfigReader.parse(KeywordConfiguration.of(
                "penguin", Phrase.of("hey penguin"), Path.of("/spoken/examples"), others, minutes, 0.1, body));
    }

    @Test
    void shouldNameWordsAndFolders() throws IOException {
        TrainingConfig config = configuration(5);
        assertThat(config.name()).isEqualTo("penguin");
        assertThat(config.data().labels()).containsExactly("hey-penguin", "unknown");
        assertThat(config.streams().enabled()).isTrue();
        assertThat(config.streams().words()).containsExactly("/spoken/examples", "/data/words");
        assertThat(config.streams().speech()).containsExactly("/data/speech");
        assertThat(config.streams().rooms()).containsExactly("/data/rooms");
        assertThat(config.streams().validation().falseAlarmsPerHour()).isEqualTo(0.1);
    }

    @Test
    void shouldDoMoreInMoreTime() throws IOException {
        assertThat(configuration(0.1).training().epochs()).isEqualTo(1);
        assertThat(configuration(5).training().epochs()).isEqualTo(12);
        assertThat(configuration(5).streams().bank().streams())
                .isGreaterThan(configuration(0.1).streams().bank().streams());
    }

    @Test
    void shouldTakeOverTheBodysNetworkButNotTheStreamsThatItLearntFrom() throws IOException {
        KeywordModel body = ModelFiles.read(
                Path.of(System.getProperty("keyspike.root")).resolve("model-zoo/keyword-body.safetensors"));
        TrainingConfig itsOwn = ConfigReader.parse(body.provenance().configuration());
        TrainingConfig alone = configuration(8);
        TrainingConfig from = configuration(8, body);

        assertThat(itsOwn.streams().compose().otherShare()).isZero();
        assertThat(from.streams()).isEqualTo(alone.streams());
        assertThat(from.streams().compose().otherShare()).isPositive();
        assertThat(from.network().layers().getFirst().width())
                .isEqualTo(itsOwn.network().layers().getFirst().width())
                .isNotEqualTo(alone.network().layers().getFirst().width());
    }
}
