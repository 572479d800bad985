package io.github.dmabuf4j.local;

import io.github.dmabuf4j.domain.spi.Attachment;
import io.github.dmabuf4j.domain.spi.MemoryReference;
import io.github.dmabuf4j.domain.wire.FdReference;
import io.github.dmabuf4j.domain.wire.References;
import io.github.dmabuf4j.domain.wire.Xbp;
import io.github.dmabuf4j.linux.BorrowedFd;
import io.github.dmabuf4j.linux.MemfdPages;
import io.github.dmabuf4j.linux.OwnedFd;
import io.github.dmabuf4j.linux.UnsafeDescriptorException;
import io.github.dmabuf4j.linux.dmabuf.KernelDmaBuf;
import io.github.dmabuf4j.linux.dmabuf.KernelPages;
import io.github.dmabuf4j.memory.Pages;
import java.io.IOException;
import java.util.List;

/** Memory files and dma-bufs of the kernel as references, and references as what they are. */
final class MemoryFiles {
    /** F_SEAL_SEAL, F_SEAL_SHRINK and F_SEAL_GROW: what the pages of this library have. */
    private static final int SEALS = 0x1 | 0x2 | 0x4;

    private MemoryFiles() {}

    static MemoryReference describe(Pages pages) throws IOException {
        return switch (pages) {
            case MemfdPages file -> reference(new FdReference(0, SEALS, file.offset(), file.size()), file.fd());
            case KernelPages buffer -> reference(new FdReference(0, 0, 0, buffer.size()), buffer.fd());
            default ->
                throw new IOException("the local backend can forward memory files and dma-bufs only, not " + pages
                        + "; allocate the buffer from a heap of either");
        };
    }

    private static MemoryReference reference(FdReference reference, BorrowedFd fd) {
        return new MemoryReference(
                Xbp.REFERENCE_FD, 1, References.of(List.of(reference)).bytes(), List.of(new FdAttachment.Lent(fd)));
    }

    static Pages map(MemoryReference reference, long offset, long size, boolean writable) throws IOException {
        List<FdReference> pieces = references(reference).descriptors();
        if (pieces.size() != 1) {
            throw new IOException("a buffer of " + pieces.size() + " pieces cannot be mapped as one; offer one file");
        }
        FdReference piece = pieces.getFirst();
        if (piece.attachment() >= reference.attachments().size()) {
            throw new IOException("the descriptor of the buffer did not come");
        }
        if (offset < 0 || size < 1 || size > piece.length() - offset) {
            throw new IOException(
                    "a buffer of " + size + " bytes at " + offset + " does not lie in " + piece.length() + " bytes");
        }
        Attachment attachment = reference.attachments().get(piece.attachment());
        if (!(attachment instanceof FdAttachment.Arrived arrived)) {
            throw new IOException("only a descriptor that came with a message can be mapped, not " + attachment);
        }
        OwnedFd fd = arrived.take();
        long begin = Math.addExact(piece.offset(), offset);
        return isDmaBuf(fd) ? mapDmaBuf(fd, begin, size, writable) : MemfdPages.adopt(fd, begin, size, writable);
    }

    private static boolean isDmaBuf(OwnedFd fd) throws IOException {
        try {
            return KernelDmaBuf.isDmaBuf(fd.borrow());
        } catch (IOException | RuntimeException e) {
            fd.close();
            throw e;
        }
    }

    /** A dma-buf never changes its size, so it needs no seals. */
    private static Pages mapDmaBuf(OwnedFd fd, long begin, long size, boolean writable) throws IOException {
        try (KernelDmaBuf buffer = KernelDmaBuf.adopt(fd)) {
            if (begin != 0 || size > buffer.size()) {
                throw new UnsafeDescriptorException("a dma-buf of " + buffer.size()
                        + " bytes is mapped from its beginning," + " and does not hold " + size + " bytes at " + begin);
            }
            return buffer.map(writable);
        }
    }

    private static References references(MemoryReference reference) throws IOException {
        try {
            return new References(reference.kind(), reference.count(), reference.bytes());
        } catch (IllegalArgumentException malformed) {
            throw new IOException(
                    "the reference to the buffer's memory is malformed: " + malformed.getMessage(), malformed);
        }
    }
}
