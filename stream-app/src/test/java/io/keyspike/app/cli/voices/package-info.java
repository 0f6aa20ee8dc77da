@NullMarked
package io.keyspike.app.cli.voices;

import org.jspecify.annotations.NullMarked;
