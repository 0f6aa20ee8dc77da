package io.keyspike.kernels;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks the counter of a loop whose rounds are independent of each other, so that a device may run them at once. In Java the
 * loop is a loop like any other. TornadoVM takes the annotation by its name, which the property
 * {@code tornado.load.annotation.parallel} gives it, so these kernels need nothing of TornadoVM to compile or to run.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE_USE)
public @interface ParallelLoop {}
