@NullMarked
package io.keyspike.app.wyoming;

import org.jspecify.annotations.NullMarked;
