@NullMarked
package io.keyspike.app.cli.stream;

import org.jspecify.annotations.NullMarked;
