package io.keyspike.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The flags that every JVM needs are spelled once. */
class JvmFlagsTest {
    private static final Path ROOT = JvmFlags.checkout();

    /** What is not Keyspike's own source. */
    private static final Set<String> FOREIGN =
            Set.of(".git", ".idea", ".vscode", ".keyspike", "target", "data", "golden");

    /** The compiler's own flag, and the message of a JVM without it; the launchers' short commands, which need one of the flags. */
    private static final Map<String, Set<String>> ELSEWHERE = Map.of(
            "--add-modules=jdk.incubator.vector",
            Set.of("pom.xml", "gpu-kernels/src/test/java/io/keyspike/kernels/backends/FallbackTest.java"),
            "--enable-native-access=ALL-UNNAMED",
            Set.of("keyspike", "packaging/board"));

    @Test
    void shouldBeSpelledOnce() throws IOException {
        List<String> flags = Files.readAllLines(JvmFlags.file()).stream()
                .filter(line -> line.startsWith("-"))
                .toList();
        assertThat(flags).hasSize(3);
        var found = new ArrayList<String>();
        Files.walkFileTree(ROOT, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                return FOREIGN.contains(folder.getFileName().toString())
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                String name = ROOT.relativize(file).toString().replace('\\', '/');
                if (name.equals("jvm.flags") || name.endsWith("JvmFlagsTest.java")) {
                    return FileVisitResult.CONTINUE;
                }
                String text = Files.readString(file, StandardCharsets.ISO_8859_1);
                for (String flag : flags) {
                    if (text.contains(flag)
                            && !ELSEWHERE.getOrDefault(flag, Set.of()).contains(name)) {
                        found.add(name + ": " + flag);
                    }
                }
                return FileVisitResult.CONTINUE;
            }
        });
        assertThat(found).isEmpty();
    }
}
