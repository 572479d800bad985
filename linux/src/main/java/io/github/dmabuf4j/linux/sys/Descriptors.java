package io.github.dmabuf4j.linux.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** File descriptors and the files behind them: memfd_create, ftruncate, fallocate, fcntl, statx, close. */
public final class Descriptors {
    private static final MethodHandle CLOSE = Native.function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle MEMFD_CREATE =
            Native.function("memfd_create", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle FTRUNCATE =
            Native.function("ftruncate", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle FALLOCATE =
            Native.function("fallocate", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle FCNTL =
            Native.variadic("fcntl", 2, FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle STATX =
            Native.function("statx", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle FSTATFS =
            Native.function("fstatfs", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle FCHMOD =
            Native.function("fchmod", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));

    private Descriptors() {}

    /**
     * Closes a descriptor. On Linux the descriptor is gone whatever the answer is, so the call is never repeated.
     *
     * @param fd the descriptor
     * @return 0 or the negated error number
     */
    public static int close(int fd) {
        MemorySegment capture = Native.capture();
        try {
            return Native.result((int) CLOSE.invokeExact(capture, fd), capture);
        } catch (Throwable thrown) {
            throw Native.unexpected(thrown);
        }
    }

    /**
     * Makes an empty memory file that is closed on exec and may be sealed.
     *
     * @param name what {@code /proc/PID/fd} shows, at most 249 bytes
     * @param noExecSeal whether the file is also sealed against being executed, which needs Linux 6.3
     * @return the new descriptor or the negated error number
     */
    public static int memfdCreate(String name, boolean noExecSeal) {
        int flags = Constants.MFD_CLOEXEC | Constants.MFD_ALLOW_SEALING | (noExecSeal ? Constants.MFD_NOEXEC_SEAL : 0);
        MemorySegment capture = Native.capture();
        try (Arena arena = Arena.ofConfined()) {
            return Native.result((int) MEMFD_CREATE.invokeExact(capture, arena.allocateFrom(name), flags), capture);
        } catch (Throwable thrown) {
            throw Native.unexpected(thrown);
        }
    }

    /**
     * Sets the size of a file.
     *
     * @param fd the file
     * @param size bytes
     * @return 0 or the negated error number
     */
    public static int ftruncate(int fd, long size) {
        MemorySegment capture = Native.capture();
        try {
            return Native.result((int) FTRUNCATE.invokeExact(capture, fd, size), capture);
        } catch (Throwable thrown) {
            throw Native.unexpected(thrown);
        }
    }

    /**
     * Reserves the memory or disk space of the first bytes of a file, so that a later write to a mapping of it cannot
     * fail. May take milliseconds for large files.
     *
     * @param fd the file
     * @param size bytes
     * @return 0 or the negated error number
     */
    public static int fallocate(int fd, long size) {
        MemorySegment capture = Native.capture();
        try {
            return Native.result((int) FALLOCATE.invokeExact(capture, fd, 0, 0L, size), capture);
        } catch (Throwable thrown) {
            throw Native.unexpected(thrown);
        }
    }

    private static int fcntl(int fd, int command, int argument) {
        MemorySegment capture = Native.capture();
        try {
            return Native.result((int) FCNTL.invokeExact(capture, fd, command, argument), capture);
        } catch (Throwable thrown) {
            throw Native.unexpected(thrown);
        }
    }

    /**
     * Adds seals to a memory file.
     *
     * @param fd the file
     * @param seals the {@link Seals}, or-ed
     * @return 0 or the negated error number
     */
    public static int addSeals(int fd, int seals) {
        return fcntl(fd, Constants.F_ADD_SEALS, seals);
    }

    /**
     * The seals of a file.
     *
     * @param fd the file
     * @return the {@link Seals}, or-ed, or the negated error number: EINVAL for a file that cannot have seals
     */
    public static int getSeals(int fd) {
        return fcntl(fd, Constants.F_GET_SEALS, 0);
    }

    /**
     * Another descriptor for the same open file, closed on exec.
     *
     * @param fd the descriptor
     * @return the new descriptor or the negated error number
     */
    public static int duplicate(int fd) {
        return fcntl(fd, Constants.F_DUPFD_CLOEXEC, 0);
    }

    /**
     * The flags that a descriptor has of its own; also the cheapest question whether it is open.
     *
     * @param fd the descriptor
     * @return the flags or the negated error number
     */
    public static int descriptorFlags(int fd) {
        return fcntl(fd, Constants.F_GETFD, 0);
    }

    /**
     * How a file was opened.
     *
     * @param fd the descriptor
     * @return 1 if it may be read and written, 0 if not, or the negated error number
     */
    public static int isReadWrite(int fd) {
        int flags = fcntl(fd, Constants.F_GETFL, 0);
        return flags < 0 ? flags : (flags & Constants.O_ACCMODE) == Constants.O_RDWR ? 1 : 0;
    }

    /**
     * Asks what a descriptor is, by {@code statx} because its layout is the same on every processor.
     *
     * @param fd the descriptor
     * @param status receives the answer
     * @return 0 or the negated error number
     */
    public static int status(int fd, FileStatus status) {
        return statx(fd, "", Constants.AT_EMPTY_PATH, status);
    }

    /**
     * Asks what a path names, without following a symbolic link at its end.
     *
     * @param path the path
     * @param status receives the answer
     * @return 0 or the negated error number
     */
    public static int status(String path, FileStatus status) {
        return statx(Constants.AT_FDCWD, path, Constants.AT_SYMLINK_NOFOLLOW, status);
    }

    private static int statx(int fd, String path, int flags, FileStatus status) {
        MemorySegment capture = Native.capture();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment answer = arena.allocate(Structs.STATX);
            int result = Native.result(
                    (int) STATX.invokeExact(
                            capture, fd, arena.allocateFrom(path), flags, Constants.STATX_BASIC_STATS, answer),
                    capture);
            if (result == 0) {
                status.read(answer);
            }
            return result;
        } catch (Throwable thrown) {
            throw Native.unexpected(thrown);
        }
    }

    /**
     * Whether a file lives in shared memory with pages of the normal size (tmpfs), which is where memfds live.
     *
     * @param fd the file
     * @return 1 if so, 0 if not, or the negated error number
     */
    public static int isSharedMemory(int fd) {
        return livesOn(fd, Constants.TMPFS_MAGIC);
    }

    /**
     * Whether a descriptor is a dma-buf: the only files that live on the file system of that name.
     *
     * @param fd the descriptor
     * @return 1 if so, 0 if not, or the negated error number
     */
    public static int isDmaBuf(int fd) {
        return livesOn(fd, Constants.DMA_BUF_MAGIC);
    }

    private static int livesOn(int fd, long fileSystem) {
        MemorySegment capture = Native.capture();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment answer = arena.allocate(Structs.STATFS);
            int result = Native.result((int) FSTATFS.invokeExact(capture, fd, answer), capture);
            if (result < 0) {
                return result;
            }
            return answer.get(JAVA_LONG, Structs.offset(Structs.STATFS, "f_type")) == fileSystem ? 1 : 0;
        } catch (Throwable thrown) {
            throw Native.unexpected(thrown);
        }
    }

    /**
     * Sets the permission bits of a file. On a Unix socket that is not yet bound, they become those of its path.
     *
     * @param fd the file
     * @param mode the bits, such as 0600 in octal
     * @return 0 or the negated error number
     */
    public static int fchmod(int fd, int mode) {
        MemorySegment capture = Native.capture();
        try {
            return Native.result((int) FCHMOD.invokeExact(capture, fd, mode), capture);
        } catch (Throwable thrown) {
            throw Native.unexpected(thrown);
        }
    }
}
