package io.github.dmabuf4j.linux;

import io.github.dmabuf4j.linux.sys.Mappings;
import io.github.dmabuf4j.memory.PageBacking;
import io.github.dmabuf4j.memory.Room;
import java.io.IOException;

/**
 * Pages from memory files: each run is a memfd of its own, so that it can be given to another process by itself. Works
 * for every user, without {@code /dev/shm} and without privileges.
 *
 * <p>Each file is closed on exec, cannot be executed where the kernel knows how to forbid that, has all its memory
 * reserved, and is sealed against changing its size for ever.
 *
 * <p>All methods may be called from any thread.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/memfd_create.2.html">memfd_create(2)</a>
 */
public final class MemfdBacking implements PageBacking {
    /** A source of pages; all are alike. */
    public MemfdBacking() {}

    @Override
    public String name() {
        return "memfd";
    }

    @Override
    public long pageSize() {
        return Mappings.pageSize();
    }

    @Override
    public Room room() {
        long left = SystemMemory.room();
        return left == Long.MAX_VALUE ? Room.UNKNOWN : new Room(left, left);
    }

    @Override
    public MemfdPages give(long size, String label) throws IOException {
        return MemfdPages.create(Memfd.roundUp(size), label);
    }
}
