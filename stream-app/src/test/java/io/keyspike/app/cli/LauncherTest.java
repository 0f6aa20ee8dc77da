package io.keyspike.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.app.cli.shared.ExitCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The launcher in a made-up checkout, with a JDK and a Maven that only say how they were called. */
class LauncherTest {

    private static final Path LAUNCHER = Path.of(System.getProperty("keyspike.root", ".."), "keyspike");

    /** Variables that would lead to JDKs of the machine that the test runs on. */
    private static final String FOLDERS_OF_TOOLS =
            "JAVA_HOME|SDKMAN_DIR|JENV_ROOT|ASDF_DATA_DIR|MISE_DATA_DIR|HOMEBREW_PREFIX|XDG_DATA_HOME|.*JAVA.*OPTIONS";

    @TempDir
    @SuppressWarnings("NullAway.Init") // injected by JUnit
    private Path folder;

    @SuppressWarnings("NullAway.Init") // set before each test
    private Path checkout;

    @SuppressWarnings("NullAway.Init") // set before each test
    private Path jar;

    private record Outcome(int exitCode, List<String> out, String err) {}

    @BeforeEach
    void makeCheckout() throws IOException {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "skipped: no /bin/bash");
        checkout = folder.resolve("a checkout");
        jar = checkout.resolve("stream-app/target/keyspike.jar");
        Files.createDirectories(jar.getParent());
        Files.createDirectories(checkout.resolve("stream-app/src/main"));
        Files.writeString(checkout.resolve("pom.xml"), "");
        Files.copy(LAUNCHER, checkout.resolve("keyspike"));
        jdk("jdk-25", "25.0.3");
        executable("bin/mvn", "echo \"mvn $JAVA25_HOME $*\" >> \"$CALLS\"; touch '" + jar + "'");
        Files.createFile(jar);
        age(checkout.resolve("pom.xml"), 100);
        age(checkout.resolve("stream-app/src/main"), 100);
    }

    private Path jdk(String name, String version) throws IOException {
        Path home = folder.resolve(name);
        executable(name + "/bin/javac", "");
        executable(name + "/bin/java", "printf '%s\\n' \"" + name + "\" \"$@\"");
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
        return home;
    }

    private void executable(String name, String script) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/bash\n" + script + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private static void age(Path file, int seconds) throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(seconds)));
    }

    private Outcome launch(Path launcher, Path javaHome, String... arguments) throws Exception {
        return launch(launcher, Map.of("JAVA_HOME", javaHome.toString()), arguments);
    }

    /** With a system that has nothing but what lies in the folder {@code system}. */
    private Outcome launch(Path launcher, Map<String, String> environment, String... arguments) throws Exception {
        var command = new ArrayList<String>(List.of(launcher.toString()));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().keySet().removeIf(name -> name.matches(FOLDERS_OF_TOOLS));
        builder.environment()
                .putAll(Map.of(
                        "KEYSPIKE_SYSTEM_ROOT", folder.resolve("system").toString(),
                        "PATH", folder.resolve("bin") + ":/usr/bin:/bin",
                        "HOME", folder.toString(),
                        "CALLS", folder.resolve("calls").toString(),
                        "KEYSPIKE_OPTS", "-Xmx1g -Da=b"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        var err = new StringBuilder();
        Thread reader = Thread.startVirtualThread(() -> {
            try {
                err.append(new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
            } catch (IOException e) {
                err.append(e);
            }
        });
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        reader.join();
        return new Outcome(process.exitValue(), out.lines().toList(), err.toString());
    }

    private Outcome launch(String... arguments) throws Exception {
        return launch(checkout.resolve("keyspike"), folder.resolve("jdk-25"), arguments);
    }

    private List<String> mavenCalls() throws IOException {
        Path calls = folder.resolve("calls");
        return Files.exists(calls) ? Files.readAllLines(calls) : List.of();
    }

    @Test
    void shouldStartTheJarWithTheFlagsItNeeds() throws Exception {
        Outcome outcome = launch("listen", "--file", "a b.wav");

        assertThat(outcome.out())
                .startsWith("jdk-25")
                .contains("@" + checkout.resolve("jvm.flags"), "-Dkeyspike.home=" + checkout, "-Xmx1g", "-Da=b")
                .endsWith("-jar", jar.toString(), "listen", "--file", "a b.wav");
        assertThat(outcome.err()).isEmpty();
        assertThat(mavenCalls()).isEmpty();
    }

    @Test
    void shouldHelpWithoutTheModuleThatTheJvmWarnsOf() throws Exception {
        assertThat(launch("listen", "--help").out())
                .noneMatch(argument -> argument.startsWith("@") || argument.startsWith("--add-modules"));
    }

    @Test
    void shouldFindItsFolderThroughSymbolicLinks() throws Exception {
        Path direct = Files.createSymbolicLink(folder.resolve("direct"), checkout.resolve("keyspike"));
        Path relative = Files.createSymbolicLink(folder.resolve("bin/relative"), Path.of("../direct"));

        for (Path link : List.of(direct, relative)) {
            assertThat(launch(link, folder.resolve("jdk-25"), "doctor").out()).contains("-Dkeyspike.home=" + checkout);
        }
    }

    @Test
    void shouldPassOverAJdkThatIsTooOld() throws Exception {
        Path old = jdk("jdk-17", "17.0.9");
        executable(".jdks/found/bin/java", "echo found");
        Files.writeString(folder.resolve(".jdks/found/release"), "JAVA_VERSION=\"99\"\n");

        assertThat(launch(checkout.resolve("keyspike"), old, "doctor").out()).containsExactly("found");
    }

    /** As a system has it that installs its JDKs side by side. */
    @Test
    void shouldFindTheNewestJdkBesideOneThatIsTooOld() throws Exception {
        Path old = jdk("jdk-17", "17.0.9");
        jdk("jdk-98", "98");

        assertThat(launch(checkout.resolve("keyspike"), old, "doctor").out()).startsWith("jdk-98");
    }

    @Test
    void shouldBuildOnceWhenASourceIsNewerThanTheBuild() throws Exception {
        age(jar, 1_000);

        Outcome first = launch("doctor");
        Outcome second = launch("doctor");

        assertThat(mavenCalls())
                .singleElement()
                .asString()
                .contains("mvn " + folder.resolve("jdk-25"), "-pl stream-app -am", "package");
        assertThat(first.err().lines()).singleElement().asString().contains("building");
        assertThat(first.out()).endsWith("doctor");
        assertThat(second.err()).isEmpty();
    }

    @Test
    void shouldBuildWhenThereIsNoJar() throws Exception {
        Files.delete(jar);

        assertThat(launch("doctor").out()).endsWith("doctor");
        assertThat(mavenCalls()).hasSize(1);
    }

    @Test
    void shouldShowWhyTheBuildFailed() throws Exception {
        Files.delete(jar);
        executable("bin/mvn", "echo '[INFO] going'; echo '[ERROR] a semicolon is missing'; exit 1");

        Outcome outcome = launch("doctor");

        assertThat(outcome.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err())
                .contains("[ERROR] a semicolon is missing", "the build failed", "build.log")
                .doesNotContain("going");
    }

    /** Each place in which an installer puts a JDK, below the home or the root. */
    static List<String> places() {
        return List.of(
                "system/usr/lib/jvm/temurin-25-jdk-amd64",
                "system/usr/lib/jvm/java-25-openjdk",
                "system/usr/lib64/jvm/java-25-openjdk",
                "system/usr/java/jdk-25",
                "system/usr/local/openjdk-25",
                "system/opt/jdk-25",
                "system/opt/java/openjdk",
                "system/snap/openjdk/current/jdk",
                "system/Library/Java/JavaVirtualMachines/temurin-25.jdk/Contents/Home",
                "Library/Java/JavaVirtualMachines/temurin-25.jdk/Contents/Home",
                "system/opt/homebrew/opt/openjdk@25/libexec/openjdk.jdk/Contents/Home",
                "system/usr/local/opt/openjdk/libexec/openjdk.jdk/Contents/Home",
                "system/home/linuxbrew/.linuxbrew/opt/openjdk@25/libexec",
                ".sdkman/candidates/java/25-tem",
                ".jenv/versions/25.0",
                ".asdf/installs/java/temurin-25.0.1",
                ".local/share/mise/installs/java/temurin-25",
                ".local/share/mise/installs/java/25/Contents/Home",
                ".jdks/temurin-25",
                ".gradle/jdks/eclipse_adoptium-25-amd64-linux.2",
                ".jbang/cache/jdks/25");
    }

    @ParameterizedTest
    @MethodSource("places")
    void shouldFindAJdkWhereverInstallersPutIt(String place) throws Exception {
        hideJava();
        executable(place + "/bin/java", "echo found");
        executable(place + "/bin/javac", "");
        Files.writeString(folder.resolve(place).resolve("release"), "JAVA_VERSION=\"25.0.1\"\n");

        Outcome outcome = launch(checkout.resolve("keyspike"), Map.of("JAVA_HOME", ""), "doctor");

        assertThat(outcome.out()).as(outcome.err()).containsExactly("found");
    }

    /** A JDK that is too old goes first on the path, as on a machine whose own Java is older. */
    private void hideJava() throws IOException {
        executable("bin/java", "echo too old");
        executable("deep/old/bin/java", "echo too old");
        Files.writeString(folder.resolve("deep/old/release"), "JAVA_VERSION=\"17.0.9\"\n");
        Files.delete(folder.resolve("bin/java"));
        Files.createSymbolicLink(folder.resolve("bin/java"), folder.resolve("deep/old/bin/java"));
    }

    @ParameterizedTest
    @CsvSource({
        "ID=debian, sudo apt install openjdk-25-jdk",
        "'ID=linuxmint\nID_LIKE=\"ubuntu debian\"', sudo apt install openjdk-25-jdk",
        "ID=fedora, sudo dnf install java-25-openjdk-devel",
        "'ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"', sudo dnf install java-25-openjdk-devel",
        "'ID=opensuse-leap\nID_LIKE=\"suse opensuse\"', sudo zypper install java-25-openjdk-devel",
        "'ID=manjaro\nID_LIKE=arch', sudo pacman -S jdk-openjdk",
        "ID=alpine, sudo apk add openjdk25",
        "ID=unheard-of, get one from https://adoptium.net"
    })
    void shouldSayWhatToInstallOnThisSystem(String release, String install) throws Exception {
        hideJava();
        Files.createDirectories(folder.resolve("system/etc"));
        Files.writeString(folder.resolve("system/etc/os-release"), "NAME=x\n" + release + "\n");
        executable("bin/uname", "echo Linux");

        Outcome outcome = launch(checkout.resolve("keyspike"), Map.of("JAVA_HOME", ""), "doctor");

        assertThat(outcome.exitCode()).isEqualTo(ExitCode.ENVIRONMENT);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err())
                .contains(
                        "expected a JDK 25 or newer, found only Java 17 in " + folder.resolve("deep/old"),
                        install,
                        "adoptium.net/temurin/releases/?version=25");
    }

    @Test
    void shouldNameTheManagersOfVersionsThatAreThere() throws Exception {
        hideJava();
        Files.createDirectories(folder.resolve(".sdkman"));
        executable("bin/mise", "");

        assertThat(launch(checkout.resolve("keyspike"), Map.of("JAVA_HOME", ""), "doctor")
                        .err())
                .contains("sdk install java 25-tem", "mise use -g java@temurin-25");
    }

    @Test
    void shouldNotBuildWithAJavaThatHasNoCompiler() throws Exception {
        hideJava();
        Files.delete(folder.resolve("jdk-25/bin/javac"));
        assertThat(launch("doctor").out()).as("running needs none").endsWith("doctor");

        Files.delete(jar);
        Outcome outcome = launch("doctor");

        assertThat(outcome.exitCode()).isEqualTo(ExitCode.ENVIRONMENT);
        assertThat(outcome.err()).contains("building needs a JDK 25", "jdk-25 has no compiler");
        assertThat(mavenCalls()).isEmpty();
    }

    @Test
    void shouldLeaveOutTheLineAboutIncubatingModulesAndNothingElse() throws Exception {
        executable(
                "jdk-25/bin/java",
                "echo 'WARNING: Using incubator modules: jdk.incubator.vector' >&2; echo 'WARNING: another' >&2; echo later >&3");

        Outcome outcome = launch("listen");

        assertThat(outcome.err().lines()).containsExactlyInAnyOrder("WARNING: another", "later");
    }

    @Test
    void shouldStartShortCommandsFromAnArchiveMadeOnce() throws Exception {
        executable("jdk-25/bin/java", """
                for argument in "$@"; do
                  case $argument in -XX:AOTCacheOutput=*) echo made >> "$CALLS"; echo x > "${argument#*=}" ;; esac
                done
                printf '%s\\n' "$@"
                """);
        String archive = "-XX:AOTCache=" + checkout.resolve("stream-app/target/keyspike.aot");

        assertThat(launch("--version").out()).contains(archive);
        assertThat(launch("models", "list").out()).contains(archive).noneMatch(a -> a.contains("add-modules"));
        assertThat(launch("listen").out()).doesNotContain(archive);
        assertThat(mavenCalls()).containsExactly("made");

        age(checkout.resolve("stream-app/target/keyspike.aot.jdk"), 50);
        Files.setLastModifiedTime(jar, FileTime.from(Instant.now()));
        age(checkout.resolve("pom.xml"), 100);
        launch("--version");
        assertThat(mavenCalls()).as("made again for another jar").containsExactly("made", "made");
    }

    @Test
    void shouldDoWithoutAnArchiveThatCannotBeMade() throws Exception {
        executable("jdk-25/bin/java", """
                case " $* " in *AOTCacheOutput*) echo unknown option >&2; exit 1 ;; esac
                printf '%s\\n' "$@"
                """);

        Outcome outcome = launch("--version");

        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.out()).endsWith("--version").noneMatch(a -> a.startsWith("-XX:AOTCache"));
        assertThat(outcome.err()).isEmpty();
    }
}
