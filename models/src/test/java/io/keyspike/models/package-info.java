@NullMarked
package io.keyspike.models;

import org.jspecify.annotations.NullMarked;
