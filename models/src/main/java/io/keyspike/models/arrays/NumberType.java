package io.keyspike.models.arrays;

import java.nio.ByteBuffer;
import java.util.Optional;

/** How a number is stored. A double holds every value of these types but integers beyond 2⁵³. */
public enum NumberType {
    /** IEEE half precision. */
    F16(2, "f2"),
    /** The upper half of a float32. */
    BF16(2, ""),
    /** IEEE single precision. */
    F32(4, "f4"),
    /** IEEE double precision. */
    F64(8, "f8"),
    /** Signed 8 bits. */
    I8(1, "i1"),
    /** Signed 16 bits. */
    I16(2, "i2"),
    /** Signed 32 bits. */
    I32(4, "i4"),
    /** Signed 64 bits. */
    I64(8, "i8"),
    /** Unsigned 8 bits. */
    U8(1, "u1"),
    /** Unsigned 16 bits. */
    U16(2, "u2"),
    /** Unsigned 32 bits. */
    U32(4, "u4"),
    /** Unsigned 64 bits. */
    U64(8, "u8"),
    /** 0 or 1 in a byte. */
    BOOL(1, "b1");

    private static final double TWO_TO_64 = 0x1p64;

    private final int bytes;
    private final String numpy;

    NumberType(int bytes, String numpy) {
        this.bytes = bytes;
        this.numpy = numpy;
    }

    /** {@return the bytes of one number} */
    public int bytes() {
        return bytes;
    }

    /** NumPy's name without the byte order, such as {@code f4}; empty where NumPy has no such type. */
    String numpy() {
        return numpy;
    }

    static Optional<NumberType> ofNumpy(String name) {
        for (NumberType type : values()) {
            if (!type.numpy.isEmpty() && type.numpy.equals(name)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    static Optional<NumberType> ofName(String name) {
        for (NumberType type : values()) {
            if (type.name().equals(name)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    double get(ByteBuffer in) {
        return switch (this) {
            case F16 -> Float.float16ToFloat(in.getShort());
            case BF16 -> Float.intBitsToFloat(in.getShort() << Short.SIZE);
            case F32 -> in.getFloat();
            case F64 -> in.getDouble();
            case I8 -> in.get();
            case I16 -> in.getShort();
            case I32 -> in.getInt();
            case I64 -> in.getLong();
            case U8 -> Byte.toUnsignedInt(in.get());
            case U16 -> Short.toUnsignedInt(in.getShort());
            case U32 -> Integer.toUnsignedLong(in.getInt());
            case U64 -> {
                long value = in.getLong();
                yield value >= 0 ? value : value + TWO_TO_64;
            }
            case BOOL -> in.get() == 0 ? 0 : 1;
        };
    }

    void put(ByteBuffer out, double value) {
        switch (this) {
            case F16 -> out.putShort(Float.floatToFloat16((float) value));
            case BF16 -> out.putShort((short) (Float.floatToRawIntBits((float) value) >>> Short.SIZE));
            case F32 -> out.putFloat((float) value);
            case F64 -> out.putDouble(value);
            case I8, U8, BOOL -> out.put((byte) (long) value);
            case I16, U16 -> out.putShort((short) (long) value);
            case I32, U32 -> out.putInt((int) (long) value);
            case I64, U64 -> out.putLong((long) value);
        }
    }
}
