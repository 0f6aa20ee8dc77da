@NullMarked
package io.keyspike.app.cli.exchange;

import org.jspecify.annotations.NullMarked;
