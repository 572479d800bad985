package io.github.dmabuf4j.linux.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;

/** The words of one futex wait and its time limit: native memory that is reused for every wait of a thread. */
public final class FutexWords {
    private static final long ENTRY = Structs.FUTEX_WAITV.byteSize();
    private static final long VAL = Structs.offset(Structs.FUTEX_WAITV, "val");
    private static final long UADDR = Structs.offset(Structs.FUTEX_WAITV, "uaddr");
    private static final long FLAGS = Structs.offset(Structs.FUTEX_WAITV, "flags");
    private static final long SECONDS = Structs.offset(Structs.TIMESPEC, "tv_sec");
    private static final long NANOSECONDS = Structs.offset(Structs.TIMESPEC, "tv_nsec");
    private static final long SECOND = 1_000_000_000L;

    private final MemorySegment array;
    private final MemorySegment timespec;
    private MemorySegment timeout = MemorySegment.NULL;
    private int count;

    /**
     * Makes room.
     *
     * @param allocator gives the memory
     * @param capacity the most words there will be, at most {@link Futexes#MAX_WORDS}
     */
    public FutexWords(SegmentAllocator allocator, int capacity) {
        array = allocator.allocate(ENTRY * capacity, 8);
        timespec = allocator.allocate(Structs.TIMESPEC);
    }

    /** Forgets all words. */
    public void clear() {
        count = 0;
    }

    /**
     * Adds a word that other processes may wake.
     *
     * @param address where it is
     * @param expected the value with which it is slept on
     */
    public void add(long address, int expected) {
        add(address, expected, Constants.FUTEX_32);
    }

    /**
     * Adds a word that only this process wakes, by {@link Futexes#wakePrivate}: the kernel need not look up which file it
     * lies in.
     *
     * @param address where it is
     * @param expected the value with which it is slept on
     */
    public void addPrivate(long address, int expected) {
        add(address, expected, Constants.FUTEX_32 | Constants.FUTEX_PRIVATE_FLAG);
    }

    private void add(long address, int expected, int flags) {
        long at = ENTRY * count++;
        array.set(JAVA_LONG, at + VAL, Integer.toUnsignedLong(expected));
        array.set(JAVA_LONG, at + UADDR, address);
        array.set(JAVA_INT, at + FLAGS, flags);
    }

    /**
     * The address of a word.
     *
     * @param index which one
     * @return the address
     */
    public long address(int index) {
        return array.get(JAVA_LONG, ENTRY * index + UADDR);
    }

    /**
     * The value with which a word is slept on.
     *
     * @param index which one
     * @return the value
     */
    public int expected(int index) {
        return (int) array.get(JAVA_LONG, ENTRY * index + VAL);
    }

    /**
     * Sets the time limit.
     *
     * @param nanos nanoseconds: of CLOCK_MONOTONIC for {@link Futexes#waitAny}, from now on for {@link Futexes#waitOne};
     *     {@link Long#MAX_VALUE} for none
     */
    public void setTimeout(long nanos) {
        if (nanos == Long.MAX_VALUE) {
            timeout = MemorySegment.NULL;
            return;
        }
        long positive = Math.max(nanos, 0);
        timespec.set(JAVA_LONG, SECONDS, positive / SECOND);
        timespec.set(JAVA_LONG, NANOSECONDS, positive % SECOND);
        timeout = timespec;
    }

    MemorySegment array() {
        return array;
    }

    MemorySegment timeout() {
        return timeout;
    }

    int count() {
        return count;
    }
}
