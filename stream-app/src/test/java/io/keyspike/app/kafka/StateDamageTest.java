package io.keyspike.app.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.app.kafka.service.ServiceConfig.Guarantee;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Bits that flip in the local state while a service does not run, with the real command: it sets the state aside, restores it
 * from Kafka, and in the end the events are those of an undisturbed run.
 */
@Tag("slow")
class StateDamageTest {

    @ParameterizedTest
    @EnumSource
    void shouldRestoreWhatIsDamaged(Guarantee guarantee) throws Exception {
        try (var fault = new FaultCase("damaged state", guarantee)) {
            fault.start("a");
            fault.devicesSpeak();
            var random = new Random(5);
            int asides = 0;
            for (String kind : List.of(".sst", "MANIFEST-", "CURRENT", "OPTIONS-", "process-metadata", "instance-id")) {
                fault.awaitHearing();
                fault.instance("a").terminate();
                fault.instance("a").awaitExit();
                List<Path> damaged = damage(fault.folder().resolve("a"), file -> isKind(file, kind), random);
                System.out.println("fault: damaged " + damaged.size() + " of " + kind);
                assertThat(damaged).as(kind).isNotEmpty();
                JavaProcess process = fault.start("a");
                fault.awaitHearing();
                System.out.println("fault: after " + kind + ": "
                        + process.said()
                                .lines()
                                .filter(line -> line.contains("damaged"))
                                .toList());
                asides += process.said().contains("set it aside") ? 1 : 0;
                assertThat(process.isAlive()).isTrue();
            }
            fault.settle();
            System.out.println("fault: set aside " + asides);
            assertThat(asides).isGreaterThanOrEqualTo(2);
        }
    }

    private static boolean isKind(Path file, String kind) {
        String name = file.getFileName().toString();
        return !file.toString().contains("-damaged-") && (name.startsWith(kind) || name.endsWith(kind));
    }

    /** Flips a bit in every hundredth byte, and one at least. */
    private static List<Path> damage(Path folder, Predicate<Path> which, Random random) throws IOException {
        List<Path> files;
        try (var paths = Files.walk(folder)) {
            files = paths.filter(Files::isRegularFile).filter(which).toList();
        }
        for (Path file : files) {
            byte[] bytes = Files.readAllBytes(file);
            for (int i = 0; i <= bytes.length / 100 && bytes.length > 0; i++) {
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            }
            Files.write(file, bytes);
        }
        return files;
    }
}
