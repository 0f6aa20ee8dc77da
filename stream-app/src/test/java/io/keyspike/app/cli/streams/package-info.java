@NullMarked
package io.keyspike.app.cli.streams;

import org.jspecify.annotations.NullMarked;
