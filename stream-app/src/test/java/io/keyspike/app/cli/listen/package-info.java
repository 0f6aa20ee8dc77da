@NullMarked
package io.keyspike.app.cli.listen;

import org.jspecify.annotations.NullMarked;
