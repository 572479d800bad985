package io.github.dmabuf4j.linux;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/** The words of one timeline in shared memory. Each method is one access; what it means is the caller's business. */
final class TimelineLine {
    static final VarHandle INT = ValueLayout.JAVA_INT.varHandle();
    static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();

    private final MemorySegment memory;
    private final long base;

    TimelineLine(MemorySegment memory, int line) {
        this.memory = memory;
        this.base = (long) line * TimelineDescriptor.LINE_BYTES;
    }

    /** Where the word is that is slept on: the low half of the value. */
    long wordAddress() {
        return memory.address() + base + TimelineDescriptor.VALUE_OFFSET;
    }

    long value() {
        return (long) LONG.getAcquire(memory, base + TimelineDescriptor.VALUE_OFFSET);
    }

    void setValue(long value) {
        LONG.setRelease(memory, base + TimelineDescriptor.VALUE_OFFSET, value);
    }

    long timestamp() {
        return (long) LONG.getOpaque(memory, base + TimelineDescriptor.TIMESTAMP_OFFSET);
    }

    void setTimestamp(long nanos) {
        LONG.setOpaque(memory, base + TimelineDescriptor.TIMESTAMP_OFFSET, nanos);
    }

    long firstFailed() {
        return (long) LONG.getAcquire(memory, base + TimelineDescriptor.FIRST_FAILED_OFFSET);
    }

    void setFirstFailed(long point) {
        LONG.setRelease(memory, base + TimelineDescriptor.FIRST_FAILED_OFFSET, point);
    }

    int error() {
        return (int) INT.getOpaque(memory, base + TimelineDescriptor.ERROR_OFFSET);
    }

    void setError(int number) {
        INT.setOpaque(memory, base + TimelineDescriptor.ERROR_OFFSET, number);
    }

    void setEpoch(int epoch) {
        INT.setOpaque(memory, base + TimelineDescriptor.EPOCH_OFFSET, epoch);
    }
}
