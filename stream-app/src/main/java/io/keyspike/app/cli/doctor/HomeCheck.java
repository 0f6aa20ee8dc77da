package io.keyspike.app.cli.doctor;

import io.keyspike.app.cli.shared.UserFolders.Kind;
import io.keyspike.app.cli.shared.UserFolders.Place;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The check of {@code doctor} on the user's own folders: where they are, what decided on it, and whether they take files. */
final class HomeCheck {

    private static final String SUBJECT = "home";

    private HomeCheck() {}

    static Diagnosis of(Map<Kind, Place> places) {
        var byParent = new LinkedHashMap<Place, List<String>>();
        places.forEach((kind, place) -> byParent.computeIfAbsent(
                        new Place(parent(place.folder()), place.source()), p -> new ArrayList<>())
                .add(kind.name().toLowerCase(Locale.ROOT)));
        var sentences = new ArrayList<String>();
        byParent.forEach((place, kinds) -> sentences.add((byParent.size() == 1 ? "" : String.join(", ", kinds) + " in ")
                + place.folder() + " (" + place.source() + ")"));
        String found = String.join("; ", sentences);
        for (Place place : places.values()) {
            String obstacle = obstacle(place.folder());
            if (obstacle != null) {
                return Diagnosis.warning(
                        SUBJECT,
                        found + "; " + obstacle,
                        "choose a folder with --home or KEYSPIKE_HOME, or make this one yours");
            }
        }
        return Diagnosis.ok(SUBJECT, found);
    }

    private static Path parent(Path folder) {
        Path parent = folder.toAbsolutePath().getParent();
        return parent == null ? folder : parent;
    }

    /** Why no file can be written there; null if one can. A folder that does not exist yet is judged by what it will lie in. */
    private static @Nullable String obstacle(Path folder) {
        Path there = folder.toAbsolutePath();
        while (there != null && !Files.exists(there)) {
            there = there.getParent();
        }
        if (there == null) {
            return folder + " cannot be made";
        }
        if (!Files.isDirectory(there)) {
            return there + " is no folder";
        }
        return Files.isWritable(there) ? null : there + " cannot be written to";
    }
}
