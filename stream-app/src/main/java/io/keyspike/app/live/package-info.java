/**
 * The live page: what runs in this process, to be watched, judged and adjusted in a browser. {@link
 * io.keyspike.app.live.LiveStreams} hangs between the streams and their viewers, {@link io.keyspike.app.live.LivePage} answers
 * the browser.
 */
@NullMarked
package io.keyspike.app.live;

import org.jspecify.annotations.NullMarked;
