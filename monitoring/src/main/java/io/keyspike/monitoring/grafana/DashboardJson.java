package io.keyspike.monitoring.grafana;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;

/** A dashboard as Grafana reads it (schema version 39, that of Grafana 11). */
final class DashboardJson {

    private static final int SCHEMA_VERSION = 39;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final DefaultPrettyPrinter PRINTER = new DefaultPrettyPrinter()
            .withObjectIndenter(new DefaultIndenter("  ", "\n"))
            .withArrayIndenter(new DefaultIndenter("  ", "\n"));

    private int nextId = 1;
    private int x;
    private int y;
    private int lineHeight;

    private DashboardJson() {}

    /** The text of a file. */
    static String text(Dashboard dashboard) {
        try {
            return JSON.writer(PRINTER).writeValueAsString(new DashboardJson().dashboard(dashboard)) + "\n";
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ObjectNode dashboard(Dashboard d) {
        ObjectNode node = JSON.createObjectNode();
        node.put("uid", d.uid());
        node.put("title", d.title());
        node.put("description", d.description());
        node.put("schemaVersion", SCHEMA_VERSION);
        node.put("version", 1);
        node.put("editable", true);
        node.put("refresh", "10s");
        node.put("timezone", "browser");
        node.put("graphTooltip", 1); // one cross-hair through all panels
        node.putArray("tags").add("keyspike");
        node.putObject("time").put("from", "now-1h").put("to", "now");
        links(node.putArray("links"));
        ObjectNode swaps = node.putObject("annotations").putArray("list").addObject();
        swaps.put("name", "Model swaps");
        swaps.put("enable", true);
        swaps.put("iconColor", "blue");
        swaps.put("titleFormat", "model swapped");
        swaps.put("expr", "sum(increase(keyspike_model_reloads_total{outcome=\"swapped\"}[$__rate_interval])) > 0");
        source(swaps);
        ArrayNode variables = node.putObject("templating").putArray("list");
        ObjectNode data = variables.addObject();
        data.put("name", "datasource");
        data.put("label", "Data source");
        data.put("type", "datasource");
        data.put("query", "prometheus");
        for (Dashboard.Variable variable : d.variables()) {
            variable(variables.addObject(), variable);
        }
        ArrayNode panels = node.putArray("panels");
        for (Dashboard.Row row : d.rows()) {
            heading(panels.addObject(), row.title());
            row.panels().forEach(panel -> panel(panels.addObject(), panel));
        }
        return node;
    }

    private static void links(ArrayNode links) {
        ObjectNode others = links.addObject();
        others.put("title", "Keyspike");
        others.put("type", "dashboards");
        others.putArray("tags").add("keyspike");
        others.put("asDropdown", true);
        others.put("keepTime", true);
        others.put("includeVars", true);
    }

    private static void source(ObjectNode of) {
        of.putObject("datasource").put("type", "prometheus").put("uid", "${datasource}");
    }

    private static void variable(ObjectNode node, Dashboard.Variable variable) {
        node.put("name", variable.name());
        node.put("label", variable.label());
        node.put("type", "query");
        source(node);
        node.putObject("query").put("query", variable.query()).put("refId", "variable-" + variable.name());
        node.put("refresh", 2); // when the time range changes
        node.put("sort", 1);
        node.put("multi", true);
        node.put("includeAll", true);
        node.put("allValue", ".*");
        ObjectNode current = node.putObject("current");
        current.put("text", "All");
        current.put("value", "$__all");
    }

    private void heading(ObjectNode node, String title) {
        y += lineHeight;
        x = 0;
        lineHeight = 0;
        node.put("id", nextId++);
        node.put("type", "row");
        node.put("title", title);
        node.put("collapsed", false);
        position(node, Dashboard.COLUMNS, 1);
        node.putArray("panels");
        y += 1;
        x = 0;
        lineHeight = 0;
    }

    /** At the next free place, from left to right and from top to bottom. */
    private void position(ObjectNode node, int width, int height) {
        if (x + width > Dashboard.COLUMNS) {
            y += lineHeight;
            x = 0;
            lineHeight = 0;
        }
        node.putObject("gridPos").put("x", x).put("y", y).put("w", width).put("h", height);
        x += width;
        lineHeight = Math.max(lineHeight, height);
    }

    private void panel(ObjectNode node, Panel panel) {
        node.put("id", nextId++);
        node.put("type", panel.kind().type());
        node.put("title", panel.title());
        node.put("description", panel.description());
        source(node);
        position(node, panel.width(), panel.kind().height());
        ObjectNode fields = node.putObject("fieldConfig");
        fields.putArray("overrides");
        ObjectNode defaults = fields.putObject("defaults");
        defaults.put("unit", panel.unit());
        ArrayNode steps =
                defaults.putObject("thresholds").put("mode", "absolute").putArray("steps");
        steps.addObject().put("color", "green").putNull("value");
        if (panel.limit() != null) {
            steps.addObject().put("color", "red").put("value", panel.limit());
        }
        options(node.putObject("options"), defaults, panel);
        ArrayNode targets = node.putArray("targets");
        for (Panel.Query query : panel.queries()) {
            ObjectNode target = targets.addObject();
            source(target);
            target.put("refId", String.valueOf((char) ('A' + targets.size() - 1)));
            target.put("expr", query.expression());
            target.put("legendFormat", query.legend());
            target.put("range", panel.kind() != Panel.Kind.TABLE);
            target.put("instant", panel.kind() == Panel.Kind.TABLE);
            target.put(
                    "format",
                    switch (panel.kind()) {
                        case TABLE -> "table";
                        case HEATMAP -> "heatmap";
                        case STAT, LINES -> "time_series";
                    });
        }
    }

    private static void options(ObjectNode options, ObjectNode defaults, Panel panel) {
        switch (panel.kind()) {
            case STAT -> {
                options.put("colorMode", panel.limit() == null ? "none" : "value");
                options.put("graphMode", "area");
                options.putObject("reduceOptions").putArray("calcs").add("lastNotNull");
            }
            case LINES -> {
                ObjectNode custom = defaults.putObject("custom");
                custom.put("fillOpacity", 10);
                custom.put("showPoints", "never");
                custom.putObject("thresholdsStyle").put("mode", panel.limit() == null ? "off" : "line");
                options.putObject("legend").put("displayMode", "list").put("placement", "bottom");
                options.putObject("tooltip").put("mode", "multi").put("sort", "desc");
            }
            case HEATMAP -> {
                options.put("calculate", false);
                options.putObject("yAxis").put("unit", panel.unit());
                options.putObject("color").put("mode", "scheme").put("scheme", "Viridis");
            }
            case TABLE -> options.put("showHeader", true);
        }
    }
}
