package io.keyspike.app.cli.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class UserFoldersTest {

    private static final Map<String, String> XDG =
            Map.of("XDG_DATA_HOME", "/x/data", "XDG_STATE_HOME", "/x/state", "XDG_CACHE_HOME", "/x/cache");

    @TempDir
    @SuppressWarnings("NullAway.Init") // injected by JUnit
    private Path user;

    private Path folder(UserFolders.Kind kind, Map<String, String> environment) {
        return new UserFolders(null, user, environment).folder(kind);
    }

    @ParameterizedTest
    @EnumSource
    void shouldKeepEverythingInOneFolder(UserFolders.Kind kind) {
        assertThat(folder(kind, Map.of()).getParent()).isEqualTo(user.resolve(".keyspike"));
        assertThat(folder(kind, Map.of("KEYSPIKE_HOME", "/k")).getParent()).isEqualTo(Path.of("/k"));
        assertThat(new UserFolders(Path.of("/chosen"), user, Map.of("KEYSPIKE_HOME", "/k"))
                        .folder(kind)
                        .getParent())
                .isEqualTo(Path.of("/chosen"));
    }

    @Test
    void shouldRefuseAFileAsHome() throws IOException {
        Path file = Files.writeString(user.resolve("text"), "x");

        assertThatThrownBy(() -> folder(UserFolders.Kind.MODELS, Map.of("KEYSPIKE_HOME", file.toString())))
                .isInstanceOf(CommandException.class)
                .hasMessage("KEYSPIKE_HOME: expected a folder, found the file " + file);
    }

    @Test
    void shouldRespectXdgFolders() {
        assertThat(folder(UserFolders.Kind.MODELS, XDG)).isEqualTo(Path.of("/x/data/keyspike/models"));
        assertThat(folder(UserFolders.Kind.VOICES, XDG)).isEqualTo(Path.of("/x/data/keyspike/voices"));
        assertThat(folder(UserFolders.Kind.SOUND, XDG)).isEqualTo(Path.of("/x/data/keyspike/sound"));
        assertThat(folder(UserFolders.Kind.STATE, XDG)).isEqualTo(Path.of("/x/state/keyspike/state"));
        assertThat(folder(UserFolders.Kind.CACHE, XDG)).isEqualTo(Path.of("/x/cache/keyspike/cache"));
        assertThat(folder(UserFolders.Kind.CACHE, Map.of("XDG_CACHE_HOME", "relative")))
                .as("the specification wants relative paths ignored")
                .isEqualTo(user.resolve(".keyspike/cache"));
    }

    @Test
    void shouldTellWhatDecidedOnAFolder() {
        assertThat(new UserFolders(null, user, Map.of()).allPlaces().get(UserFolders.Kind.CACHE))
                .isEqualTo(new UserFolders.Place(user.resolve(".keyspike/cache"), "the default"));
        assertThat(new UserFolders(null, user, Map.of("KEYSPIKE_HOME", "/k"))
                        .allPlaces()
                        .get(UserFolders.Kind.CACHE))
                .isEqualTo(new UserFolders.Place(Path.of("/k/cache"), "KEYSPIKE_HOME"));
        assertThat(new UserFolders(null, user, XDG).allPlaces().get(UserFolders.Kind.CACHE))
                .isEqualTo(new UserFolders.Place(Path.of("/x/cache/keyspike/cache"), "XDG_CACHE_HOME"));
    }

    @Test
    void shouldPreferItsOwnVariableToThoseOfXdg() {
        var environment = new java.util.HashMap<>(XDG);
        environment.put("KEYSPIKE_HOME", "/k");

        assertThat(folder(UserFolders.Kind.CACHE, environment)).isEqualTo(Path.of("/k/cache"));
    }

    @Test
    void shouldStayWithWhatIsThereWhenXdgIsSetLater() throws IOException {
        Files.createDirectories(user.resolve(".keyspike/models"));

        assertThat(folder(UserFolders.Kind.MODELS, XDG)).isEqualTo(user.resolve(".keyspike/models"));
        assertThat(folder(UserFolders.Kind.SOUND, XDG)).isEqualTo(Path.of("/x/data/keyspike/sound"));
    }

    @Test
    void shouldNameTheVariableThatIsNoPath() {
        assertThatThrownBy(() -> folder(UserFolders.Kind.MODELS, Map.of("KEYSPIKE_HOME", "a\0b")))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining("KEYSPIKE_HOME: expected a folder");
    }
}
