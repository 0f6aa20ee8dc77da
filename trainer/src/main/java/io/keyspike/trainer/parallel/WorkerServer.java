package io.keyspike.trainer.parallel;

import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.keyspike.kernels.KernelBackend;
import io.keyspike.kernels.Solver;
import io.keyspike.kernels.backends.Backends;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A worker: learns parts of the batches of one training at a time, and then of the next. */
public final class WorkerServer implements AutoCloseable {

    /** A leading process whose machine has gone away without a word is given up after so long. */
    private static final int KEEP_ALIVE_SECONDS = 30;

    private final Server server;

    private WorkerServer(Server server) {
        this.server = server;
    }

    /**
     * What a worker computes with.
     *
     * @param backend {@code vector} or {@code scalar}
     */
    record Kernels(String backend, int threads) {
        KernelBackend open(Solver solver) {
            return Backends.named(backend, threads, solver);
        }
    }

    /**
     * Listens.
     *
     * @param address port 0 for any free one
     * @param token that a leading process has to give; null for none
     * @param backend {@code vector} or {@code scalar}
     * @param remarks told in sentences who comes and goes
     * @throws IOException with one sentence, if it cannot listen there
     */
    public static WorkerServer start(
            InetSocketAddress address, @Nullable String token, String backend, int threads, Consumer<String> remarks)
            throws IOException {
        var busy = new AtomicBoolean();
        var kernels = new Kernels(backend, threads);
        var service = ServerServiceDefinition.builder(Wire.SERVICE)
                .addMethod(
                        Wire.LEARN,
                        ServerCalls.asyncBidiStreamingCall(
                                (StreamObserver<byte[]> answers) -> new WorkerSession(answers, busy, kernels, remarks)))
                .build();
        Server server = NettyServerBuilder.forAddress(address)
                .maxInboundMessageSize(Wire.LARGEST_MESSAGE)
                .flowControlWindow(Wire.WINDOW)
                .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
                .keepAliveTimeout(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
                .intercept(new TokenCheck(token))
                .addService(service)
                .build();
        try {
            server.start();
        } catch (IOException e) {
            throw new IOException(
                    "cannot listen on " + address.getHostString() + ":" + address.getPort() + ": " + innermost(e), e);
        }
        return new WorkerServer(server);
    }

    /** A token that nobody guesses. */
    public static String newToken() {
        return Wire.newToken();
    }

    private static @Nullable String innermost(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getMessage();
    }

    /** The port it listens on. */
    public int port() {
        return server.getPort();
    }

    /** Ends whatever is going on. */
    @Override
    public void close() {
        server.shutdownNow();
        try {
            server.awaitTermination(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Lets nobody in without the token; compares in constant time. */
    private record TokenCheck(@Nullable String token) implements ServerInterceptor {

        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            String expected = token;
            String given = headers.get(Wire.AUTHORIZATION);
            if (expected == null
                    || (given != null && MessageDigest.isEqual(bytes(Wire.BEARER + expected), bytes(given)))) {
                return next.startCall(call, headers);
            }
            call.close(
                    Status.UNAUTHENTICATED.withDescription(
                            given == null ? "expected a token, found none" : "expected its token, found another"),
                    new Metadata());
            return new ServerCall.Listener<>() {};
        }

        private static byte[] bytes(String text) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
    }
}
