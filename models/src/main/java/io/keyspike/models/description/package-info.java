/**
 * What a model says about itself beside its network: its input, its chip's power constants, what was measured of it on
 * streams, and where it comes from.
 */
@NullMarked
package io.keyspike.models.description;

import org.jspecify.annotations.NullMarked;
