package io.keyspike.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The rules in {@code monitoring/prometheus}. */
class AlertRulesTest {

    private static final Path FOLDER = Path.of(System.getProperty("keyspike.root", ".."), "monitoring", "prometheus");
    private static final Pattern ALERT = Pattern.compile("- alert: (\\w+)");
    private static final Pattern CASE =
            Pattern.compile("alertname: (\\w+)\\s+exp_alerts:(\\s*\\[\\])?", Pattern.MULTILINE);
    private static final Pattern METRIC = Pattern.compile("\\bkeyspike_[a-z_]+");

    @Test
    void shouldPassPromtoolsCheckAndItsTests() throws Exception {
        promtool("check", "rules", "alerts.yaml");
        promtool("test", "rules", "alerts-test.yaml");
        promtool("check", "config", "--syntax-only", "prometheus.yaml");
    }

    @Test
    void shouldBeTestedForFiringAndForNotFiring() throws IOException {
        List<String> alerts = ALERT.matcher(read("alerts.yaml"))
                .results()
                .map(m -> m.group(1))
                .toList();
        Set<String> firing = new HashSet<>();
        Set<String> quiet = new HashSet<>();
        CASE.matcher(read("alerts-test.yaml"))
                .results()
                .forEach(m -> (m.group(2) == null ? firing : quiet).add(m.group(1)));

        assertThat(alerts).hasSizeGreaterThan(8).doesNotHaveDuplicates();
        assertThat(firing).containsExactlyInAnyOrderElementsOf(alerts);
        assertThat(quiet).containsExactlyInAnyOrderElementsOf(alerts);
    }

    @Test
    void shouldAskForMetersThatThereAre() throws IOException {
        Set<String> known = new HashSet<>();
        for (MeterCatalogue meter : MeterCatalogue.values()) {
            String name = meter.prometheusName();
            known.addAll(Arrays.asList(name, name + "_bucket", name + "_sum", name + "_count"));
        }
        assertThat(METRIC.matcher(read("alerts.yaml")).results().map(m -> m.group()))
                .isNotEmpty()
                .isSubsetOf(known);
    }

    private static String read(String file) throws IOException {
        return Files.readString(FOLDER.resolve(file));
    }

    private static void promtool(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("promtool"));
        command.addAll(List.of(arguments));
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .directory(FOLDER.toFile())
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            Assumptions.abort("skipped: promtool is not installed");
            return;
        }
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }
}
