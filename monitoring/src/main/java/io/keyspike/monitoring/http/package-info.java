/**
 * The small HTTP server that a service answers with: {@link io.keyspike.monitoring.http.Route}s by path, who may ask in
 * {@link io.keyspike.monitoring.http.Access}, how much in {@link io.keyspike.monitoring.http.HttpLimits}, and all of it
 * running in {@link io.keyspike.monitoring.http.HttpService}.
 */
@NullMarked
package io.keyspike.monitoring.http;

import org.jspecify.annotations.NullMarked;
