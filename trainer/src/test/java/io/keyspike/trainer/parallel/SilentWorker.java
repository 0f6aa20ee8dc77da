package io.keyspike.trainer.parallel;

import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** A worker that is ready, and then never answers. */
final class SilentWorker implements AutoCloseable {
    private final Server server;

    SilentWorker() throws IOException {
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .maxInboundMessageSize(Wire.LARGEST_MESSAGE)
                .addService(ServerServiceDefinition.builder(Wire.SERVICE)
                        .addMethod(Wire.LEARN, ServerCalls.asyncBidiStreamingCall(SilentWorker::answer))
                        .build())
                .build()
                .start();
    }

    private static StreamObserver<byte[]> answer(StreamObserver<byte[]> answers) {
        return new StreamObserver<>() {
            @Override
            public void onNext(byte[] message) {
                if (message[0] == Messages.HELLO) {
                    answers.onNext(Messages.welcome(1));
                } else if (message[0] == Messages.SETUP) {
                    answers.onNext(Messages.ready(1));
                }
            }

            @Override
            public void onError(Throwable t) {}

            @Override
            public void onCompleted() {
                answers.onCompleted();
            }
        };
    }

    int port() {
        return server.getPort();
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
