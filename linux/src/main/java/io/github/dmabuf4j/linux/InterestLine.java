package io.github.dmabuf4j.linux;

import static io.github.dmabuf4j.linux.TimelineLine.INT;
import static io.github.dmabuf4j.linux.TimelineLine.LONG;

import java.lang.foreign.MemorySegment;

/**
 * What the threads of one process wait for on one timeline: written by that process, read by the owner of the timeline.
 * Whoever reads the line of another process believes nothing of it: a wrong interest costs that process its wake-up, or
 * the reader a system call.
 */
final class InterestLine {
    private final MemorySegment memory;
    private final long base;

    InterestLine(MemorySegment memory, int line) {
        this.memory = memory;
        this.base = (long) line * TimelineDescriptor.LINE_BYTES;
    }

    boolean isOf(MemorySegment other, int line) {
        return memory.equals(other) && base == (long) line * TimelineDescriptor.LINE_BYTES;
    }

    /** For the process that waits. The caller goes on with a full fence and another look at the value. */
    void publish(int waiters, long lowest) {
        if (waiters > 0) {
            LONG.setOpaque(memory, base + TimelineDescriptor.LOWEST_OFFSET, lowest);
        }
        INT.setRelease(memory, base + TimelineDescriptor.WAITERS_OFFSET, waiters);
    }

    /**
     * For the process that waits. The caller goes on with a full fence and another look at the value.
     *
     * @param lowest 0 if nobody waits
     */
    void publishDispatcher(long lowest) {
        LONG.setOpaque(memory, base + TimelineDescriptor.DISPATCHER_OFFSET, lowest);
        INT.setRelease(memory, base + TimelineDescriptor.DISPATCHED_OFFSET, lowest != 0 ? 1 : 0);
    }

    /** For the process that signals, after a full fence: whether anybody waits for anything. One read of one word. */
    boolean isAnybodyThere() {
        return (long) LONG.getAcquire(memory, base + TimelineDescriptor.WAITERS_OFFSET) != 0;
    }

    /** For the process that signals, after a full fence: whether a thread sleeps for this value or an earlier one. */
    boolean isSleptFor(long value) {
        return (int) INT.getAcquire(memory, base + TimelineDescriptor.WAITERS_OFFSET) != 0
                && Long.compareUnsigned((long) LONG.getOpaque(memory, base + TimelineDescriptor.LOWEST_OFFSET), value)
                        <= 0;
    }

    /** For the process that signals, after a full fence: whether a dispatcher waits for this value or an earlier one. */
    boolean isDispatchedFor(long value) {
        long lowest = (long) LONG.getAcquire(memory, base + TimelineDescriptor.DISPATCHER_OFFSET);
        return lowest != 0 && Long.compareUnsigned(lowest, value) <= 0;
    }
}
