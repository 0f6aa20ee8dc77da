/** The Wyoming protocol: satellites of Home Assistant and similar clients use Keyspike as their wake-word service. */
@NullMarked
package io.keyspike.app.wyoming;

import org.jspecify.annotations.NullMarked;
