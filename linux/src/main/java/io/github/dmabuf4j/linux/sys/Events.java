package io.github.dmabuf4j.linux.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Readiness of descriptors: eventfd, epoll and poll. */
public final class Events {
    /** Something can be read, or the other end is gone. */
    public static final int IN = Constants.EPOLLIN;
    /** Something can be written, or the other end is gone. */
    public static final int OUT = Constants.EPOLLOUT;

    private static final MethodHandle EVENTFD =
            Native.function("eventfd", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle READ =
            Native.function("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle WRITE =
            Native.function("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle EPOLL_CREATE1 =
            Native.function("epoll_create1", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle EPOLL_CTL =
            Native.function("epoll_ctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle EPOLL_WAIT =
            Native.function("epoll_wait", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
    private static final MethodHandle POLL =
            Native.function("poll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));

    private Events() {}

    /**
     * Makes a counter that can be polled; closed on exec, never blocking.
     *
     * @return the descriptor or the negated error number
     */
    public static int eventfd() {
        MemorySegment capture = Native.capture();
        try {
            return Native.result(
                    (int) EVENTFD.invokeExact(capture, 0, Constants.EFD_CLOEXEC | Constants.EFD_NONBLOCK), capture);
        } catch (Throwable thrown) {
            throw Native.unexpected(thrown);
        }
    }

    /**
     * Adds one to an eventfd.
     *
     * @param fd the eventfd
     * @return 8 or the negated error number
     */
    public static long addEvent(int fd) {
        MemorySegment capture = Native.capture();
        try (Arena arena = Arena.ofConfined()) {
            return Native.result((long) WRITE.invokeExact(capture, fd, arena.allocateFrom(JAVA_LONG, 1L), 8L), capture);
        } catch (Throwable thrown) {
            throw Native.unexpected(thrown);
        }
    }

    /**
     * Sets an eventfd back to zero.
     *
     * @param fd the eventfd
     * @return 8 or the negated error number; EAGAIN if it was zero
     */
    public static long takeEvents(int fd) {
        MemorySegment capture = Native.capture();
        try (Arena arena = Arena.ofConfined()) {
            return Native.result((long) READ.invokeExact(capture, fd, arena.allocate(JAVA_LONG), 8L), capture);
        } catch (Throwable thrown) {
            throw Native.unexpected(thrown);
        }
    }

    /**
     * Takes the count of an eventfd and sets it back to zero.
     *
     * @param fd the eventfd
     * @return the count; 0 if nothing was counted
     */
    public static long takeCount(int fd) {
        MemorySegment capture = Native.capture();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment count = arena.allocate(JAVA_LONG);
            long result = Native.result((long) READ.invokeExact(capture, fd, count, 8L), capture);
            return result == 8 ? count.get(JAVA_LONG, 0) : 0;
        } catch (Throwable thrown) {
            throw Native.unexpected(thrown);
        }
    }

    /**
     * Makes an epoll set, closed on exec.
     *
     * @return the descriptor or the negated error number
     */
    public static int epollCreate() {
        MemorySegment capture = Native.capture();
        try {
            return Native.result((int) EPOLL_CREATE1.invokeExact(capture, Constants.EPOLL_CLOEXEC), capture);
        } catch (Throwable thrown) {
            throw Native.unexpected(thrown);
        }
    }

    /**
     * Adds a descriptor to an epoll set, level-triggered.
     *
     * @param epoll the set
     * @param fd the descriptor
     * @param events {@link #IN}, {@link #OUT} or both
     * @param token what the set answers when the descriptor is ready
     * @return 0 or the negated error number
     */
    public static int epollAdd(int epoll, int fd, int events, long token) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment event = arena.allocate(Structs.EPOLL_EVENT.byteSize(), 8);
            event.set(JAVA_INT, 0, events);
            event.set(JAVA_LONG_UNALIGNED, Architecture.CURRENT.epollDataOffset, token);
            return epollControl(epoll, Constants.EPOLL_CTL_ADD, fd, event);
        }
    }

    /**
     * Takes a descriptor out of an epoll set. Its token may still be in an answer that another thread is reading.
     *
     * @param epoll the set
     * @param fd the descriptor, still open
     * @return 0 or the negated error number
     */
    public static int epollRemove(int epoll, int fd) {
        return epollControl(epoll, Constants.EPOLL_CTL_DEL, fd, MemorySegment.NULL);
    }

    private static int epollControl(int epoll, int operation, int fd, MemorySegment event) {
        MemorySegment capture = Native.capture();
        try {
            return Native.result((int) EPOLL_CTL.invokeExact(capture, epoll, operation, fd, event), capture);
        } catch (Throwable thrown) {
            throw Native.unexpected(thrown);
        }
    }

    /**
     * Waits without limit until descriptors of an epoll set are ready. Blocks; never on a virtual thread.
     *
     * @param epoll the set
     * @param tokens receives the tokens of ready descriptors
     * @return how many tokens there are, or the negated error number; EINTR when a signal came
     */
    public static int epollWait(int epoll, long[] tokens) {
        MemorySegment capture = Native.capture();
        long size = Structs.EPOLL_EVENT.byteSize();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment events = arena.allocate(size * tokens.length, 8);
            int result =
                    Native.result((int) EPOLL_WAIT.invokeExact(capture, epoll, events, tokens.length, -1), capture);
            for (int i = 0; i < result; i++) {
                tokens[i] = events.get(JAVA_LONG_UNALIGNED, i * size + Architecture.CURRENT.epollDataOffset);
            }
            return result;
        } catch (Throwable thrown) {
            throw Native.unexpected(thrown);
        }
    }

    /**
     * Whether a descriptor can be read now.
     *
     * @param fd the descriptor
     * @return 1 if it can be read or its other end is gone, 0 if not, or the negated error number
     */
    public static int isReadable(int fd) {
        MemorySegment capture = Native.capture();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment poll = arena.allocate(Structs.POLLFD);
            poll.set(JAVA_INT, Structs.offset(Structs.POLLFD, "fd"), fd);
            poll.set(JAVA_SHORT, Structs.offset(Structs.POLLFD, "events"), (short) Constants.POLLIN);
            return Native.result((int) POLL.invokeExact(capture, poll, 1L, 0), capture);
        } catch (Throwable thrown) {
            throw Native.unexpected(thrown);
        }
    }
}
