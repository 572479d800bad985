package io.github.dmabuf4j.fence;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One line of execution whose fences signal in the order of their sequence numbers: a ring, a queue, a thread.
 *
 * <p>Ids come from one 64-bit counter per process that starts at 1 and never repeats; 0 belongs to the stub fences.
 * Whoever signals fences of a context signals them in order: merging and reservation objects rely on it, the
 * {@link FenceValidator} checks it.
 *
 * <p>All methods may be called from any thread.
 *
 * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_fence_context_alloc">dma_fence_context_alloc</a>
 */
public final class FenceContext {
    /** The context of the stub fences. */
    static final FenceContext STUB = new FenceContext(0, "stub", "stub", false);

    private static final AtomicLong NEXT_ID = new AtomicLong(1);
    private static final VarHandle LAST_SEQNO;

    static {
        try {
            LAST_SEQNO = MethodHandles.lookup().findVarHandle(FenceContext.class, "lastSeqno", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final long id;
    private final String driverName;
    private final String timelineName;
    private final boolean wrapping32;

    /** The only thread that numbers fences, or null if any may. */
    private final @Nullable Thread confinedTo;

    /** Through LAST_SEQNO, unless one thread alone numbers. */
    private long lastSeqno;

    /** For the validator. */
    private boolean anySignaling;

    private boolean outOfOrder;

    private long latestSignaling;

    FenceContext(long id, String driverName, String timelineName, boolean wrapping32) {
        this(id, driverName, timelineName, wrapping32, null);
    }

    private FenceContext(
            long id, String driverName, String timelineName, boolean wrapping32, @Nullable Thread confinedTo) {
        this.id = id;
        this.driverName = Objects.requireNonNull(driverName, "driverName");
        this.timelineName = Objects.requireNonNull(timelineName, "timelineName");
        this.wrapping32 = wrapping32;
        this.confinedTo = confinedTo;
    }

    /**
     * A new context with sequence numbers of 64 bits, the first of them 1.
     *
     * @param driverName who makes the fences, as {@link DmaFence#driverName()} tells
     * @param timelineName which line of execution, as {@link DmaFence#timelineName()} tells
     * @return the context
     */
    public static FenceContext create(String driverName, String timelineName) {
        return new FenceContext(allocate(1), driverName, timelineName, false);
    }

    /**
     * A new context whose fences the calling thread alone makes, as one thread alone submits to most rings. That saves
     * the atomic step which numbering costs otherwise, a third of the life of a fence that nobody waits for. The fences
     * themselves are used, signalled and waited for by any thread.
     *
     * @param driverName who makes the fences
     * @param timelineName which line of execution
     * @return the context, with sequence numbers of 64 bits
     */
    public static FenceContext createConfined(String driverName, String timelineName) {
        return new FenceContext(allocate(1), driverName, timelineName, false, Thread.currentThread());
    }

    /**
     * A new context for a hardware ring whose sequence numbers wrap around at 32 bits: only the low 32 bits of a number
     * count, and of two numbers that one is later that is less than 2<sup>31</sup> ahead. At a distance of exactly
     * 2<sup>31</sup> neither is later. This is the kernel's default comparison.
     *
     * @param driverName who makes the fences
     * @param timelineName which line of execution
     * @return the context
     */
    public static FenceContext createWrapping32(String driverName, String timelineName) {
        return new FenceContext(allocate(1), driverName, timelineName, true);
    }

    /**
     * Reserves consecutive context ids, for fences of own classes.
     *
     * @param count how many, at least 1
     * @return the first of them
     * @throws IllegalArgumentException if the count is below 1
     */
    public static long allocate(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("at least one context id has to be reserved, not " + count);
        }
        return NEXT_ID.getAndAdd(count);
    }

    /** A context that exists only to name fences of own classes; hands out no fences. */
    static FenceContext unnamed(long id) {
        return id == 0 ? STUB : new FenceContext(id, "", "", false);
    }

    /**
     * The number of the context.
     *
     * @return the id, unique in this process
     */
    public long id() {
        return id;
    }

    /**
     * Who makes the fences.
     *
     * @return the name
     */
    public String driverName() {
        return driverName;
    }

    /**
     * Which line of execution this is.
     *
     * @return the name
     */
    public String timelineName() {
        return timelineName;
    }

    /**
     * Whether sequence numbers wrap around at 32 bits.
     *
     * @return true for a context made by {@link #createWrapping32}
     */
    public boolean isWrapping32() {
        return wrapping32;
    }

    /**
     * Whether one sequence number of this context is later than another.
     *
     * @param seqno the number in question
     * @param than the number it is compared with
     * @return true if it is strictly later: unsigned comparison of 64 bits, or with wrap-around of 32
     */
    public boolean isLater(long seqno, long than) {
        return wrapping32 ? isLater32(seqno, than) : Long.compareUnsigned(seqno, than) > 0;
    }

    /**
     * The wrap-around comparison of 32 bits, as hardware rings need it.
     *
     * @param seqno the number in question; only its low 32 bits count
     * @param than the number it is compared with
     * @return true if the signed 32-bit difference is positive
     */
    public static boolean isLater32(long seqno, long than) {
        return (int) (seqno - than) > 0;
    }

    /**
     * The next fence of this context.
     *
     * @return a new fence, its sequence number one after the last one's
     * @throws WrongThreadException if the context is {@linkplain #createConfined confined} to another thread
     */
    public UserFence newFence() {
        if (confinedTo == null) {
            return UserFence.create(this, (long) LAST_SEQNO.getAndAdd(this, 1L) + 1);
        }
        checkThread();
        return UserFence.create(this, ++lastSeqno);
    }

    @SuppressWarnings("ReferenceEquality") // a thread is what it is
    private void checkThread() {
        if (confinedTo != null && Thread.currentThread() != confinedTo) {
            throw new WrongThreadException("the fences of " + timelineName + " are made by thread "
                    + confinedTo.getName() + " alone, not by "
                    + Thread.currentThread().getName()
                    + "; use FenceContext.create for a context of many threads");
        }
    }

    /**
     * A fence with a chosen sequence number. Whoever chooses numbers orders the calls: two threads that race here can
     * pass the check together.
     *
     * @param seqno the number, later than those of all fences made before; the first of a ring that wraps around may
     *     be any
     * @return a new fence
     * @throws IllegalArgumentException if the number is not later than the last one
     * @throws WrongThreadException if the context is {@linkplain #createConfined confined} to another thread
     */
    public UserFence newFence(long seqno) {
        checkThread();
        long last = (long) LAST_SEQNO.getOpaque(this);
        boolean first = wrapping32 && last == 0; // a ring may begin anywhere
        if (!first && !isLater(seqno, last)) {
            throw new IllegalArgumentException("sequence numbers of " + timelineName + " only rise: "
                    + Long.toUnsignedString(seqno) + " does not come after " + Long.toUnsignedString(last));
        }
        LAST_SEQNO.setOpaque(this, seqno);
        return UserFence.create(this, seqno);
    }

    /**
     * For the validator: notes that a number signals.
     *
     * @return true if this is the first that signals after a later one; the same context is not told of twice
     */
    synchronized boolean signalsOutOfOrder(long number) {
        if (!anySignaling || isLater(number, latestSignaling)) {
            anySignaling = true;
            latestSignaling = number;
        } else if (isLater(latestSignaling, number) && !outOfOrder) {
            outOfOrder = true;
            return true;
        }
        return false;
    }

    @Override
    public String toString() {
        return driverName + " " + timelineName + " " + Long.toUnsignedString(id);
    }
}
