/** How values on a command line are parsed and checked. */
@NullMarked
package io.keyspike.app.cli.arguments;

import org.jspecify.annotations.NullMarked;
