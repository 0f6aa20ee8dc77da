package io.keyspike.trainer.parallel;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The connection to one worker. */
final class WorkerLink implements AutoCloseable {
    private final ManagedChannel channel;
    private final StreamObserver<byte[]> requests;
    private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();

    /** What came back: a message, or why none will. */
    private sealed interface Answer {
        @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
        record Message(byte[] bytes) implements Answer {}

        record End(String reason) implements Answer {}
    }

    /**
     * Connects in the background; a failure is the first answer.
     *
     * @param token null for none
     */
    WorkerLink(String host, int port, @Nullable String token) {
        channel = NettyChannelBuilder.forAddress(host, port)
                .usePlaintext()
                .maxInboundMessageSize(Wire.LARGEST_MESSAGE)
                .flowControlWindow(Wire.WINDOW)
                .build();
        var headers = new Metadata();
        if (token != null) {
            headers.put(Wire.AUTHORIZATION, Wire.BEARER + token);
        }
        var call = MetadataUtils.newAttachHeadersInterceptor(headers)
                .interceptCall(Wire.LEARN, CallOptions.DEFAULT, channel);
        requests = ClientCalls.asyncBidiStreamingCall(call, new Receiver());
    }

    private final class Receiver implements StreamObserver<byte[]> {
        @Override
        public void onNext(byte[] message) {
            answers.add(new Answer.Message(message));
        }

        @Override
        public void onError(Throwable t) {
            answers.add(new Answer.End(reason(Status.fromThrowable(t))));
        }

        @Override
        public void onCompleted() {
            answers.add(new Answer.End("it has ended the connection"));
        }
    }

    /** In words, without gRPC's. */
    private static String reason(Status status) {
        String said = status.getDescription();
        return switch (status.getCode()) {
            case UNAVAILABLE -> {
                Throwable cause = status.getCause();
                while (cause != null && cause.getCause() != null) {
                    cause = cause.getCause();
                }
                String why = String.valueOf(cause == null ? said : cause.getMessage())
                        .replaceFirst("^.*failed with error\\(-?\\d+\\): ", "");
                yield "the connection failed (" + why + ")";
            }
            case CANCELLED -> "it was stopped";
            case UNAUTHENTICATED -> "it refused the token: " + said;
            case FAILED_PRECONDITION, INVALID_ARGUMENT, RESOURCE_EXHAUSTED -> "it refused: " + said;
            default -> status.getCode() + (said == null ? "" : ": " + said);
        };
    }

    /** Sends without waiting; what goes wrong is an answer. */
    void send(byte[] message) {
        requests.onNext(message);
    }

    /**
     * The next answer.
     *
     * @param left of the time that it may take
     * @param patience that time
     * @throws WorkerLostException if there is none in time, or will be none
     */
    byte[] receive(Duration left, Duration patience) {
        try {
            Answer answer = answers.poll(left.toNanos(), TimeUnit.NANOSECONDS);
            return switch (answer) {
                case null ->
                    throw new WorkerLostException("it did not answer within "
                            + (patience.toMillis() % 1_000 == 0
                                    ? patience.toSeconds() + " s"
                                    : patience.toMillis() + " ms"));
                case Answer.Message message -> message.bytes();
                case Answer.End end -> throw new WorkerLostException(end.reason());
            };
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WorkerLostException("this process was interrupted");
        }
    }

    /** Says that there is no more to do. */
    void finish() {
        try {
            requests.onCompleted();
        } catch (IllegalStateException e) {
            // It has ended already.
        }
        channel.shutdown();
        try {
            channel.awaitTermination(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        close();
    }

    /** Breaks the connection off. */
    @Override
    public void close() {
        channel.shutdownNow();
    }
}
