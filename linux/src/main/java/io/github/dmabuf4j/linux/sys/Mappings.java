package io.github.dmabuf4j.linux.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Memory mapped from files, and views of it. */
public final class Mappings {
    private static final MethodHandle MMAP = Native.function(
            "mmap", FunctionDescriptor.of(JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle MUNMAP =
            Native.function("munmap", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle GETPAGESIZE = Native.function("getpagesize", FunctionDescriptor.of(JAVA_INT));

    private static final long PAGE_SIZE = askPageSize();

    private Mappings() {}

    private static long askPageSize() {
        try {
            return (int) GETPAGESIZE.invokeExact(Native.capture());
        } catch (Throwable thrown) {
            throw Native.unexpected(thrown);
        }
    }

    /**
     * The size of a page of memory.
     *
     * @return bytes
     */
    public static long pageSize() {
        return PAGE_SIZE;
    }

    /**
     * Maps bytes of a file, shared with everybody else who maps it.
     *
     * @param fd the file
     * @param offset where the mapping begins in the file, a multiple of the page size
     * @param size bytes
     * @param writable whether the mapping may be written
     * @return the address, or the negated error number (between -4095 and -1)
     */
    public static long map(int fd, long offset, long size, boolean writable) {
        int protection = Constants.PROT_READ | (writable ? Constants.PROT_WRITE : 0);
        MemorySegment capture = Native.capture();
        try {
            return Native.result(
                    (long) MMAP.invokeExact(
                            capture, MemorySegment.NULL, size, protection, Constants.MAP_SHARED, fd, offset),
                    capture);
        } catch (Throwable thrown) {
            throw Native.unexpected(thrown);
        }
    }

    /**
     * Takes a mapping away. Whoever still reads it crashes: the caller has made sure that nobody does.
     *
     * @param address where it begins
     * @param size bytes
     * @return 0 or the negated error number
     */
    public static int unmap(long address, long size) {
        MemorySegment capture = Native.capture();
        try {
            return Native.result((int) MUNMAP.invokeExact(capture, address, size), capture);
        } catch (Throwable thrown) {
            throw Native.unexpected(thrown);
        }
    }

    /**
     * A view of mapped memory that lives as long as an arena; the mapping itself is not touched when the arena ends.
     *
     * @param address where the mapping begins
     * @param size bytes
     * @param arena bounds the life of the view, and says which threads may use it
     * @return the view
     */
    public static MemorySegment lease(long address, long size, Arena arena) {
        return MemorySegment.ofAddress(address).reinterpret(size, arena, null);
    }

    /**
     * A view of mapped memory that owns the mapping: it is taken away when the arena is closed.
     *
     * @param address where the mapping begins
     * @param size bytes
     * @param arena owns the mapping
     * @return the view
     */
    public static MemorySegment own(long address, long size, Arena arena) {
        return MemorySegment.ofAddress(address).reinterpret(size, arena, memory -> unmap(address, size));
    }
}
