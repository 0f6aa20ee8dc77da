/**
 * What a running service tells: every meter, with its unit and the bound on its series, in {@link
 * io.keyspike.monitoring.MeterCatalogue}; the methods that the stream calls in {@link
 * io.keyspike.monitoring.KeyspikeMeters}; and the way out over HTTP in {@link
 * io.keyspike.monitoring.http.HttpService}.
 */
@NullMarked
package io.keyspike.monitoring;

import org.jspecify.annotations.NullMarked;
