@org.jspecify.annotations.NullMarked
package io.keyspike.monitoring.grafana;
