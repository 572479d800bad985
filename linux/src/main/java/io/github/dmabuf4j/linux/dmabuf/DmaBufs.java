package io.github.dmabuf4j.linux.dmabuf;

import io.github.dmabuf4j.buffer.DmaBuf;
import io.github.dmabuf4j.buffer.ImageLayout;
import io.github.dmabuf4j.buffer.Plane;
import io.github.dmabuf4j.linux.BorrowedFd;
import io.github.dmabuf4j.linux.MemfdPages;
import io.github.dmabuf4j.linux.OwnedFd;
import io.github.dmabuf4j.linux.SystemCallException;
import io.github.dmabuf4j.linux.UnsafeDescriptorException;
import io.github.dmabuf4j.linux.sys.Descriptors;
import io.github.dmabuf4j.linux.sys.FileStatus;
import io.github.dmabuf4j.memory.Pages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes in pictures that somebody else made: descriptors of dma-bufs or memory files that came over a socket, from a driver, or from a
 * native library.
 *
 * <p>Nothing that comes with them is believed. Each descriptor is asked what it is, how large, and whether it can shrink; planes must lie
 * inside their buffers; an arrangement of pixels that was not agreed on is refused. When anything is refused, nothing was taken over
 * and the caller's descriptors are as they were.
 */
public final class DmaBufs {
    private DmaBufs() {}

    /**
     * Takes in a linear picture to be read; see {@link #wrap(List, ImageLayout, WrapOptions)}.
     *
     * @param fds the descriptors, one for each buffer of the layout; they stay the caller's
     * @param layout what the bytes mean
     * @return the picture, owned by the caller
     * @throws UnsafeDescriptorException if a descriptor is of another kind, can shrink, or is too small
     * @throws ModifierRefusedException if the picture is not linear
     * @throws SystemCallException if the kernel refuses, such as for a descriptor that is not open (EBADF)
     */
    public static ForeignImage wrap(List<BorrowedFd> fds, ImageLayout layout) throws IOException {
        return wrap(fds, layout, WrapOptions.DEFAULT);
    }

    /**
     * Takes in a picture. Descriptors of the same buffer, which producers send once for each plane, become one buffer of the result, and
     * the planes of its layout refer to that.
     *
     * @param fds the descriptors, one for each buffer of the layout; they stay the caller's
     * @param layout what the bytes mean
     * @param options what was agreed on with the producer
     * @return the picture, owned by the caller
     * @throws UnsafeDescriptorException if a descriptor is of another kind, can shrink, is too small, or is read-only and should be
     *     written; or if there are more or fewer than the layout has buffers
     * @throws ModifierRefusedException if the picture's modifier was not negotiated
     * @throws SystemCallException if the kernel refuses, such as for a descriptor that is not open (EBADF), or memory that only
     *     devices reach
     * @throws IllegalStateException if the owner of a descriptor has closed it
     */
    public static ForeignImage wrap(List<BorrowedFd> fds, ImageLayout layout, WrapOptions options) throws IOException {
        if (!options.anyModifier() && !options.modifiers().contains(layout.modifier())) {
            throw new ModifierRefusedException(layout.modifier(), options.modifiers());
        }
        if (fds.size() != layout.buffers()) {
            throw new UnsafeDescriptorException("a picture in " + layout.buffers()
                    + " buffers comes with as many descriptors, and not with " + fds.size());
        }
        List<FileStatus> distinct = new ArrayList<>();
        List<BorrowedFd> first = new ArrayList<>();
        int[] buffers = new int[fds.size()];
        for (int i = 0; i < buffers.length; i++) {
            FileStatus status = status(fds.get(i));
            buffers[i] = indexOf(status, distinct);
            if (buffers[i] == distinct.size()) {
                distinct.add(status);
                first.add(fds.get(i));
            }
        }
        ImageLayout merged = distinct.size() == buffers.length ? layout : renumber(layout, buffers);
        List<DmaBuf> taken = new ArrayList<>();
        try {
            for (int i = 0; i < first.size(); i++) {
                taken.add(take(first.get(i), distinct.get(i), merged.sizeOf(i), options));
            }
            return new ForeignImage(merged, taken);
        } catch (IOException | RuntimeException e) {
            taken.forEach(DmaBuf::close);
            throw e;
        }
    }

    private static FileStatus status(BorrowedFd fd) throws SystemCallException {
        FileStatus status = new FileStatus();
        KernelDmaBuf.check(
                fd.use(number -> Descriptors.status(number, status)), "statx", "cannot ask what " + fd + " is");
        return status;
    }

    private static int indexOf(FileStatus status, List<FileStatus> known) {
        for (int i = 0; i < known.size(); i++) {
            if (known.get(i).isSameFile(status)) {
                return i;
            }
        }
        return known.size();
    }

    private static ImageLayout renumber(ImageLayout layout, int[] buffers) {
        List<Plane> planes = layout.planes().stream()
                .map(plane -> new Plane(buffers[plane.buffer()], plane.offset(), plane.stride(), plane.rows()))
                .toList();
        return new ImageLayout(layout.width(), layout.height(), layout.fourcc(), layout.modifier(), planes);
    }

    private static DmaBuf take(BorrowedFd fd, FileStatus status, long needed, WrapOptions options) throws IOException {
        boolean writable = options.access().writes();
        boolean dmaBuf = KernelDmaBuf.isDmaBuf(fd);
        // What a file lacks is said when it is mapped.
        if (!dmaBuf && !status.isRegular()) {
            throw new UnsafeDescriptorException(fd + " is neither a dma-buf nor a memory file but " + kind(fd)
                    + "; its giver must send one of those");
        }
        if (writable
                && KernelDmaBuf.check(
                                fd.use(Descriptors::isReadWrite), "fcntl", "cannot ask how a descriptor was opened")
                        == 0) {
            throw new UnsafeDescriptorException(fd + " is read-only and cannot be written here; take it to be read");
        }
        @Nullable OwnedFd own = options.borrowing() ? null : fd.dup();
        Pages pages = dmaBuf ? mapDmaBuf(fd, own, needed, writable) : mapMemory(fd, own, needed, writable);
        DmaBuf buffer = DmaBuf.export(pages, dmaBuf ? "foreign dma-buf" : "foreign memfd", (all, _) -> all.close());
        buffer.markShared();
        return buffer;
    }

    private static Pages mapMemory(BorrowedFd fd, @Nullable OwnedFd own, long needed, boolean writable)
            throws IOException {
        return own == null ? MemfdPages.borrow(fd, needed, writable) : MemfdPages.adopt(own, needed, writable);
    }

    /** A dma-buf never changes its size, so it needs no seals; it is mapped as a whole, as its exporter gave it. */
    private static Pages mapDmaBuf(BorrowedFd fd, @Nullable OwnedFd own, long needed, boolean writable)
            throws IOException {
        KernelDmaBuf buffer = own == null ? KernelDmaBuf.borrow(fd) : KernelDmaBuf.adopt(own);
        if (needed > buffer.size()) {
            long size = buffer.size();
            buffer.close();
            throw new UnsafeDescriptorException("the picture needs " + needed + " bytes of a dma-buf that has " + size
                    + "; one of the two is wrong");
        }
        return KernelPages.map(buffer, writable);
    }

    private static String kind(BorrowedFd fd) {
        return fd.use(number -> {
            try {
                return Files.readSymbolicLink(Path.of("/proc/self/fd/" + number))
                        .toString();
            } catch (IOException e) {
                return "another kind of file";
            }
        });
    }
}
