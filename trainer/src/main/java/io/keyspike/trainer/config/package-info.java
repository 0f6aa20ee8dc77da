/** Training configurations: YAML into checked records. */
@NullMarked
package io.keyspike.trainer.config;

import org.jspecify.annotations.NullMarked;
