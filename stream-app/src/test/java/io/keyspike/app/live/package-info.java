@NullMarked
package io.keyspike.app.live;

import org.jspecify.annotations.NullMarked;
