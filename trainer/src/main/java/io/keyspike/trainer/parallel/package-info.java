/** Training on several processes: gRPC between the one that leads and its workers. */
@org.jspecify.annotations.NullMarked
package io.keyspike.trainer.parallel;
