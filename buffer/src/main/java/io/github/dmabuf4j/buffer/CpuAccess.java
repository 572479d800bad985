package io.github.dmabuf4j.buffer;

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

    private final BufferStorage storage;
    private final AccessMode mode;
    private final MemorySegment segment;
    /** Bounds the view of a confined access; null for any thread. */
    private final @Nullable Arena arena;
    /** Whose confined access this is; null for any thread. */
    private final @Nullable Thread owner;
    /** Counts for the access when leaks are traced. */
    private final @Nullable Hold traced;

    private boolean closed;

    private CpuAccess(BufferStorage storage, AccessMode mode, MemorySegment segment, @Nullable Arena arena) {
        this.storage = storage;
        this.mode = mode;
        this.segment = segment;
        this.arena = arena;
        this.owner = arena == null ? null : Thread.currentThread();
        if (Hold.TRACED) {
            traced = new Hold(storage, "CPU access");
            traced.watch(this);
        } else {
            traced = null;
        }
    }

    /** Takes over a hold that the storage has counted already, unless it throws. */
    @SuppressWarnings("MustBeClosed") // closed with the access
    static CpuAccess confined(BufferStorage storage, AccessMode mode) {
        Arena arena = Arena.ofConfined();
        try {
            return new CpuAccess(storage, mode, storage.pages().lease(arena, mode.writes()), arena);
        } catch (Throwable failed) {
            arena.close();
            throw failed;
        }
    }

    /** Takes over a hold that the storage has counted already, unless it throws. */
    static CpuAccess anyThread(BufferStorage storage, AccessMode mode) {
        return new CpuAccess(storage, mode, storage.pages().lease(Arena.global(), mode.writes()), null);
    }

    /**
     * The view of all bytes of the buffer; read-only for {@link AccessMode#READ}.
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
        try {
            storage.pages().settle(segment, mode.writes());
        } finally {
            end(own);
        }
    }

    private void end(@Nullable Arena own) {
        if (own != null) {
            own.close();
            closed = true;
        }
        if (traced != null) {
            traced.end();
        } else {
            storage.drop();
        }
    }
}
