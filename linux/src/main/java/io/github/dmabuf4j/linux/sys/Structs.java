package io.github.dmabuf4j.linux.sys;

import static java.lang.foreign.MemoryLayout.paddingLayout;
import static java.lang.foreign.MemoryLayout.sequenceLayout;
import static java.lang.foreign.MemoryLayout.structLayout;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.StructLayout;
import java.util.List;

/**
 * The C structures that cross the border, with the names of their members; compared with the headers by a test.
 *
 * <p>Pointers and {@code size_t} are laid out as 64-bit numbers: both supported processors have 64 bits, and addresses
 * are written as numbers.
 */
final class Structs {
    static final StructLayout TIMESPEC = structLayout(JAVA_LONG.withName("tv_sec"), JAVA_LONG.withName("tv_nsec"))
            .withName("timespec");

    static final StructLayout FUTEX_WAITV = structLayout(
                    JAVA_LONG.withName("val"),
                    JAVA_LONG.withName("uaddr"),
                    JAVA_INT.withName("flags"),
                    JAVA_INT.withName("__reserved"))
            .withName("futex_waitv");

    static final StructLayout STATX = structLayout(
                    JAVA_INT.withName("stx_mask"),
                    JAVA_INT.withName("stx_blksize"),
                    JAVA_LONG.withName("stx_attributes"),
                    JAVA_INT.withName("stx_nlink"),
                    JAVA_INT.withName("stx_uid"),
                    JAVA_INT.withName("stx_gid"),
                    JAVA_SHORT.withName("stx_mode"),
                    paddingLayout(2),
                    JAVA_LONG.withName("stx_ino"),
                    JAVA_LONG.withName("stx_size"),
                    JAVA_LONG.withName("stx_blocks"),
                    paddingLayout(72),
                    JAVA_INT.withName("stx_rdev_major"),
                    JAVA_INT.withName("stx_rdev_minor"),
                    JAVA_INT.withName("stx_dev_major"),
                    JAVA_INT.withName("stx_dev_minor"),
                    paddingLayout(112))
            .withName("statx");

    static final StructLayout STATFS =
            structLayout(JAVA_LONG.withName("f_type"), paddingLayout(112)).withName("statfs");

    static final StructLayout SOCKADDR_UN = structLayout(
                    JAVA_SHORT.withName("sun_family"),
                    sequenceLayout(108, JAVA_BYTE).withName("sun_path"))
            .withName("sockaddr_un");

    static final StructLayout IOVEC = structLayout(JAVA_LONG.withName("iov_base"), JAVA_LONG.withName("iov_len"))
            .withName("iovec");

    static final StructLayout MSGHDR = structLayout(
                    JAVA_LONG.withName("msg_name"),
                    JAVA_INT.withName("msg_namelen"),
                    paddingLayout(4),
                    JAVA_LONG.withName("msg_iov"),
                    JAVA_LONG.withName("msg_iovlen"),
                    JAVA_LONG.withName("msg_control"),
                    JAVA_LONG.withName("msg_controllen"),
                    JAVA_INT.withName("msg_flags"),
                    paddingLayout(4))
            .withName("msghdr");

    static final StructLayout CMSGHDR = structLayout(
                    JAVA_LONG.withName("cmsg_len"), JAVA_INT.withName("cmsg_level"), JAVA_INT.withName("cmsg_type"))
            .withName("cmsghdr");

    static final StructLayout UCRED = structLayout(
                    JAVA_INT.withName("pid"), JAVA_INT.withName("uid"), JAVA_INT.withName("gid"))
            .withName("ucred");

    static final StructLayout POLLFD = structLayout(
                    JAVA_INT.withName("fd"), JAVA_SHORT.withName("events"), JAVA_SHORT.withName("revents"))
            .withName("pollfd");

    static final StructLayout RLIMIT = structLayout(JAVA_LONG.withName("rlim_cur"), JAVA_LONG.withName("rlim_max"))
            .withName("rlimit");

    /** Packed on x86-64 and nowhere else. */
    static final StructLayout EPOLL_EVENT = Architecture.CURRENT.epollDataOffset == 4
            ? structLayout(
                            JAVA_INT.withName("events"),
                            JAVA_LONG.withByteAlignment(4).withName("data"))
                    .withName("epoll_event")
            : structLayout(JAVA_INT.withName("events"), paddingLayout(4), JAVA_LONG.withName("data"))
                    .withName("epoll_event");

    static final List<StructLayout> ALL = List.of(
            TIMESPEC,
            FUTEX_WAITV,
            STATX,
            STATFS,
            SOCKADDR_UN,
            IOVEC,
            MSGHDR,
            CMSGHDR,
            UCRED,
            POLLFD,
            RLIMIT,
            EPOLL_EVENT);

    private Structs() {}

    /** Where a member begins. */
    static long offset(MemoryLayout struct, String member) {
        return struct.byteOffset(PathElement.groupElement(member));
    }
}
