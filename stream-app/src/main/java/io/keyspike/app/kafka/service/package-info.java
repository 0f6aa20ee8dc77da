/** The Kafka Streams service: topology, settings, failure policy, commits and meters. */
@NullMarked
package io.keyspike.app.kafka.service;

import org.jspecify.annotations.NullMarked;
