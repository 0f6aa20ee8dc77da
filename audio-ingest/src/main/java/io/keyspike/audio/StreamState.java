package io.keyspike.audio;

import java.nio.ByteBuffer;

/**
 * The state of one stream in one processing stage, separate from the stage's parameters, so that one set of parameters
 * serves any number of streams.
 *
 * <p>The law every implementation keeps: saved, restored and continued equals never stopped, bit for bit. The saved form
 * is little-endian and has a fixed size.
 */
public interface StreamState {

    /** {@return the size of the saved form in bytes; fixed for the life of the state} */
    int byteSize();

    /**
     * Writes exactly {@link #byteSize()} bytes at the buffer's position, little-endian whatever the buffer's order.
     *
     * @param out receives the saved form; its position advances by {@link #byteSize()}
     * @throws java.nio.BufferOverflowException if the buffer has too little room
     */
    void save(ByteBuffer out);

    /**
     * Reads exactly {@link #byteSize()} bytes, as written by {@link #save}.
     *
     * @param in its position advances by {@link #byteSize()}
     * @throws java.nio.BufferUnderflowException if the buffer holds too few
     * @throws IllegalArgumentException if the bytes cannot be a state of this stage (an index out of range)
     */
    void restore(ByteBuffer in);

    /** Resets to the state at the start of a stream. */
    void reset();
}
