package io.github.dmabuf4j.bench.peer;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;

/** What the sides of a stream do with the bytes of a message. The size is a multiple of eight. */
enum Payload {
    /** The first and the last eight bytes. */
    ENDS {
        @Override
        void write(MemorySegment message, long number) {
            message.set(JAVA_LONG_UNALIGNED, 0, number);
            message.set(JAVA_LONG_UNALIGNED, message.byteSize() - 8, number);
        }

        @Override
        long read(MemorySegment message) {
            return message.get(JAVA_LONG_UNALIGNED, 0) + message.get(JAVA_LONG_UNALIGNED, message.byteSize() - 8);
        }

        @Override
        long expected(long number, long bytes) {
            return 2 * number;
        }
    },
    /** Every byte: the writer fills, the reader adds up. */
    SUM {
        @Override
        void write(MemorySegment message, long number) {
            message.fill((byte) number);
        }

        @Override
        long read(MemorySegment message) {
            long sum = 0;
            for (long at = 0; at < message.byteSize(); at += 8) {
                sum += message.get(JAVA_LONG_UNALIGNED, at);
            }
            return sum;
        }

        @Override
        long expected(long number, long bytes) {
            return (number & 0xff) * 0x0101_0101_0101_0101L * (bytes / 8);
        }
    };

    /** Writes message {@code number}. */
    abstract void write(MemorySegment message, long number);

    /** Reads a message; the answer depends on every byte that was read. */
    abstract long read(MemorySegment message);

    /** What {@link #read} answers for message {@code number}. */
    abstract long expected(long number, long bytes);
}
