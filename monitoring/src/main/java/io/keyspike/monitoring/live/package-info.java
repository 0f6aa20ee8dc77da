/**
 * What a person can watch of running streams: a {@link io.keyspike.monitoring.live.LiveFeed} takes plain numbers from the
 * streams and gives them to any number of {@link io.keyspike.monitoring.live.Viewer}s, none of which can hold a stream up.
 */
@NullMarked
package io.keyspike.monitoring.live;

import org.jspecify.annotations.NullMarked;
