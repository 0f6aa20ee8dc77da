/** What a cluster of services agrees on through compacted topics: the models, the active one, the device settings. */
@NullMarked
package io.keyspike.app.cluster;

import org.jspecify.annotations.NullMarked;
