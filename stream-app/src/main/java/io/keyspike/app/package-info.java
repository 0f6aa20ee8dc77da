@NullMarked
package io.keyspike.app;

import org.jspecify.annotations.NullMarked;
