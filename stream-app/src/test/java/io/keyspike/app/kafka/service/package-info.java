@NullMarked
package io.keyspike.app.kafka.service;

import org.jspecify.annotations.NullMarked;
