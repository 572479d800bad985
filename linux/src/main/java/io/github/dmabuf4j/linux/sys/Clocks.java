package io.github.dmabuf4j.linux.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** The clock of the kernel, to check that it is the one {@link System#nanoTime} reads. */
public final class Clocks {
    private static final MethodHandle CLOCK_GETTIME =
            Native.function("clock_gettime", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));
    private static final long SECOND = 1_000_000_000L;

    private Clocks() {}

    /**
     * CLOCK_MONOTONIC.
     *
     * @return nanoseconds, or the negated error number
     */
    public static long monotonic() {
        MemorySegment capture = Native.capture();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment time = arena.allocate(Structs.TIMESPEC);
            int result =
                    Native.result((int) CLOCK_GETTIME.invokeExact(capture, Constants.CLOCK_MONOTONIC, time), capture);
            return result < 0
                    ? result
                    : time.get(JAVA_LONG, Structs.offset(Structs.TIMESPEC, "tv_sec")) * SECOND
                            + time.get(JAVA_LONG, Structs.offset(Structs.TIMESPEC, "tv_nsec"));
        } catch (Throwable thrown) {
            throw Native.unexpected(thrown);
        }
    }

    /**
     * Whether {@link System#nanoTime} is CLOCK_MONOTONIC, so that times can go back and forth between Java, the kernel
     * and other processes.
     *
     * @return true if a read of the one lies between two reads of the other
     */
    public static boolean nanoTimeIsMonotonic() {
        long before = System.nanoTime();
        long kernel = monotonic();
        long after = System.nanoTime();
        return before <= kernel && kernel <= after;
    }
}
