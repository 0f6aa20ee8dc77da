package io.keyspike.monitoring.grafana;

import java.util.List;

/**
 * A Grafana dashboard.
 *
 * @param uid part of its URL, and the name of its file
 * @param variables selectors at the top, in addition to the data source
 * @param rows from top to bottom
 */
record Dashboard(String uid, String title, String description, List<Variable> variables, List<Row> rows) {

    /** Width of a page. */
    static final int COLUMNS = 24;

    /** Panels below a heading. */
    record Row(String title, List<Panel> panels) {
        Row {
            panels = List.copyOf(panels);
        }

        static Row of(String title, Panel... panels) {
            return new Row(title, List.of(panels));
        }
    }

    /**
     * A selector at the top of the page: any number of values of a label.
     *
     * @param metric whose series have the label
     */
    record Variable(String name, String label, String metric) {

        static final Variable INSTANCE = new Variable("instance", "Instance", "keyspike_model_info");
        static final Variable GROUP = new Variable("group", "Device group", "keyspike_spikes_total");
        static final Variable WORD = new Variable("word", "Word", "keyspike_keywords_total");

        String query() {
            return "label_values(" + metric + ", " + name + ")";
        }
    }

    Dashboard {
        variables = List.copyOf(variables);
        rows = List.copyOf(rows);
    }

    /** Every dashboard there is. */
    static List<Dashboard> all() {
        return List.of(
                OverviewDashboard.build(), FiringDashboard.build(), KafkaDashboard.build(), ModelsDashboard.build());
    }

    /** Name of the file that Grafana reads. */
    String fileName() {
        return uid + ".json";
    }
}
