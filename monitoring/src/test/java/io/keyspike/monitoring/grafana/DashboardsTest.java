package io.keyspike.monitoring.grafana;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyspike.monitoring.MeterCatalogue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DashboardsTest {

    private static final Path FOLDER =
            Path.of(System.getProperty("keyspike.root", ".."), "monitoring", "grafana", "dashboards");

    /** Units of Grafana that the dashboards use. */
    private static final Set<String> UNITS =
            Set.of("none", "s", "ms", "percent", "percentunit", "bytes", "Bps", "watt", "joule");

    private static final Pattern OUR_METRIC = Pattern.compile("keyspike_[a-z_]+");

    static List<Dashboard> dashboards() {
        return Dashboard.all();
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void shouldBeWhatTheRepositoryHolds(Dashboard dashboard) throws IOException {
        Path file = FOLDER.resolve(dashboard.fileName());
        if (Boolean.getBoolean("keyspike.docs.write")) {
            Files.createDirectories(FOLDER);
            Files.writeString(file, DashboardJson.text(dashboard));
        }
        assertThat(file)
                .as("generated from code; run with -Dkeyspike.docs.write=true to regenerate it")
                .hasContent(DashboardJson.text(dashboard));
    }

    @Test
    void shouldNotHoldADashboardThatNobodyMakes() throws IOException {
        try (var files = Files.list(FOLDER)) {
            assertThat(files.map(f -> f.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(
                            dashboards().stream().map(Dashboard::fileName).toList());
        }
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void shouldLayPanelsSideBySide(Dashboard dashboard) throws IOException {
        JsonNode panels =
                new ObjectMapper().readTree(DashboardJson.text(dashboard)).get("panels");
        var ids = new HashSet<Integer>();
        var cells = new HashSet<List<Integer>>();
        for (JsonNode panel : panels) {
            assertThat(ids.add(panel.get("id").asInt())).as("an id of its own").isTrue();
            JsonNode at = panel.get("gridPos");
            assertThat(at.get("x").asInt() + at.get("w").asInt()).isLessThanOrEqualTo(Dashboard.COLUMNS);
            for (int x = 0; x < at.get("w").asInt(); x++) {
                for (int y = 0; y < at.get("h").asInt(); y++) {
                    assertThat(cells.add(
                                    List.of(at.get("x").asInt() + x, at.get("y").asInt() + y)))
                            .as("%s overlaps another panel", panel.get("title"))
                            .isTrue();
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void shouldSayOfEachPanelWhatItMeansInWhichUnitAndFromWhere(Dashboard dashboard) throws IOException {
        JsonNode json = new ObjectMapper().readTree(DashboardJson.text(dashboard));
        for (JsonNode panel : json.get("panels")) {
            if (panel.get("type").asText().equals("row")) {
                continue;
            }
            assertThat(panel.get("title").asText()).isNotBlank();
            assertThat(panel.get("description").asText()).matches("(?s)[A-Z].*\\.");
            assertThat(panel.at("/fieldConfig/defaults/unit").asText()).isIn(UNITS);
            assertThat(panel.at("/datasource/uid").asText()).isEqualTo("${datasource}");
            assertThat(panel.get("targets")).isNotEmpty();
            var references = new HashSet<String>();
            for (JsonNode target : panel.get("targets")) {
                assertThat(target.at("/datasource/uid").asText()).isEqualTo("${datasource}");
                assertThat(references.add(target.get("refId").asText())).isTrue();
            }
        }
    }

    /** What other meters there are only a run can tell. */
    @ParameterizedTest
    @MethodSource("dashboards")
    void shouldAskForMetersThatThereAre(Dashboard dashboard) {
        Set<String> known = new HashSet<>();
        for (MeterCatalogue meter : MeterCatalogue.values()) {
            String name = meter.prometheusName();
            known.addAll(Arrays.asList(name, name + "_bucket", name + "_sum", name + "_count"));
        }
        Matcher asked = OUR_METRIC.matcher(DashboardJson.text(dashboard));
        while (asked.find()) {
            assertThat(known).contains(asked.group());
        }
    }

    @Test
    void shouldDrawEveryMeterOfTheCatalogueSomewhere() {
        String all =
                String.join("", dashboards().stream().map(DashboardJson::text).toList());
        for (MeterCatalogue meter : MeterCatalogue.values()) {
            assertThat(all).contains(meter.prometheusName());
        }
    }

    @Test
    void shouldRefuseAPanelWiderThanThePage() {
        assertThatThrownBy(() -> Panel.lines("Too wide", "It is.", "s", 25))
                .hasMessage("panel 'Too wide': expected a width of 1 to 24, found 25");
    }
}
