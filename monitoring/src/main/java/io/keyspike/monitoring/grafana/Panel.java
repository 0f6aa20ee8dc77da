package io.keyspike.monitoring.grafana;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A panel of a dashboard.
 *
 * @param title its heading
 * @param description what it means and when to worry
 * @param unit in Grafana's names, such as {@code s}, {@code watt}, {@code percentunit}
 * @param width columns, of 24
 * @param limit the value from which it turns red, or null for none
 * @param queries the data shown
 */
record Panel(
        Kind kind,
        String title,
        String description,
        String unit,
        int width,
        @Nullable Double limit,
        List<Query> queries) {

    enum Kind {
        /** One large number, with its history behind it. */
        STAT("stat", 4),
        /** Lines over time. */
        LINES("timeseries", 8),
        /** Counts of a histogram's buckets over time. */
        HEATMAP("heatmap", 8),
        /** The current values, a row each. */
        TABLE("table", 8);

        private final String type;
        private final int height;

        Kind(String type, int height) {
            this.type = type;
            this.height = height;
        }

        String type() {
            return type;
        }

        int height() {
            return height;
        }
    }

    /**
     * @param expression PromQL, with Grafana's variables
     * @param legend name of a line, such as <code>{{layer}}</code>
     */
    record Query(String expression, String legend) {}

    Panel {
        queries = List.copyOf(queries);
        if (width < 1 || width > Dashboard.COLUMNS) {
            throw new IllegalArgumentException(
                    "panel '" + title + "': expected a width of 1 to " + Dashboard.COLUMNS + ", found " + width);
        }
    }

    static Panel stat(String title, String description, String unit, String expression) {
        return new Panel(Kind.STAT, title, description, unit, 4, null, List.of(new Query(expression, title)));
    }

    static Panel lines(String title, String description, String unit, int width, Query... queries) {
        return new Panel(Kind.LINES, title, description, unit, width, null, List.of(queries));
    }

    static Panel heatmap(String title, String description, String unit, int width, String expression) {
        return new Panel(Kind.HEATMAP, title, description, unit, width, null, List.of(new Query(expression, "{{le}}")));
    }

    static Panel table(String title, String description, String unit, int width, Query... queries) {
        return new Panel(Kind.TABLE, title, description, unit, width, null, List.of(queries));
    }

    static Query query(String expression, String legend) {
        return new Query(expression, legend);
    }

    /** The same, red from a value on. */
    Panel redFrom(double value) {
        return new Panel(kind, title, description, unit, width, value, queries);
    }
}
