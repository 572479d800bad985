package io.github.dmabuf4j.buffer;

import io.github.dmabuf4j.memory.Pages;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A bracket of CPU access to a buffer, from {@link DmaBuf#beginCpuAccess(AccessMode)} to {@link #close()}.
 *
 * <p>It holds the storage: the bytes stay the buffer's until the bracket is closed, even if every handle is closed
 * before. A confined access is used and closed by the thread that opened it; one for
 * {@linkplain AccessScope#ANY_THREAD any thread} by whoever has it.
 *
 * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_buf_end_cpu_access">dma_buf_end_cpu_access</a>
 */
public final class CpuAccess implements AutoCloseable {
    private static final VarHandle CLOSED;

    static {
        try {
            CLOSED = MethodHandles.lookup().findVarHandle(CpuAccess.class, "closed", boolean.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    /**
     * What a plain access to all bytes does without.
     *
     * @param pages what was leased
     * @param offset where it begins in the buffer
     * @param traced counts for the access when leaks are traced
     */
    private record Extra(Pages pages, long offset, @Nullable Hold traced) {}

    private final BufferStorage storage;
    private final AccessMode mode;
    private final MemorySegment segment;
    /** Bounds the view of a confined access; null for any thread. */
    private final @Nullable Arena arena;
    /** Whose confined access this is; null for any thread. */
    private final @Nullable Thread owner;

    private final @Nullable Extra extra;

    private boolean closed;

    private CpuAccess(BufferStorage storage, AccessMode mode, @Nullable Arena arena, long offset, long length) {
        boolean whole = length == storage.size;
        Pages pages = whole ? storage.pages() : storage.pages().slice(offset, length);
        this.storage = storage;
        this.mode = mode;
        this.segment = pages.lease(arena == null ? Arena.global() : arena, mode.writes());
        this.arena = arena;
        this.owner = arena == null ? null : Thread.currentThread();
        if (Hold.TRACED) {
            Hold hold = new Hold(storage, Keeper.Kind.CPU_ACCESS);
            extra = new Extra(pages, offset, hold);
            hold.watch(this);
        } else {
            extra = whole ? null : new Extra(pages, offset, null);
        }
    }

    /** Takes over a hold that the storage has counted already, unless it throws. */
    static CpuAccess begin(BufferStorage storage, AccessMode mode, AccessScope scope, long offset, long length) {
        storage.checkLease(mode, offset, length);
        storage.exporter.beginCpuAccess(mode, offset, length);
        try {
            storage.resv.awaitUninterruptibly(FenceUsage.toWaitFor(mode.writes()));
            // Behind the fences: the kernel's heaps do it before, while the device may still write.
            if (storage.caches.areNeeded()) {
                storage.caches.beginCpuAccess(offset, length);
            }
            return scope == AccessScope.CONFINED
                    ? confined(storage, mode, offset, length)
                    : new CpuAccess(storage, mode, null, offset, length);
        } catch (Throwable failed) {
            storage.exporter.endCpuAccess(mode, offset, length);
            throw failed;
        }
    }

    @SuppressWarnings("MustBeClosed") // closed with the access
    private static CpuAccess confined(BufferStorage storage, AccessMode mode, long offset, long length) {
        Arena arena = Arena.ofConfined();
        try {
            return new CpuAccess(storage, mode, arena, offset, length);
        } catch (Throwable failed) {
            arena.close();
            throw failed;
        }
    }

    /**
     * The view of the bytes that the access is for; read-only for {@link AccessMode#READ}.
     *
     * @return the view, valid until the bracket is closed
     * @throws BufferClosedException if the bracket is closed
     */
    public MemorySegment segment() {
        if ((boolean) CLOSED.getOpaque(this)) {
            throw new BufferClosedException("this CPU access to " + storage + " is over: begin another one");
        }
        return segment;
    }

    /**
     * What the access was begun for.
     *
     * @return the mode
     */
    public AccessMode mode() {
        return mode;
    }

    /**
     * Ends the access. Idempotent; waits for nothing.
     *
     * @throws WrongThreadException if the access is confined to another thread; it stays open then
     */
    @Override
    public void close() {
        Arena own = arena;
        if (own == null) {
            if (!CLOSED.compareAndSet(this, false, true)) {
                return;
            }
        } else {
            if (closed) {
                return;
            }
            if (Thread.currentThread() != owner) {
                throw new WrongThreadException(
                        "this CPU access to " + storage + " is closed by the thread that began it");
            }
        }
        Extra more = extra;
        Pages pages = more == null ? storage.pages() : more.pages();
        try {
            pages.settle(segment, mode.writes());
            if (storage.caches.areNeededAfter(mode)) {
                storage.caches.endCpuAccess(more == null ? 0 : more.offset(), pages.size());
            }
        } finally {
            end(own, more);
        }
    }

    private void end(@Nullable Arena own, @Nullable Extra more) {
        if (own != null) {
            own.close();
            closed = true;
        }
        storage.exporter.endCpuAccess(mode, more == null ? 0 : more.offset(), segment.byteSize());
        if (more != null && more.traced() != null) {
            more.traced().end();
        } else {
            storage.drop(BufferStorage.OTHER);
        }
    }
}
