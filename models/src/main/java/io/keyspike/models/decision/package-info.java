/** From scores to detections: smoothing, thresholds, confirmation, refractory time and the level gate. */
@NullMarked
package io.keyspike.models.decision;

import org.jspecify.annotations.NullMarked;
