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

/** The launcher in a made-up checkout, with a JDK and a Maven that only say how they were called. */
class LauncherTest {

    private static final Path LAUNCHER = Path.of(System.getProperty("keyspike.root", ".."), "keyspike");

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
        var command = new ArrayList<String>(List.of(launcher.toString()));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment()
                .putAll(Map.of(
                        "JAVA_HOME", javaHome.toString(),
                        "PATH", folder.resolve("bin") + ":/usr/bin:/bin",
                        "HOME", folder.toString(),
                        "CALLS", folder.resolve("calls").toString(),
                        "KEYSPIKE_OPTS", "-Xmx1g -Da=b"));
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
}
