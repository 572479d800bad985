package io.github.dmabuf4j.linux.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;

/** What {@code statx} tells about a file: filled by {@link Descriptors#status(int, FileStatus)}. */
public final class FileStatus {
    private int mode;
    private long inode;
    private long size;
    private long device;

    /** An empty answer, to be filled. */
    public FileStatus() {}

    void read(MemorySegment answer) {
        mode = Short.toUnsignedInt(answer.get(JAVA_SHORT, Structs.offset(Structs.STATX, "stx_mode")));
        inode = answer.get(JAVA_LONG, Structs.offset(Structs.STATX, "stx_ino"));
        size = answer.get(JAVA_LONG, Structs.offset(Structs.STATX, "stx_size"));
        device = ((long) answer.get(JAVA_INT, Structs.offset(Structs.STATX, "stx_dev_major")) << 32)
                | Integer.toUnsignedLong(answer.get(JAVA_INT, Structs.offset(Structs.STATX, "stx_dev_minor")));
    }

    /**
     * Whether this is an ordinary file: not a directory, device, pipe or socket.
     *
     * @return true for a regular file
     */
    public boolean isRegular() {
        return (mode & Constants.S_IFMT) == Constants.S_IFREG;
    }

    /**
     * Whether this is a socket.
     *
     * @return true for a socket
     */
    public boolean isSocket() {
        return (mode & Constants.S_IFMT) == Constants.S_IFSOCK;
    }

    /**
     * The number of the file within its file system.
     *
     * @return the inode number
     */
    public long inode() {
        return inode;
    }

    /**
     * The size of the file.
     *
     * @return bytes
     */
    public long size() {
        return size;
    }

    /**
     * Whether two answers are about the same file.
     *
     * @param other the other answer
     * @return true if device and inode are equal
     */
    public boolean isSameFile(FileStatus other) {
        return device == other.device && inode == other.inode;
    }
}
