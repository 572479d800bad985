package io.github.dmabuf4j.linux.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Unix sockets that keep message borders (SOCK_SEQPACKET). Every socket made here is closed on exec and never blocks:
 * where a call would have to wait, it answers EAGAIN.
 */
public final class Sockets {
    /** The longest path of a socket, in bytes: the address has room for it and a zero. */
    public static final int MAX_PATH_BYTES = 107;

    private static final MethodHandle SOCKET =
            Native.function("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle SOCKETPAIR =
            Native.function("socketpair", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle BIND =
            Native.function("bind", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle CONNECT =
            Native.function("connect", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle LISTEN =
            Native.function("listen", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle ACCEPT4 =
            Native.function("accept4", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT));
    private static final MethodHandle SHUTDOWN =
            Native.function("shutdown", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle GETSOCKOPT = Native.function(
            "getsockopt", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle SETSOCKOPT = Native.function(
            "setsockopt", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle SENDMSG =
            Native.function("sendmsg", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle RECVMSG =
            Native.function("recvmsg", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));

    private static final int TYPE = Constants.SOCK_SEQPACKET | Constants.SOCK_CLOEXEC | Constants.SOCK_NONBLOCK;

    private Sockets() {}

    /**
     * Makes an unconnected socket.
     *
     * @return the descriptor or the negated error number
     */
    public static int socket() {
        MemorySegment capture = Native.capture();
        try {
            return Native.result((int) SOCKET.invokeExact(capture, Constants.AF_UNIX, TYPE, 0), capture);
        } catch (Throwable thrown) {
            throw Native.unexpected(thrown);
        }
    }

    /**
     * Makes two connected sockets.
     *
     * @param pair receives the two descriptors
     * @return 0 or the negated error number
     */
    public static int socketpair(int[] pair) {
        MemorySegment capture = Native.capture();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment answer = arena.allocate(JAVA_INT, 2);
            int result =
                    Native.result((int) SOCKETPAIR.invokeExact(capture, Constants.AF_UNIX, TYPE, 0, answer), capture);
            pair[0] = answer.getAtIndex(JAVA_INT, 0);
            pair[1] = answer.getAtIndex(JAVA_INT, 1);
            return result;
        } catch (Throwable thrown) {
            throw Native.unexpected(thrown);
        }
    }

    /**
     * Gives a socket its path.
     *
     * @param fd the socket
     * @param path the path in the file system's own bytes, at most {@link #MAX_PATH_BYTES}
     * @return 0 or the negated error number
     */
    public static int bind(int fd, byte[] path) {
        MemorySegment capture = Native.capture();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = address(path, arena);
            return Native.result((int) BIND.invokeExact(capture, fd, address, (int) address.byteSize()), capture);
        } catch (Throwable thrown) {
            throw Native.unexpected(thrown);
        }
    }

    /**
     * Connects a socket to a listening one.
     *
     * @param fd the socket
     * @param path the path of the other, at most {@link #MAX_PATH_BYTES}
     * @return 0 or the negated error number; EAGAIN when the listener's queue is full
     */
    public static int connect(int fd, byte[] path) {
        MemorySegment capture = Native.capture();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = address(path, arena);
            return Native.result((int) CONNECT.invokeExact(capture, fd, address, (int) address.byteSize()), capture);
        } catch (Throwable thrown) {
            throw Native.unexpected(thrown);
        }
    }

    private static MemorySegment address(byte[] path, Arena arena) {
        if (path.length > MAX_PATH_BYTES) {
            throw new IllegalArgumentException("a socket path has at most " + MAX_PATH_BYTES + " bytes");
        }
        MemorySegment address = arena.allocate(Structs.SOCKADDR_UN);
        address.set(
                ValueLayout.JAVA_SHORT, Structs.offset(Structs.SOCKADDR_UN, "sun_family"), (short) Constants.AF_UNIX);
        MemorySegment.copy(
                path, 0, address, ValueLayout.JAVA_BYTE, Structs.offset(Structs.SOCKADDR_UN, "sun_path"), path.length);
        return address;
    }

    /**
     * Lets a bound socket be connected to.
     *
     * @param fd the socket
     * @param backlog how many connections may wait to be accepted
     * @return 0 or the negated error number
     */
    public static int listen(int fd, int backlog) {
        MemorySegment capture = Native.capture();
        try {
            return Native.result((int) LISTEN.invokeExact(capture, fd, backlog), capture);
        } catch (Throwable thrown) {
            throw Native.unexpected(thrown);
        }
    }

    /**
     * Takes one waiting connection.
     *
     * @param fd the listening socket
     * @return the descriptor of the connection or the negated error number
     */
    public static int accept(int fd) {
        MemorySegment capture = Native.capture();
        try {
            return Native.result(
                    (int) ACCEPT4.invokeExact(
                            capture,
                            fd,
                            MemorySegment.NULL,
                            MemorySegment.NULL,
                            Constants.SOCK_CLOEXEC | Constants.SOCK_NONBLOCK),
                    capture);
        } catch (Throwable thrown) {
            throw Native.unexpected(thrown);
        }
    }

    /**
     * Ends both directions of a connection.
     *
     * @param fd the socket
     * @return 0 or the negated error number
     */
    public static int shutdown(int fd) {
        MemorySegment capture = Native.capture();
        try {
            return Native.result((int) SHUTDOWN.invokeExact(capture, fd, Constants.SHUT_RDWR), capture);
        } catch (Throwable thrown) {
            throw Native.unexpected(thrown);
        }
    }

    /**
     * Lets the kernel attach the sender's credentials to every message that this socket receives.
     *
     * @param fd the socket
     * @param on whether to
     * @return 0 or the negated error number
     */
    public static int passCredentials(int fd, boolean on) {
        return setOption(fd, Constants.SO_PASSCRED, on ? 1 : 0);
    }

    /**
     * Asks for room for messages that were sent and not yet received; the kernel may give less.
     *
     * @param fd the socket
     * @param bytes how much
     * @return 0 or the negated error number
     */
    public static int sendBuffer(int fd, int bytes) {
        return setOption(fd, Constants.SO_SNDBUF, bytes);
    }

    private static int setOption(int fd, int option, int value) {
        MemorySegment capture = Native.capture();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment argument = arena.allocateFrom(JAVA_INT, value);
            return Native.result(
                    (int) SETSOCKOPT.invokeExact(
                            capture, fd, Constants.SOL_SOCKET, option, argument, (int) JAVA_INT.byteSize()),
                    capture);
        } catch (Throwable thrown) {
            throw Native.unexpected(thrown);
        }
    }

    /**
     * Who was at the other end when the connection was made.
     *
     * @param fd the socket
     * @param credentials receives process, user and group number in this order
     * @return 0 or the negated error number
     */
    public static int peerCredentials(int fd, int[] credentials) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment answer = arena.allocate(Structs.UCRED);
            int result = getOption(fd, Constants.SO_PEERCRED, answer);
            readCredentials(answer, credentials);
            return result;
        }
    }

    /**
     * A descriptor of the process at the other end; needs Linux 6.5.
     *
     * @param fd the socket
     * @return the descriptor or the negated error number; ENOPROTOOPT (92) on older kernels
     */
    public static int peerPidfd(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment answer = arena.allocate(JAVA_INT);
            int result = getOption(fd, Constants.SO_PEERPIDFD, answer);
            return result < 0 ? result : answer.get(JAVA_INT, 0);
        }
    }

    private static int getOption(int fd, int option, MemorySegment answer) {
        MemorySegment capture = Native.capture();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment length = arena.allocateFrom(JAVA_INT, (int) answer.byteSize());
            return Native.result(
                    (int) GETSOCKOPT.invokeExact(capture, fd, Constants.SOL_SOCKET, option, answer, length), capture);
        } catch (Throwable thrown) {
            throw Native.unexpected(thrown);
        }
    }

    static void readCredentials(MemorySegment ucred, int[] credentials) {
        credentials[0] = ucred.get(JAVA_INT, Structs.offset(Structs.UCRED, "pid"));
        credentials[1] = ucred.get(JAVA_INT, Structs.offset(Structs.UCRED, "uid"));
        credentials[2] = ucred.get(JAVA_INT, Structs.offset(Structs.UCRED, "gid"));
    }

    /**
     * Sends one message, without SIGPIPE.
     *
     * @param fd the socket
     * @param message the message
     * @return the number of bytes sent, which is all of them, or the negated error number
     */
    public static long send(int fd, SocketMessage message) {
        MemorySegment capture = Native.capture();
        try {
            return Native.result(
                    (long) SENDMSG.invokeExact(
                            capture, fd, message.header(), Constants.MSG_NOSIGNAL | Constants.MSG_DONTWAIT),
                    capture);
        } catch (Throwable thrown) {
            throw Native.unexpected(thrown);
        }
    }

    /**
     * Receives one message. Descriptors that come with it are closed on exec and belong to the caller.
     *
     * @param fd the socket
     * @param message receives the message
     * @return the number of bytes received, 0 at the end of the stream, or the negated error number
     */
    public static long receive(int fd, SocketMessage message) {
        MemorySegment capture = Native.capture();
        try {
            return Native.result(
                    (long) RECVMSG.invokeExact(
                            capture, fd, message.header(), Constants.MSG_CMSG_CLOEXEC | Constants.MSG_DONTWAIT),
                    capture);
        } catch (Throwable thrown) {
            throw Native.unexpected(thrown);
        }
    }
}
