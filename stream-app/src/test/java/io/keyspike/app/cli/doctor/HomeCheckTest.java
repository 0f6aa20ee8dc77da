package io.keyspike.app.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.app.cli.shared.UserFolders.Kind;
import io.keyspike.app.cli.shared.UserFolders.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HomeCheckTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // injected by JUnit
    private Path folder;

    private static Map<Kind, Place> all(Path home, String source) {
        var places = new EnumMap<Kind, Place>(Kind.class);
        for (Kind kind : Kind.values()) {
            places.put(kind, new Place(home.resolve(kind.name().toLowerCase(Locale.ROOT)), source));
        }
        return places;
    }

    @Test
    void shouldTellTheHomeAndWhatDecidedOnIt() {
        assertThat(HomeCheck.of(all(folder.resolve("k"), "KEYSPIKE_HOME")))
                .isEqualTo(Diagnosis.ok("home", folder.resolve("k") + " (KEYSPIKE_HOME)"));
    }

    @Test
    void shouldTellEachPlaceWhereThereAreSeveral() {
        Map<Kind, Place> places = all(folder.resolve("data"), "XDG_DATA_HOME");
        places.put(Kind.CACHE, new Place(folder.resolve("c/cache"), "XDG_CACHE_HOME"));

        assertThat(HomeCheck.of(places).finding())
                .isEqualTo("models, voices, sound, keywords, state in " + folder.resolve("data")
                        + " (XDG_DATA_HOME); cache in " + folder.resolve("c") + " (XDG_CACHE_HOME)");
    }

    @Test
    void shouldWarnOfAHomeThatTakesNoFiles() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));

        Diagnosis diagnosis = HomeCheck.of(all(file, "--home"));

        assertThat(diagnosis.verdict()).isEqualTo(Diagnosis.Verdict.WARNING);
        assertThat(diagnosis.finding()).isEqualTo(file + " (--home); " + file + " is no folder");
    }
}
