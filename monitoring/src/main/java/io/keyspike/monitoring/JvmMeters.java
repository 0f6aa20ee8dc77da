package io.keyspike.monitoring;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;

/** Micrometer's own meters of the Java virtual machine: memory, garbage collection, threads, processor. */
public final class JvmMeters implements AutoCloseable {

    private final JvmGcMetrics collections = new JvmGcMetrics();

    private JvmMeters() {}

    /**
     * Registers the meters and starts to listen to garbage collections.
     *
     * @param registry where the meters stay, even after {@link #close}
     * @return to be closed when the registry is no longer used, to stop listening
     */
    public static JvmMeters bind(MeterRegistry registry) {
        var meters = new JvmMeters();
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        meters.collections.bindTo(registry);
        return meters;
    }

    @Override
    public void close() {
        collections.close();
    }
}
