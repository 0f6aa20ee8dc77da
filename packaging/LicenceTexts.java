import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** Copies the licences and notices that jars bring along: {@code java LicenceTexts.java JARS TO} makes {@code TO/JAR/FILE}. */
final class LicenceTexts {

    private static final Pattern TEXT =
            Pattern.compile("(?:META-INF/)?(?:[^/]*[-_.])?(?:LICEN[CS]E|NOTICE|COPYING|COPYRIGHT)[^/]*", Pattern.CASE_INSENSITIVE);

    private LicenceTexts() {}

    public static void main(String[] arguments) throws IOException {
        Path to = Path.of(arguments[1]);
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(Path.of(arguments[0]), "*.jar")) {
            for (Path jar : jars) {
                copy(jar, to.resolve(jar.getFileName().toString().replaceFirst("\\.jar$", "")));
            }
        }
    }

    private static void copy(Path jar, Path to) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            for (ZipEntry entry : zip.stream().toList()) {
                String name = entry.getName();
                if (!entry.isDirectory() && TEXT.matcher(name).matches() && !name.endsWith(".class")) {
                    Path file = to.resolve(name.substring(name.lastIndexOf('/') + 1));
                    Files.createDirectories(to);
                    if (!Files.exists(file)) {
                        try (var in = zip.getInputStream(entry)) {
                            Files.copy(in, file);
                        }
                    }
                }
            }
        }
    }
}
