package io.github.dmabuf4j.linux;

import io.github.dmabuf4j.linux.sys.FileStatus;
import io.github.dmabuf4j.linux.sys.Mappings;
import io.github.dmabuf4j.linux.sys.Seals;
import io.github.dmabuf4j.memory.Pages;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A memory file, or a part of one, mapped into this process: pages that another process can map too.
 *
 * <p>The mapping is made once and stays until {@link #close}; a lease is a view of it and costs no system call. The file
 * cannot shrink, so no access through a lease can fail.
 *
 * <p>All methods may be called from any thread.
 */
public final class MemfdPages implements Pages {
    private final BorrowedFd fd;
    private final @Nullable OwnedFd owned;
    private final long address;
    private final long offset;
    private final long size;
    private final long inode;
    private final boolean writable;
    private final AtomicBoolean closed = new AtomicBoolean();

    private MemfdPages(
            BorrowedFd fd,
            @Nullable OwnedFd owned,
            long address,
            long offset,
            long size,
            long inode,
            boolean writable) {
        this.fd = fd;
        this.owned = owned;
        this.address = address;
        this.offset = offset;
        this.size = size;
        this.inode = inode;
        this.writable = writable;
    }

    static MemfdPages create(long size, String label) throws IOException {
        OwnedFd fd = Memfd.create(label, size);
        try {
            Memfd.seal(fd, Seals.SHRINK | Seals.GROW | Seals.SEAL);
            long inode = Memfd.status(fd.borrow()).inode();
            long address = Memfd.map(fd.borrow(), 0, size, true);
            return new MemfdPages(fd.borrow(), fd, address, 0, size, inode, true);
        } catch (IOException | RuntimeException e) {
            fd.close();
            throw e;
        }
    }

    /**
     * Maps a memory file that somebody else made, from its beginning, after checking that no access can ever fail.
     *
     * @param fd the file; owned by the result, and closed if this method throws
     * @param expectedSize how many bytes to map, rounded up to whole pages; the file is at least as large
     * @param writable whether to map it for writing
     * @return the pages
     * @throws UnsafeDescriptorException if the descriptor is no memfd, can shrink, is too small, or cannot be written
     *     although it should
     * @throws SystemCallException if the kernel refuses the mapping
     */
    public static MemfdPages adopt(OwnedFd fd, long expectedSize, boolean writable) throws IOException {
        return adopt(fd, 0, expectedSize, writable);
    }

    /**
     * Maps a part of a memory file that somebody else made, after checking that no access can ever fail.
     *
     * @param fd the file; owned by the result, and closed if this method throws
     * @param offset where the part begins in the file, in bytes; a multiple of the page size
     * @param expectedSize how many bytes to map, rounded up to whole pages; the file is at least as large
     * @param writable whether to map it for writing
     * @return the pages
     * @throws UnsafeDescriptorException if the descriptor is no memfd, can shrink, is too small, or cannot be written
     *     although it should
     * @throws SystemCallException if the kernel refuses the mapping
     */
    public static MemfdPages adopt(OwnedFd fd, long offset, long expectedSize, boolean writable) throws IOException {
        try {
            return map(fd.borrow(), fd, offset, expectedSize, writable);
        } catch (IOException | RuntimeException e) {
            fd.close();
            throw e;
        }
    }

    /**
     * Maps a memory file that stays somebody else's descriptor, from its beginning, after the same checks. The mapping does not need the
     * descriptor any more; only {@link #fd()} does.
     *
     * @param fd the file; its owner keeps it open for as long as somebody asks for {@link #fd()}
     * @param expectedSize how many bytes to map, rounded up to whole pages; the file is at least as large
     * @param writable whether to map it for writing
     * @return the pages
     * @throws UnsafeDescriptorException if the descriptor is no memfd, can shrink, is too small, or cannot be written
     *     although it should
     * @throws SystemCallException if the kernel refuses the mapping
     */
    public static MemfdPages borrow(BorrowedFd fd, long expectedSize, boolean writable) throws IOException {
        return map(fd, null, 0, expectedSize, writable);
    }

    private static MemfdPages map(
            BorrowedFd fd, @Nullable OwnedFd owned, long offset, long expectedSize, boolean writable)
            throws IOException {
        if (expectedSize <= 0 || expectedSize > Long.MAX_VALUE - Mappings.pageSize()) {
            throw new UnsafeDescriptorException("a buffer of " + expectedSize + " bytes cannot be mapped");
        }
        // The last page is there as a whole even if the file ends inside it.
        FileStatus status = Memfd.check(fd, offset, expectedSize, writable, Seals.SHRINK);
        long size = Memfd.roundUp(expectedSize);
        long address = Memfd.map(fd, offset, size, writable);
        return new MemfdPages(fd, owned, address, offset, size, status.inode(), writable);
    }

    /**
     * The memory file, for passing it on.
     *
     * @return the descriptor; valid until {@link #close}
     */
    public BorrowedFd fd() {
        return fd;
    }

    /**
     * The number of the file, as {@code /proc/PID/maps} shows it: equal in every process that maps the same pages.
     *
     * @return the inode number
     */
    public long inode() {
        return inode;
    }

    /**
     * Where the pages begin in the file.
     *
     * @return bytes
     */
    public long offset() {
        return offset;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public boolean writable() {
        return writable;
    }

    @Override
    public MemorySegment lease(Arena arena, boolean forWriting) {
        if (closed.get()) {
            throw new IllegalStateException("the pages of inode " + inode + " are closed");
        }
        if (forWriting && !writable) {
            throw new IllegalArgumentException("the pages of inode " + inode + " are mapped read-only");
        }
        MemorySegment view = Mappings.lease(address, size, arena);
        return forWriting ? view : view.asReadOnly();
    }

    @Override
    public void zero() {
        if (!writable) {
            throw new IllegalStateException("the pages of inode " + inode + " are mapped read-only");
        }
        try (Arena arena = Arena.ofConfined()) {
            lease(arena, true).fill((byte) 0);
        }
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            Mappings.unmap(address, size);
            if (owned != null) {
                owned.close();
            }
        }
    }

    @Override
    public String toString() {
        return "memfd inode " + inode + ", " + size + " bytes" + (writable ? "" : ", read-only");
    }
}
