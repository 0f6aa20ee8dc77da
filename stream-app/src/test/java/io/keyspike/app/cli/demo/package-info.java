@NullMarked
package io.keyspike.app.cli.demo;

import org.jspecify.annotations.NullMarked;
