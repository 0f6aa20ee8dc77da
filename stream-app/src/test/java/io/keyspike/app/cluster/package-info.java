@NullMarked
package io.keyspike.app.cluster;

import org.jspecify.annotations.NullMarked;
