@NullMarked
package io.keyspike.app.cli.chip;

import org.jspecify.annotations.NullMarked;
