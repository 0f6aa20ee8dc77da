@NullMarked
package io.keyspike.app.cli.arguments;

import org.jspecify.annotations.NullMarked;
