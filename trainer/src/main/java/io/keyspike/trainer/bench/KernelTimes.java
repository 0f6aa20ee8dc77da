package io.keyspike.trainer.bench;

import io.keyspike.kernels.DenseProducts;
import io.keyspike.kernels.KernelBackend;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Where the time of training goes: a backend that runs the kernels of another and adds up what each kind takes, on all threads
 * together. Each call costs about a microsecond more, so that shares mean something and speeds do not.
 */
final class KernelTimes {

    /** Kinds of kernels. */
    enum Kind {
        /** Matrix products, forward and both gradients. */
        PRODUCTS,
        /** Neurons and readouts, forward. */
        NEURONS_FORWARD,
        /** Neurons and readouts, backward: the surrogate's derivative and what goes back in time. */
        NEURONS_BACKWARD,
        /** Batch normalisation, both ways. */
        NORMALISATION
    }

    private final Map<Kind, LongAdder> nanos = new EnumMap<>(Kind.class);

    KernelTimes() {
        for (Kind kind : Kind.values()) {
            nanos.put(kind, new LongAdder());
        }
    }

    private LongAdder of(Kind kind) {
        return Objects.requireNonNull(nanos.get(kind));
    }

    /** A backend that is timed. */
    KernelBackend timed(KernelBackend backend) {
        return proxy(KernelBackend.class, backend);
    }

    void reset() {
        nanos.values().forEach(LongAdder::reset);
    }

    double seconds(Kind kind) {
        return of(kind).sum() * 1e-9;
    }

    private <T> T proxy(Class<T> type, T target) {
        InvocationHandler handler = (proxy, method, arguments) -> {
            Kind kind = kind(type, method.getName());
            long start = System.nanoTime();
            try {
                Object result = method.invoke(target, arguments);
                if (kind != null) {
                    of(kind).add(System.nanoTime() - start);
                }
                if (result instanceof KernelBackend serial) {
                    return timed(serial);
                }
                return result instanceof DenseProducts products ? proxy(DenseProducts.class, products) : result;
            } catch (InvocationTargetException e) {
                throw e.getTargetException();
            }
        };
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static @Nullable Kind kind(Class<?> type, String method) {
        if (type == DenseProducts.class || method.startsWith("dense") || method.startsWith("diagonal")) {
            return Kind.PRODUCTS;
        }
        if (method.startsWith("batchNorm")) {
            return Kind.NORMALISATION;
        }
        if (method.endsWith("Backward")) {
            return Kind.NEURONS_BACKWARD;
        }
        boolean forward = method.equals("lif")
                || method.endsWith("Lif")
                || method.equals("adaptiveLifBits")
                || method.equals("lifTraining")
                || method.startsWith("leaky");
        return forward ? Kind.NEURONS_FORWARD : null;
    }
}
