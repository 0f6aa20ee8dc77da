@NullMarked
package io.keyspike.app.cli.train;

import org.jspecify.annotations.NullMarked;
