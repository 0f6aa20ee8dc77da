@NullMarked
package io.keyspike.app.hearing;

import org.jspecify.annotations.NullMarked;
