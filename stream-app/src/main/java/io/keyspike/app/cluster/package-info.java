/** What a cluster of services agrees on through compacted topics: the models, the one in use, the settings of devices. */
@NullMarked
package io.keyspike.app.cluster;

import org.jspecify.annotations.NullMarked;
