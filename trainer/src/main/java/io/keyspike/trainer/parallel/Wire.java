package io.keyspike.trainer.parallel;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * The one method between the process that leads a training and a worker: a stream of messages each way, for as long as the training
 * takes. Messages are numbers, so bytes are what gRPC is given; {@link Messages} says what is in them.
 */
final class Wire {

    /** Of messages and their order; a worker refuses another. */
    static final int PROTOCOL = 1;

    static final String SERVICE = "keyspike.Training";

    static final MethodDescriptor<byte[], byte[]> LEARN = MethodDescriptor.<byte[], byte[]>newBuilder()
            .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
            .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, "Learn"))
            .setRequestMarshaller(new Bytes())
            .setResponseMarshaller(new Bytes())
            .build();

    static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    static final String BEARER = "Bearer ";

    /** Weights of the largest networks are larger than gRPC's default of 4 MiB; nobody without the token gets this far. */
    static final int LARGEST_MESSAGE = Integer.MAX_VALUE;

    /** What may be on its way, so that a fast network is not waited for. */
    static final int WINDOW = 1 << 23;

    private static final int TOKEN_BYTES = 24;
    private static final SecureRandom RANDOM = new SecureRandom();

    private Wire() {}

    /** A token that nobody guesses. */
    static String newToken() {
        byte[] bytes = new byte[TOKEN_BYTES];
        RANDOM.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /**
     * What has to be the same in all processes, or their numbers might differ: the program, the architecture and the Java version,
     * which decide how exponentials are rounded.
     */
    static String platform() {
        String version = Wire.class.getPackage().getImplementationVersion();
        return "Keyspike " + (version == null ? "development" : version) + ", protocol " + PROTOCOL + ", Java "
                + Runtime.version().feature() + " on " + System.getProperty("os.arch");
    }

    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {

        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
