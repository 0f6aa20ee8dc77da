/** Features, network and decision in one: samples in, detections out, for one stream or many side by side. */
@NullMarked
package io.keyspike.models.spotter;

import org.jspecify.annotations.NullMarked;
