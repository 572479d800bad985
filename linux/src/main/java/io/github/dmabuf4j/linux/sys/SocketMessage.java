package io.github.dmabuf4j.linux.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import org.jspecify.annotations.Nullable;

/**
 * One message on a Unix socket with what travels beside it: a {@code struct msghdr} and the memory it points to.
 *
 * <pre>
 *  msghdr ──▶ iovec ──▶ bytes
 *         ──▶ cmsghdr SCM_RIGHTS       fd fd fd ...
 *             cmsghdr SCM_CREDENTIALS  pid uid gid      (received only)
 * </pre>
 *
 * <p>Lives as long as the allocator's memory and is used by one thread.
 */
public final class SocketMessage {
    /** The most descriptors that the kernel takes in one message (SCM_MAX_FD). */
    public static final int MAX_FDS = 253;

    private static final long CMSG_HEADER = Structs.CMSGHDR.byteSize();
    private static final long CONTROL_BYTES =
            align(CMSG_HEADER + 4L * MAX_FDS) + align(CMSG_HEADER + Structs.UCRED.byteSize());

    private final MemorySegment header;
    private final MemorySegment control;
    private final MemorySegment bytes;

    private SocketMessage(SegmentAllocator allocator, MemorySegment bytes, long controlBytes) {
        this.bytes = bytes;
        MemorySegment vector = allocator.allocate(Structs.IOVEC);
        vector.set(JAVA_LONG, Structs.offset(Structs.IOVEC, "iov_base"), bytes.address());
        vector.set(JAVA_LONG, Structs.offset(Structs.IOVEC, "iov_len"), bytes.byteSize());
        header = allocator.allocate(Structs.MSGHDR);
        header.set(JAVA_LONG, Structs.offset(Structs.MSGHDR, "msg_iov"), vector.address());
        header.set(JAVA_LONG, Structs.offset(Structs.MSGHDR, "msg_iovlen"), 1);
        control = allocator.allocate(controlBytes, 8);
        if (controlBytes > 0) {
            header.set(JAVA_LONG, Structs.offset(Structs.MSGHDR, "msg_control"), control.address());
            header.set(JAVA_LONG, Structs.offset(Structs.MSGHDR, "msg_controllen"), controlBytes);
        }
    }

    /**
     * A message to be sent.
     *
     * @param allocator gives the memory of the headers
     * @param bytes native memory with the bytes to send, at least one
     * @param fds the descriptors to send along, at most {@link #MAX_FDS}
     * @return the message
     */
    public static SocketMessage toSend(SegmentAllocator allocator, MemorySegment bytes, int[] fds) {
        if (fds.length == 0) {
            return new SocketMessage(allocator, bytes, 0);
        }
        long length = CMSG_HEADER + 4L * fds.length;
        SocketMessage message = new SocketMessage(allocator, bytes, align(length));
        MemorySegment control = message.control;
        control.set(JAVA_LONG, Structs.offset(Structs.CMSGHDR, "cmsg_len"), length);
        control.set(JAVA_INT, Structs.offset(Structs.CMSGHDR, "cmsg_level"), Constants.SOL_SOCKET);
        control.set(JAVA_INT, Structs.offset(Structs.CMSGHDR, "cmsg_type"), Constants.SCM_RIGHTS);
        MemorySegment.copy(fds, 0, control, JAVA_INT, CMSG_HEADER, fds.length);
        return message;
    }

    /**
     * A message to be received into, with room for as many descriptors as there can be.
     *
     * @param allocator gives the memory of the headers
     * @param bytes native memory for the bytes
     * @return the message
     */
    public static SocketMessage toReceive(SegmentAllocator allocator, MemorySegment bytes) {
        return new SocketMessage(allocator, bytes, CONTROL_BYTES);
    }

    MemorySegment header() {
        return header;
    }

    /**
     * The bytes.
     *
     * @return the memory given at the beginning
     */
    public MemorySegment bytes() {
        return bytes;
    }

    /**
     * Whether a received message was longer than the memory for it.
     *
     * @return true if bytes were lost
     */
    public boolean isTruncated() {
        return (flags() & Constants.MSG_TRUNC) != 0;
    }

    /**
     * Whether something that came beside a received message was lost: the limit of open files was reached, or a security
     * rule forbade a descriptor.
     *
     * @return true if the descriptors are not all there
     */
    public boolean isControlTruncated() {
        return (flags() & Constants.MSG_CTRUNC) != 0;
    }

    private int flags() {
        return header.get(JAVA_INT, Structs.offset(Structs.MSGHDR, "msg_flags"));
    }

    /**
     * The descriptors that came with a received message.
     *
     * @return the descriptors, open, owned by the caller
     */
    public int[] receivedFds() {
        int[] fds = new int[0];
        for (long at = first(); at >= 0; at = next(at)) {
            if (type(at) == Constants.SCM_RIGHTS) {
                int before = fds.length;
                int count = (int) ((length(at) - CMSG_HEADER) / 4);
                fds = java.util.Arrays.copyOf(fds, before + count);
                MemorySegment.copy(control, JAVA_INT, at + CMSG_HEADER, fds, before, count);
            }
        }
        return fds;
    }

    /**
     * The credentials that the kernel attached to a received message.
     *
     * @return process, user and group number in this order, or null if there are none
     */
    public int @Nullable [] receivedCredentials() {
        for (long at = first(); at >= 0; at = next(at)) {
            if (type(at) == Constants.SCM_CREDENTIALS) {
                int[] credentials = new int[3];
                Sockets.readCredentials(control.asSlice(at + CMSG_HEADER, Structs.UCRED.byteSize()), credentials);
                return credentials;
            }
        }
        return null;
    }

    // The counterparts of CMSG_FIRSTHDR, CMSG_NXTHDR and CMSG_ALIGN; -1 for none.

    private long first() {
        return used() >= CMSG_HEADER ? 0 : -1;
    }

    private long next(long at) {
        long next = at + align(length(at));
        return next + CMSG_HEADER <= used() ? next : -1;
    }

    private long used() {
        return header.get(JAVA_LONG, Structs.offset(Structs.MSGHDR, "msg_controllen"));
    }

    private long length(long at) {
        return control.get(JAVA_LONG, at + Structs.offset(Structs.CMSGHDR, "cmsg_len"));
    }

    private int type(long at) {
        int level = control.get(JAVA_INT, at + Structs.offset(Structs.CMSGHDR, "cmsg_level"));
        return level == Constants.SOL_SOCKET
                ? control.get(JAVA_INT, at + Structs.offset(Structs.CMSGHDR, "cmsg_type"))
                : -1;
    }

    private static long align(long length) {
        return (length + 7) & ~7L;
    }
}
