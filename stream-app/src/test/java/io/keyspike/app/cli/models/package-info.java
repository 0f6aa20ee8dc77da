@NullMarked
package io.keyspike.app.cli.models;

import org.jspecify.annotations.NullMarked;
