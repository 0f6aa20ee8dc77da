package io.keyspike.app.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints: version and commit, the JVM, the system. */
final class BuildVersion implements IVersionProvider {

    private static final String RESOURCE = "build.properties";

    private final @Nullable String version;
    private final @Nullable String commit;

    BuildVersion() {
        this(Main.class.getPackage().getImplementationVersion(), commitOfBuild());
    }

    /**
     * @param version of the jar; null when run from classes
     * @param commit of the sources; null if they were not built in a repository
     */
    BuildVersion(@Nullable String version, @Nullable String commit) {
        this.version = version;
        this.commit = commit;
    }

    @Override
    public String[] getVersion() {
        return new String[] {
            "keyspike " + (version == null ? "development" : version) + (commit == null ? "" : " (" + commit + ")"),
            "Java " + Runtime.version() + ", " + System.getProperty("os.name") + " " + System.getProperty("os.arch")
        };
    }

    private static @Nullable String commitOfBuild() {
        try (InputStream in = BuildVersion.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                return null;
            }
            var properties = new Properties();
            properties.load(in);
            return known(properties.getProperty("commit", ""));
        } catch (IOException e) {
            return null;
        }
    }

    /** The commit, or null where the build had none to put in. */
    static @Nullable String known(String commit) {
        return commit.matches("[0-9a-f]{7,40}(-dirty)?") ? commit : null;
    }
}
