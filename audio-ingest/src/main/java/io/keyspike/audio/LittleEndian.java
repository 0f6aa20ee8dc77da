package io.keyspike.audio;

import java.nio.BufferOverflowException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.BiConsumer;

/**
 * Little-endian access to a buffer of any order, all or nothing, for the saved form of a {@link StreamState}. The buffer's
 * own order is put back. With an action that captures nothing, nothing is allocated.
 */
public final class LittleEndian {

    private LittleEndian() {}

    /**
     * Lets {@code action} write {@code size} bytes of {@code subject}.
     *
     * @param <T> type of the object whose state is written
     * @param out written from its position on, which advances by what {@code action} writes
     * @param size bytes that {@code action} writes
     * @param subject passed to {@code action}
     * @param action writes relative to the buffer's position, and must not keep the buffer
     * @throws BufferOverflowException if there is too little room; nothing is written
     */
    public static <T> void write(ByteBuffer out, int size, T subject, BiConsumer<ByteBuffer, T> action) {
        if (out.remaining() < size) {
            throw new BufferOverflowException();
        }
        access(out, subject, action);
    }

    /**
     * Lets {@code action} read {@code size} bytes into {@code subject}.
     *
     * @param <T> type of the object whose state is read
     * @param in read from its position on, which advances by what {@code action} reads
     * @param size bytes that {@code action} reads
     * @param subject passed to {@code action}
     * @param action reads relative to the buffer's position, and must not keep the buffer
     * @throws BufferUnderflowException if there are too few; nothing is read
     */
    public static <T> void read(ByteBuffer in, int size, T subject, BiConsumer<ByteBuffer, T> action) {
        if (in.remaining() < size) {
            throw new BufferUnderflowException();
        }
        access(in, subject, action);
    }

    private static <T> void access(ByteBuffer buffer, T subject, BiConsumer<ByteBuffer, T> action) {
        ByteOrder order = buffer.order();
        buffer.order(ByteOrder.LITTLE_ENDIAN);
        try {
            action.accept(buffer, subject);
        } finally {
            buffer.order(order);
        }
    }
}
