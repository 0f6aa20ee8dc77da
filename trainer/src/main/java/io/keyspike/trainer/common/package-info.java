/** What every part of training needs: seeded random numbers, parallel work, progress and confidence intervals. */
@NullMarked
package io.keyspike.trainer.common;

import org.jspecify.annotations.NullMarked;
