@NullMarked
package io.keyspike.app.cli.keyword;

import org.jspecify.annotations.NullMarked;
