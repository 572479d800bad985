package io.github.dmabuf4j.buffer;

import io.github.dmabuf4j.buffer.ww.AcquireContext;
import io.github.dmabuf4j.buffer.ww.AlreadyLockedException;
import io.github.dmabuf4j.buffer.ww.DeadlockAvoidedException;
import io.github.dmabuf4j.buffer.ww.WwClass;
import io.github.dmabuf4j.buffer.ww.WwLockSet;
import io.github.dmabuf4j.buffer.ww.WwMutex;
import io.github.dmabuf4j.fence.DmaFence;
import io.github.dmabuf4j.fence.FenceArray;
import io.github.dmabuf4j.fence.FenceChain;
import io.github.dmabuf4j.fence.FenceUnwrap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The fences of a buffer: which work must be over before somebody reads, writes, moves or frees it.
 *
 * <p>Each fence is there with a {@link FenceUsage}. Who wants to write first waits for usage READ, who wants to read for
 * usage WRITE ({@link FenceUsage#toWaitFor}), and then adds the fence of its own work:
 *
 * <pre>{@code
 * resv.lock();
 * try {
 *     resv.reserve(1);                     // may allocate, may be refused
 *     DmaFence work = device.submit(...);  // from here on nothing fails
 *     resv.add(work, FenceUsage.WRITE);
 * } finally {
 *     resv.unlock();
 * }
 * }</pre>
 *
 * <p>Changing needs the lock, a {@link WwMutex} of {@link #LOCK_CLASS}; several reservations are locked with
 * {@link #lockAll}. Looking ({@link #cursor}, {@link #fences}, {@link #testSignaled}, {@code await}) takes no lock,
 * never blocks a writer, and may be done from any thread.
 *
 * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#reservation-objects">Reservation Objects</a>
 */
public final class DmaResv {
    /** The class of all reservations' locks, wait-die: {@code reservation_ww_class}. */
    public static final WwClass LOCK_CLASS = WwClass.waitDie("reservation_ww_class");

    private final WwMutex mutex = new WwMutex(LOCK_CLASS);
    private volatile @Nullable FenceSlots slots;

    // Guarded by the mutex: how many fences may still be added, and during which hold of the mutex that was granted.
    private int granted;
    private long grantedIn;

    /** Makes a reservation without fences. */
    public DmaResv() {}

    /**
     * The lock, for whoever locks many things with one {@link AcquireContext}.
     *
     * @return the mutex, of {@link #LOCK_CLASS}
     */
    public WwMutex mutex() {
        return mutex;
    }

    /**
     * Locks the reservation alone, without a context.
     *
     * @throws AlreadyLockedException if this thread has locked it
     */
    public void lock() {
        mutex.lock();
    }

    /**
     * Locks the reservation as one of many.
     *
     * @param attempt this thread's context, of {@link #LOCK_CLASS}
     * @throws DeadlockAvoidedException if everything locked with the context must be released first
     * @throws AlreadyLockedException if this thread has locked it
     */
    public void lock(AcquireContext attempt) throws DeadlockAvoidedException {
        mutex.lock(attempt);
    }

    /**
     * Locks the reservation without a context if nobody has locked it.
     *
     * @return whether this call locked it
     */
    public boolean tryLock() {
        return mutex.tryLock();
    }

    /**
     * Unlocks the reservation. What was reserved and not used is forgotten.
     *
     * @throws IllegalMonitorStateException if this thread has not locked it
     */
    public void unlock() {
        mutex.unlock();
    }

    /**
     * Whether anybody has locked the reservation.
     *
     * @return true while it is locked
     */
    public boolean isLocked() {
        return mutex.isLocked();
    }

    /**
     * Locks several reservations without deadlock.
     *
     * @param reservations what to lock, at least one; one that is there twice is locked once
     * @return the locked set, to be closed by this thread
     * @throws InterruptedException if the thread is interrupted before it has all; nothing stays locked
     * @throws AlreadyLockedException if this thread holds one of them already; nothing stays locked
     */
    public static WwLockSet lockAll(Collection<DmaResv> reservations) throws InterruptedException {
        return WwLockSet.lockAll(reservations.stream().map(DmaResv::mutex).toList());
    }

    /**
     * Makes sure that fences can be added, until the lock is released. Asking again does not add up.
     *
     * @param fences how many, at least 1
     * @throws IllegalArgumentException if the number is not positive
     * @throws IllegalMonitorStateException if this thread has not locked the reservation
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_resv_reserve_fences">dma_resv_reserve_fences</a>
     */
    public void reserve(int fences) {
        checkLocked();
        if (fences < 1) {
            throw new IllegalArgumentException("at least one fence is reserved, not " + fences);
        }
        if (grantedIn != mutex.acquisitions()) {
            grantedIn = mutex.acquisitions();
            granted = 0;
        }
        if (fences > granted) {
            FenceSlots list = slots;
            slots = list == null ? FenceSlots.forFirst(fences) : list.withRoomFor(fences);
            granted = fences;
        }
    }

    /**
     * Adds a fence. It takes the place of the first fence that is signalled already, or that it makes superfluous: one
     * of the same context that is not later, with the same usage or one that comes after it. Otherwise it takes a
     * reserved place.
     *
     * <p>The same fence added as WRITE and then as READ is there twice, as in the kernel; the other way round, once.
     *
     * @param fence the fence of the work
     * @param usage what the work does
     * @throws IllegalArgumentException if it is an array or chain of fences: add what is inside
     * @throws IllegalStateException if no place is left: {@link #reserve} comes before
     * @throws IllegalMonitorStateException if this thread has not locked the reservation
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_resv_add_fence">dma_resv_add_fence</a>
     */
    public void add(DmaFence fence, FenceUsage usage) {
        checkLocked();
        checkNoContainer(fence);
        Objects.requireNonNull(usage, "usage");
        int left = grantedIn == mutex.acquisitions() ? granted : 0;
        FenceSlots list = slots;
        int count = list == null ? 0 : list.count();
        for (int i = 0; list != null && i < count; i++) {
            FenceSlots.Entry entry = list.entry(i);
            DmaFence old = FenceSlots.fence(entry);
            boolean over = old.poll();
            if (over || (usage.number() <= entry.usage.number() && supersedes(fence, old))) {
                list.put(i, fence, usage);
                // A signalled fence may be the room that was granted; a superseded one never is.
                granted = over && left > 0 ? left - 1 : left;
                return;
            }
        }
        if (list == null || left == 0) {
            throw new IllegalStateException("no place is left for another fence: reserve() it after locking");
        }
        list.append(fence, usage);
        granted = left - 1;
    }

    private static boolean supersedes(DmaFence fence, DmaFence old) {
        return fence.context() == old.context() && fence.isLaterOrSame(old);
    }

    private static void checkNoContainer(DmaFence fence) {
        Objects.requireNonNull(fence, "fence");
        if (fence instanceof FenceArray || fence instanceof FenceChain) {
            throw new IllegalArgumentException(
                    "a reservation holds no arrays or chains of fences: add what is inside, or importFence() it: "
                            + fence);
        }
    }

    /**
     * Locks the reservation and adds a fence, or each fence inside of an array or chain: for whoever brings a single fence, as
     * one does with a sync file. Must not be called with the lock held.
     *
     * @param fence the fence of the work
     * @param usage what the work does
     * @throws AlreadyLockedException if this thread has locked the reservation
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_buf_import_sync_file">DMA_BUF_IOCTL_IMPORT_SYNC_FILE</a>
     */
    public void importFence(DmaFence fence, FenceUsage usage) {
        List<DmaFence> leaves = FenceUnwrap.leaves(fence);
        if (leaves.isEmpty()) {
            return;
        }
        lock();
        try {
            reserve(leaves.size());
            leaves.forEach(leaf -> add(leaf, usage));
        } finally {
            unlock();
        }
    }

    /**
     * All work as one fence, as a sync file would carry it.
     *
     * @param usage which fences: those of this usage and of all before it
     * @return the fence if there is one, an array if there are several, a signalled fence if there are none
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_resv_get_singleton">dma_resv_get_singleton</a>
     */
    public DmaFence exportFence(FenceUsage usage) {
        List<DmaFence> fences = fences(usage);
        return switch (fences.size()) {
            case 0 -> DmaFence.stub();
            case 1 -> fences.getFirst();
            default -> FenceArray.of(fences);
        };
    }

    /**
     * Replaces every fence of a context, whatever its usage: for instance an eviction by the page table update that
     * ends it. The work of the new fence must make the old ones superfluous.
     *
     * @param context the context whose fences go
     * @param replacement the fence that takes their places
     * @param usage what its work does
     * @throws IllegalArgumentException if the replacement is an array or chain of fences
     * @throws IllegalMonitorStateException if this thread has not locked the reservation
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_resv_replace_fences">dma_resv_replace_fences</a>
     */
    public void replaceFences(long context, DmaFence replacement, FenceUsage usage) {
        checkLocked();
        checkNoContainer(replacement);
        Objects.requireNonNull(usage, "usage");
        FenceSlots list = slots;
        for (int i = 0; list != null && i < list.count(); i++) {
            if (FenceSlots.fence(list.entry(i)).context() == context) {
                list.put(i, replacement, usage);
            }
        }
    }

    /**
     * Replaces all fences by those of another reservation that are not signalled, with their usages.
     *
     * @param source whose fences to copy; it need not be locked
     * @throws IllegalMonitorStateException if this thread has not locked this reservation
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_resv_copy_fences">dma_resv_copy_fences</a>
     */
    public void copyFrom(DmaResv source) {
        checkLocked();
        List<DmaFence> fences = new ArrayList<>();
        List<FenceUsage> usages = new ArrayList<>();
        ResvCursor cursor = source.cursor(FenceUsage.BOOKKEEP);
        while (cursor.next()) {
            if (cursor.isRestarted()) {
                fences.clear();
                usages.clear();
            }
            fences.add(cursor.fence());
            usages.add(cursor.usage());
        }
        if (cursor.isRestarted()) {
            fences.clear();
        }
        FenceSlots copy = FenceSlots.forFirst(Math.max(1, fences.size()));
        for (int i = 0; i < fences.size(); i++) {
            copy.append(fences.get(i), usages.get(i));
        }
        slots = copy;
        granted = 0;
    }

    /**
     * Visits the fences with the lock held, signalled ones too.
     *
     * @param usage which fences: those of this usage and of all before it
     * @param visitor is given each fence and its own usage; must not change the reservation
     * @throws IllegalMonitorStateException if this thread has not locked the reservation
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_resv_for_each_fence">dma_resv_for_each_fence</a>
     */
    public void forEach(FenceUsage usage, BiConsumer<? super DmaFence, ? super FenceUsage> visitor) {
        checkLocked();
        FenceSlots list = slots;
        for (int i = 0; list != null && i < list.count(); i++) {
            FenceSlots.Entry entry = list.entry(i);
            if (usage.includes(entry.usage)) {
                visitor.accept(FenceSlots.fence(entry), entry.usage);
            }
        }
    }

    /**
     * Begins a walk over the unsignalled fences that takes no lock.
     *
     * @param usage which fences: those of this usage and of all before it
     * @return a cursor before the first fence
     */
    public ResvCursor cursor(FenceUsage usage) {
        return new ResvCursor(this, usage);
    }

    /**
     * The fences that are not signalled, as they are now.
     *
     * @param usage which fences: those of this usage and of all before it
     * @return the fences in the order of their places; the list belongs to the caller
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_resv_get_fences">dma_resv_get_fences</a>
     */
    public List<DmaFence> fences(FenceUsage usage) {
        List<DmaFence> found = new ArrayList<>();
        ResvCursor cursor = cursor(usage);
        while (cursor.next()) {
            if (cursor.isRestarted()) {
                found.clear();
            }
            found.add(cursor.fence());
        }
        if (cursor.isRestarted()) {
            found.clear();
        }
        return found;
    }

    /**
     * Whether all work is over; failed work is over too.
     *
     * @param usage which fences: those of this usage and of all before it
     * @return true if none is unsignalled
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_resv_test_signaled">dma_resv_test_signaled</a>
     */
    public boolean testSignaled(FenceUsage usage) {
        return slots == null || !cursor(usage).next();
    }

    /**
     * Waits until all work is over, including work that is added meanwhile.
     *
     * @param usage which fences: those of this usage and of all before it
     * @param timeout the longest wait; zero only looks
     * @return false if the time was over before
     * @throws IllegalArgumentException if the timeout is negative
     * @throws InterruptedException if the thread is interrupted before the work is over
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_resv_wait_timeout">dma_resv_wait_timeout</a>
     */
    public boolean await(FenceUsage usage, Duration timeout) throws InterruptedException {
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("a timeout cannot be negative: " + timeout);
        }
        long begin = System.nanoTime();
        ResvCursor cursor = cursor(usage);
        while (cursor.next()) {
            Duration left = timeout.minusNanos(System.nanoTime() - begin);
            if (left.isNegative() || left.isZero() || !cursor.fence().await(left)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Waits until all work is over, including work that is added meanwhile. An interrupt does not end the wait; the
     * thread's interrupt status is kept.
     *
     * @param usage which fences: those of this usage and of all before it
     */
    public void awaitUninterruptibly(FenceUsage usage) {
        FenceSlots list = slots;
        // The list may have grown while it was looked at: then what is over here says nothing of what was added there.
        if (list == null || (list.isOver(usage) && list == slots)) {
            return;
        }
        ResvCursor cursor = cursor(usage);
        while (cursor.next()) {
            cursor.fence().awaitUninterruptibly();
        }
    }

    /**
     * Tells all work by when it is needed: a hint.
     *
     * @param usage which fences: those of this usage and of all before it
     * @param deadlineNanos the time on the monotonic clock, in nanoseconds
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_resv_set_deadline">dma_resv_set_deadline</a>
     */
    public void setDeadline(FenceUsage usage, long deadlineNanos) {
        ResvCursor cursor = cursor(usage);
        while (cursor.next()) {
            cursor.fence().setDeadline(deadlineNanos);
        }
    }

    @Nullable FenceSlots slots() {
        return slots;
    }

    private void checkLocked() {
        if (!mutex.isHeldByCurrentThread()) {
            throw new IllegalMonitorStateException("this needs the reservation's lock: call lock() before");
        }
    }

    /**
     * Describes the unsignalled fences for people, a line each.
     *
     * @return the lines: usage and {@link DmaFence#describe()} of every fence
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_resv_describe">dma_resv_describe</a>
     */
    public String describe() {
        StringBuilder lines = new StringBuilder();
        ResvCursor cursor = cursor(FenceUsage.BOOKKEEP);
        while (cursor.next()) {
            if (cursor.isRestarted()) {
                lines.setLength(0);
            }
            String usage = cursor.usage().name().toLowerCase(Locale.ROOT);
            lines.append('\t').append(usage).append(" fence: ");
            lines.append(cursor.fence().describe()).append('\n');
        }
        return cursor.isRestarted() ? "" : lines.toString();
    }
}
