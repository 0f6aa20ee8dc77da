/**
 * The live page: watch, judge and adjust in a browser what runs in this process. {@link
 * io.keyspike.app.live.LiveStreams} connects the streams and their viewers, {@link io.keyspike.app.live.LivePage} serves
 * the browser.
 */
@NullMarked
package io.keyspike.app.live;

import org.jspecify.annotations.NullMarked;
