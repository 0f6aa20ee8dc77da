/**
 * Grafana's dashboards as code: what they show, written as plain records, and the JSON that Grafana reads. The files in
 * {@code monitoring/grafana/dashboards} are generated from here.
 */
@org.jspecify.annotations.NullMarked
package io.keyspike.monitoring.grafana;
