/** What one stream's detections look like, wherever its audio comes from: events, frame metrics and observers. */
@NullMarked
package io.keyspike.app.hearing;

import org.jspecify.annotations.NullMarked;
