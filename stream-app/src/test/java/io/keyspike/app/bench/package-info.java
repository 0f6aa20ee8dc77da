@NullMarked
package io.keyspike.app.bench;

import org.jspecify.annotations.NullMarked;
