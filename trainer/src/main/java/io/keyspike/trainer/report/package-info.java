/** What a training run leaves behind for people: report, plots, intervals. */
@NullMarked
package io.keyspike.trainer.report;

import org.jspecify.annotations.NullMarked;
