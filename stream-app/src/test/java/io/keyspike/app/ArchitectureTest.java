package io.keyspike.app;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.EvaluationResult;
import io.keyspike.app.circle.one.There;
import io.keyspike.app.circle.two.BackAgain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Dependencies point one way, and the libraries among the modules stay free of what only the application needs. */
class ArchitectureTest {

    private static final String ROOT = "io.keyspike.";

    /** Module package to those of ours that it may use beside itself. */
    private static final Map<String, List<String>> MAY_USE = Map.of(
            "audio", List.of(),
            "kernels", List.of(),
            "models", List.of("kernels", "audio"),
            "trainer", List.of("models", "kernels", "audio"),
            "monitoring", List.of(),
            "voices", List.of("audio"),
            "app", List.of("trainer", "monitoring", "voices", "models", "kernels", "audio"));

    static final List<String> MODULES = MAY_USE.keySet().stream().sorted().toList();

    private static final long MOST_FILES = 40;

    private static final JavaClasses OURS = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(MODULES.stream().map(m -> ROOT + m).toArray(String[]::new));

    @ParameterizedTest
    @FieldSource("MODULES")
    void shouldDependInOneDirection(String module) {
        String[] forbidden = MODULES.stream()
                .filter(other -> !other.equals(module)
                        && !MAY_USE.getOrDefault(module, List.of()).contains(other))
                .map(other -> ROOT + other + "..")
                .toArray(String[]::new);
        if (forbidden.length > 0) {
            noClasses()
                    .that()
                    .resideInAPackage(ROOT + module + "..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(forbidden)
                    .because("dependencies point from the application to the libraries")
                    .check(OURS);
        }
    }

    @ParameterizedTest
    @FieldSource("MODULES")
    void shouldHaveLookedAtClassesOfEachModule(String module) {
        assertThat(OURS.stream().filter(c -> c.getPackageName().startsWith(ROOT + module)))
                .isNotEmpty();
    }

    @Test
    void shouldKeepTheLibrariesPlain() {
        noClasses()
                .that()
                .resideInAnyPackage(ROOT + "audio..", ROOT + "kernels..", ROOT + "models..", ROOT + "voices..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.apache.kafka..",
                        "kafka..",
                        "picocli..",
                        "io.micrometer..",
                        "org.knowm.xchart..",
                        "org.slf4j..",
                        "ch.qos.logback..",
                        "me.tongfei..")
                .because("they must serve as plain libraries")
                .check(OURS);
    }

    @Test
    void shouldUseEachFrameworkOnlyWhereItBelongs() {
        only("picocli..", ROOT + "app.cli..");
        only("org.apache.kafka..", ROOT + "app..");
        only("kafka..", ROOT + "app..");
        only("io.micrometer..", ROOT + "monitoring..", ROOT + "app..");
        only("org.knowm.xchart..", ROOT + "trainer..");
        only("com.sun.net.httpserver..", ROOT + "monitoring..");
        only("ai.onnxruntime..", ROOT + "voices..");
    }

    private static void only(String framework, String... where) {
        noClasses()
                .that()
                .resideOutsideOfPackages(where)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(framework)
                .check(OURS);
    }

    @Test
    void shouldHaveNoCyclesBetweenPackages() {
        noCycles().check(OURS);
    }

    @Test
    void shouldNoticeACycleBetweenPackages() {
        JavaClasses circle = new ClassFileImporter().importPackagesOf(There.class, BackAgain.class);
        assertThat(noCycles().evaluate(circle).hasViolation()).isTrue();
    }

    private static ArchRule noCycles() {
        return slices().matching(ROOT + "(**)").should().beFreeOfCycles();
    }

    @Test
    void shouldKeepInternalPackagesToTheirModule() {
        internals("kernels").check(OURS);
    }

    @Test
    void shouldNoticeTheUseOfAnInternalPackage() {
        JavaClasses users = new ClassFileImporter().importClasses(ArchitectureTest.class, There.class, BackAgain.class);
        assertThat(privateTo(ROOT + "app.circle.two..", ROOT + "app.circle.two..")
                        .evaluate(users)
                        .hasViolation())
                .isTrue();
    }

    private static ArchRule internals(String module) {
        return privateTo(ROOT + module + "..", ROOT + module + ".internal..")
                .because("what is internal may change without notice");
    }

    private static ArchRule privateTo(String users, String packages) {
        return noClasses()
                .that()
                .resideOutsideOfPackage(users)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(packages);
    }

    /** The largest hand-written packages of comparable libraries have some forty files. */
    @ParameterizedTest
    @FieldSource("MODULES")
    void shouldHaveNoPackageOfManyFiles(String module) {
        Map<String, Long> sizes = OURS.stream()
                .filter(c -> c.getPackageName().startsWith(ROOT + module) && c.isTopLevelClass())
                .collect(Collectors.groupingBy(JavaClass::getPackageName, Collectors.counting()));
        assertThat(sizes)
                .isNotEmpty()
                .allSatisfy((name, files) ->
                        assertThat(files).as("files in %s", name).isLessThanOrEqualTo(MOST_FILES));
    }

    @Test
    void shouldHaveALineForEachPackageInTheDocs() throws IOException {
        String page = Files.readString(
                Path.of(System.getProperty("keyspike.root")).resolve("docs").resolve("architecture.md"));
        assertThat(OURS.stream()
                        .filter(c -> !c.getSimpleName().equals("package-info"))
                        .map(JavaClass::getPackageName)
                        .distinct())
                .allSatisfy(name -> assertThat(page).contains("| `" + name.substring(ROOT.length()) + "` |"));
    }

    /** Every parser of YAML has the same bounds. */
    @Test
    void shouldMakeParsersOfYamlInOnePlaceOnly() {
        noClasses()
                .that()
                .doNotHaveSimpleName("YamlText")
                .should()
                .callConstructor(YAMLMapper.class)
                .orShould()
                .callMethod(YAMLMapper.class, "builder")
                .orShould()
                .callMethod(YAMLMapper.class, "builder", YAMLFactory.class)
                .orShould()
                .callConstructor(YAMLFactory.class)
                .check(OURS);
    }

    @Test
    void shouldPrintOnlyFromTheCommandLine() {
        printing().check(OURS);
    }

    @Test
    void shouldNoticePrintingElsewhere() {
        EvaluationResult result = printing().evaluate(new ClassFileImporter().importClasses(Chatterbox.class));
        assertThat(result.hasViolation()).isTrue();
    }

    private static ArchRule printing() {
        return noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + "app.cli..")
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .because("libraries log, or tell their caller");
    }

    /** Does what the rule forbids. */
    private static final class Chatterbox {
        @SuppressWarnings("unused")
        static void chat() {
            System.out.println("x");
        }
    }
}
