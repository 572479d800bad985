package io.github.dmabuf4j.linux.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Device nodes: open, ioctl, and poll for one descriptor. */
public final class Devices {
    /** Something can be read. */
    public static final int IN = Constants.POLLIN;
    /** Something urgent, such as an event, can be read. */
    public static final int PRI = Constants.POLLPRI;
    /** Something can be written. */
    public static final int OUT = Constants.POLLOUT;
    /** Something went wrong. */
    public static final int ERR = Constants.POLLERR;

    private static final MethodHandle OPEN =
            Native.variadic("open", 2, FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
    private static final MethodHandle IOCTL =
            Native.variadic("ioctl", 2, FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS));
    private static final MethodHandle POLL =
            Native.function("poll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle READ =
            Native.function("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));

    private Devices() {}

    /**
     * Opens a node for reading and writing, closed on exec.
     *
     * @param path the node
     * @param nonBlocking whether calls that would have to wait answer EAGAIN
     * @return the descriptor or the negated error number
     */
    public static int open(String path, boolean nonBlocking) {
        int flags = Constants.O_RDWR | Constants.O_CLOEXEC | (nonBlocking ? Constants.O_NONBLOCK : 0);
        MemorySegment capture = Native.capture();
        try (Arena arena = Arena.ofConfined()) {
            return Native.result((int) OPEN.invokeExact(capture, arena.allocateFrom(path), flags, 0), capture);
        } catch (Throwable thrown) {
            throw Native.unexpected(thrown);
        }
    }

    /**
     * Asks a driver for something.
     *
     * @param fd the descriptor
     * @param request the number of the request, as an unsigned int
     * @param argument what the request takes, or a null pointer
     * @return what the driver answered, or the negated error number
     */
    public static int ioctl(int fd, int request, MemorySegment argument) {
        MemorySegment capture = Native.capture();
        try {
            return Native.result(
                    (int) IOCTL.invokeExact(capture, fd, Integer.toUnsignedLong(request), argument), capture);
        } catch (Throwable thrown) {
            throw Native.unexpected(thrown);
        }
    }

    /**
     * How a descriptor stands now, without waiting.
     *
     * @param fd the descriptor
     * @param events what to ask for
     * @return the events that are there, or the negated error number
     */
    public static int poll(int fd, int events) {
        MemorySegment capture = Native.capture();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment poll = arena.allocate(Structs.POLLFD);
            poll.set(JAVA_INT, Structs.offset(Structs.POLLFD, "fd"), fd);
            poll.set(JAVA_SHORT, Structs.offset(Structs.POLLFD, "events"), (short) events);
            int result = Native.result((int) POLL.invokeExact(capture, poll, 1L, 0), capture);
            return result < 0 ? result : poll.get(JAVA_SHORT, Structs.offset(Structs.POLLFD, "revents"));
        } catch (Throwable thrown) {
            throw Native.unexpected(thrown);
        }
    }

    /**
     * Reads what a driver reports. Blocks while there is nothing, unless the node was opened otherwise.
     *
     * @param fd the descriptor
     * @param target where to
     * @return how many bytes, or the negated error number
     */
    public static long read(int fd, MemorySegment target) {
        MemorySegment capture = Native.capture();
        try {
            return Native.result((long) READ.invokeExact(capture, fd, target, target.byteSize()), capture);
        } catch (Throwable thrown) {
            throw Native.unexpected(thrown);
        }
    }
}
