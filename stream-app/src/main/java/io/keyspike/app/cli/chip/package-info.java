/** The {@code chip} commands: check, fit, map, power, stress and export. */
@NullMarked
package io.keyspike.app.cli.chip;

import org.jspecify.annotations.NullMarked;
