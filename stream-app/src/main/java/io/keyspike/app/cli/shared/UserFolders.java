package io.keyspike.app.cli.shared;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a user's own files are: models, voices, state, sound, keywords and the feature cache. All are in one home folder,
 * given by {@code --home} or the variable {@code KEYSPIKE_HOME}. Without either it is {@code ~/.keyspike}, except for what
 * the XDG base directories ({@code XDG_DATA_HOME}, {@code XDG_STATE_HOME}, {@code XDG_CACHE_HOME}) are set for.
 */
public final class UserFolders {

    /** The variable that names the home folder. */
    public static final String VARIABLE = "KEYSPIKE_HOME";

    /** A kind of file, with its own folder. */
    public enum Kind {
        /** Models of the user's own, and which one is active. */
        MODELS("XDG_DATA_HOME"),
        /** Installed voices. */
        VOICES("XDG_DATA_HOME"),
        /** Marks and recordings of the live page. */
        SOUND("XDG_DATA_HOME"),
        /** What {@code keyword new} speaks, with its checkpoints. */
        KEYWORDS("XDG_DATA_HOME"),
        /** State of services on Kafka. */
        STATE("XDG_STATE_HOME"),
        /** Features between epochs and runs. */
        CACHE("XDG_CACHE_HOME");

        private final String xdgVariable;

        Kind(String xdgVariable) {
            this.xdgVariable = xdgVariable;
        }

        private String folder() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** What {@code --home} named; null if it was not given. */
    private static volatile @Nullable Path chosen;

    private final @Nullable Path home;
    private final Path usual;
    private final Map<String, String> environment;

    /**
     * @param home the folder that {@code --home} named, if any
     * @param user the user's own folder, in which {@code .keyspike} is
     * @param environment variables
     * @throws CommandException if {@code KEYSPIKE_HOME} is not a path, or names a file
     */
    UserFolders(@Nullable Path home, Path user, Map<String, String> environment) {
        this.home = home != null ? home : path(VARIABLE, environment.get(VARIABLE));
        this.usual = user.resolve(".keyspike");
        this.environment = environment;
    }

    /** Sets the folder that {@code --home} named, for this process; null for none. */
    public static void choose(@Nullable Path home) {
        chosen = home;
    }

    /** What {@code --home} named; null if it was not given. */
    static @Nullable Path chosen() {
        return chosen;
    }

    /** The folder of a kind of file, now; it may not exist yet. */
    public static Path of(Kind kind) {
        // Java itself ignores the variable HOME; the launcher passes it on.
        return new UserFolders(chosen, Path.of(System.getProperty("user.home")), System.getenv()).folder(kind);
    }

    /** The folder of a kind of file, and what decided on it. */
    public record Place(Path folder, String source) {}

    /** Where everything of the user's is, kinds of file that lie together in one place, with what decided on it. */
    public static Map<Kind, Place> places() {
        return new UserFolders(chosen, Path.of(System.getProperty("user.home")), System.getenv()).allPlaces();
    }

    Map<Kind, Place> allPlaces() {
        var places = new EnumMap<Kind, Place>(Kind.class);
        for (Kind kind : Kind.values()) {
            Path folder = folder(kind);
            String source = home != null
                    ? chosen != null && chosen.equals(home) ? "--home" : VARIABLE
                    : folder.startsWith(usual) ? "the default" : kind.xdgVariable;
            places.put(kind, new Place(folder, source));
        }
        return places;
    }

    /** The folder of a kind of file. One that exists in {@code ~/.keyspike} stays in use when XDG variables are set later. */
    Path folder(Kind kind) {
        if (home != null) {
            return home.resolve(kind.folder());
        }
        Path former = usual.resolve(kind.folder());
        String xdg = environment.get(kind.xdgVariable);
        // The specification wants relative paths ignored.
        Path base = path(kind.xdgVariable, xdg);
        return base == null || !base.isAbsolute() || Files.isDirectory(former)
                ? former
                : base.resolve("keyspike").resolve(kind.folder());
    }

    private static @Nullable Path path(String variable, @Nullable String value) {
        if (value == null || value.isBlank()) {
            return null;
        }
        try {
            Path folder = Path.of(value);
            if (Files.exists(folder) && !Files.isDirectory(folder)) {
                throw new CommandException(ExitCode.USAGE, variable + ": expected a folder, found the file " + folder);
            }
            return folder;
        } catch (InvalidPathException e) {
            throw new CommandException(ExitCode.USAGE, variable + ": expected a folder, found '" + value + "'", e);
        }
    }
}
