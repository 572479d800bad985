package io.github.dmabuf4j.buffer.ww;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A wound/wait mutex: with an {@link AcquireContext} a thread may lock many of them in any order; without one it is an
 * ordinary mutex. Not reentrant. Owned by a thread, platform or virtual.
 *
 * <p>Uncontended, locking is one compare-and-set. A waiter sleeps in a queue sorted by age; those without a context keep
 * their place. What happens when two contexts meet is said at {@link WwClass}.
 *
 * @see <a href="https://docs.kernel.org/locking/ww-mutex-design.html">Wound/Wait Deadlock-Proof Mutex Design</a>
 */
public final class WwMutex {
    // How the race between the fast path and a waiter ends: the fast path takes the mutex, publishes its context, and
    // then looks whether somebody is queued; a waiter queues, says so, and then looks at mutex and context. All four
    // are volatile, so one of them sees the other. A waiter that finds no context yet is woken to look again.

    private static final VarHandle OWNER;

    static {
        try {
            OWNER = MethodHandles.lookup().findVarHandle(WwMutex.class, "owner", Thread.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private final WwClass wwClass;
    /** Who waits; also the guard of the queue. */
    private final WaitQueue waiters = new WaitQueue();

    private volatile @Nullable Thread owner;
    private volatile @Nullable AcquireContext context;
    /** Whether the queue has anybody. */
    private volatile boolean contended;
    /** Written by the owner. */
    private long acquisitions;

    /**
     * Makes an unlocked mutex.
     *
     * @param wwClass whom it is locked together with
     */
    public WwMutex(WwClass wwClass) {
        this.wwClass = Objects.requireNonNull(wwClass, "wwClass");
    }

    /**
     * The family of the mutex.
     *
     * @return the class it was made with
     */
    public WwClass wwClass() {
        return wwClass;
    }

    /**
     * Locks the mutex without a context; waits as long as it takes.
     *
     * @throws AlreadyLockedException if this thread holds it
     */
    public void lock() {
        acquireUninterruptibly(null);
    }

    /**
     * Locks the mutex without a context, unless the thread is interrupted.
     *
     * @throws AlreadyLockedException if this thread holds it
     * @throws InterruptedException if the thread is interrupted before it has the mutex
     */
    public void lockInterruptibly() throws InterruptedException {
        acquire(null, true);
    }

    /**
     * Locks the mutex without a context if nobody holds it.
     *
     * @return whether this call locked it; false if this thread holds it already
     */
    public boolean tryLock() {
        return tryAcquire(null);
    }

    /**
     * Locks the mutex as one of many; waits as long as that cannot be a deadlock.
     *
     * @param attempt this thread's context
     * @throws DeadlockAvoidedException if the context holds other mutexes and must back off: release them all, then
     *     {@link #lockSlow}
     * @throws AlreadyLockedException if this thread holds it
     * @throws IllegalArgumentException if the context is of another class
     * @throws IllegalStateException if the context is done, closed, of another thread, or has to back off first
     */
    public void lock(AcquireContext attempt) throws DeadlockAvoidedException {
        attempt.checkMayLock(this);
        if (!acquireUninterruptibly(attempt) || isInjected(attempt)) {
            throw backOff(attempt);
        }
    }

    /**
     * Locks the mutex as one of many, like {@link #lock(AcquireContext)}, unless the thread is interrupted.
     *
     * @param attempt this thread's context
     * @throws DeadlockAvoidedException if the context holds other mutexes and must back off
     * @throws InterruptedException if the thread is interrupted before it has the mutex
     * @throws AlreadyLockedException if this thread holds it
     */
    public void lockInterruptibly(AcquireContext attempt) throws DeadlockAvoidedException, InterruptedException {
        attempt.checkMayLock(this);
        if (!acquire(attempt, true) || isInjected(attempt)) {
            throw backOff(attempt);
        }
    }

    /**
     * Locks the mutex as one of many if nobody holds it.
     *
     * @param attempt this thread's context
     * @return whether this call locked it; false if this thread holds it already
     */
    public boolean tryLock(AcquireContext attempt) {
        attempt.checkMayTry(this);
        return tryAcquire(attempt);
    }

    /**
     * After a back-off, with everything released: waits for the contended mutex. Cannot be a deadlock.
     *
     * @param attempt this thread's context, which was told to back off from this mutex
     * @throws IllegalStateException if the context still holds something or was not told to back off from this mutex
     */
    public void lockSlow(AcquireContext attempt) {
        attempt.checkMayLockSlowly(this);
        acquireUninterruptibly(attempt);
    }

    /**
     * After a back-off, waits for the contended mutex like {@link #lockSlow}, unless the thread is interrupted.
     *
     * @param attempt this thread's context, which was told to back off from this mutex
     * @throws InterruptedException if the thread is interrupted before it has the mutex
     * @throws IllegalStateException if the context still holds something or was not told to back off from this mutex
     */
    public void lockSlowInterruptibly(AcquireContext attempt) throws InterruptedException {
        attempt.checkMayLockSlowly(this);
        acquire(attempt, true);
    }

    /**
     * Unlocks the mutex.
     *
     * @throws IllegalMonitorStateException if this thread does not hold it
     */
    public void unlock() {
        if (owner != Thread.currentThread()) {
            throw new IllegalMonitorStateException("only the thread that locked a mutex unlocks it: " + this);
        }
        AcquireContext attempt = context;
        if (attempt != null) {
            attempt.acquired--;
            context = null;
        }
        owner = null;
        if (contended) {
            synchronized (waiters) {
                waiters.wakeFirst();
            }
        }
    }

    /**
     * Whether anybody holds the mutex.
     *
     * @return true while it is locked
     */
    public boolean isLocked() {
        return owner != null;
    }

    /**
     * Whether this thread holds the mutex.
     *
     * @return true between lock and unlock
     */
    public boolean isHeldByCurrentThread() {
        return owner == Thread.currentThread();
    }

    /**
     * The context with which the mutex is locked, as {@code dma_resv_locking_ctx}.
     *
     * @return the context, null if it is unlocked or locked without one
     */
    public @Nullable AcquireContext context() {
        return context;
    }

    /**
     * Counts how often the mutex was acquired: stable while this thread holds it, and greater the next time.
     *
     * @return the count
     * @throws IllegalMonitorStateException if this thread does not hold the mutex
     */
    public long acquisitions() {
        if (owner != Thread.currentThread()) {
            throw new IllegalMonitorStateException("only the thread that holds a mutex may ask: " + this);
        }
        return acquisitions;
    }

    /** Whether the class wants this lock to answer as if there were a deadlock; then it is unlocked again. */
    private boolean isInjected(AcquireContext attempt) {
        boolean injected = attempt.takesInjection();
        if (injected) {
            unlock();
        }
        return injected;
    }

    private DeadlockAvoidedException backOff(AcquireContext attempt) {
        attempt.contended = this;
        return new DeadlockAvoidedException(this);
    }

    private boolean tryAcquire(@Nullable AcquireContext attempt) {
        if (owner == null && OWNER.compareAndSet(this, null, Thread.currentThread())) {
            settleIn(attempt);
            return true;
        }
        return false;
    }

    private boolean acquireUninterruptibly(@Nullable AcquireContext attempt) {
        try {
            return acquire(attempt, false);
        } catch (InterruptedException impossible) {
            throw new AssertionError(impossible);
        }
    }

    /** Acquires the mutex, or answers false: back off. */
    private boolean acquire(@Nullable AcquireContext attempt, boolean interruptible) throws InterruptedException {
        if (interruptible && Thread.interrupted()) {
            throw new InterruptedException("interrupted before locking a mutex");
        }
        if (attempt != null && attempt.acquired == 0) {
            attempt.wounded = false;
        }
        if (!contended && tryAcquire(attempt)) {
            return true;
        }
        if (owner == Thread.currentThread()) {
            throw new AlreadyLockedException();
        }
        return acquireQueued(new WaitQueue.Waiter(Thread.currentThread(), attempt), interruptible);
    }

    /** The owner's bookkeeping, and a look at the queue through which it slipped. */
    private void settleIn(@Nullable AcquireContext attempt) {
        acquisitions++;
        if (attempt == null) {
            return;
        }
        attempt.acquired++;
        attempt.contended = null;
        context = attempt;
        if (contended) {
            synchronized (waiters) {
                tellWaiters(attempt);
            }
        }
    }

    private boolean acquireQueued(WaitQueue.Waiter self, boolean interruptible) throws InterruptedException {
        boolean interrupted = false;
        synchronized (waiters) {
            if (!waiters.enqueue(self, wwClass.isWaitDie())) {
                return false;
            }
            contended = true;
            woundOwner(self.context);
        }
        try {
            while (true) {
                synchronized (waiters) {
                    if (waiters.isFirst(self) && OWNER.compareAndSet(this, null, self.thread)) {
                        dequeue(self);
                        settleIn(self.context);
                        return true;
                    }
                    if (mustBackOff(self)) {
                        leave(self);
                        return false;
                    }
                    if (interruptible && Thread.interrupted()) {
                        leave(self);
                        throw new InterruptedException("interrupted while waiting for a mutex");
                    }
                }
                LockSupport.park(this);
                if (!interruptible) {
                    interrupted |= Thread.interrupted();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void dequeue(WaitQueue.Waiter self) {
        waiters.remove(self);
        contended = !waiters.isEmpty();
    }

    private void leave(WaitQueue.Waiter self) {
        dequeue(self);
        if (owner == null) {
            waiters.wakeFirst();
        }
    }

    private boolean mustBackOff(WaitQueue.Waiter self) {
        AcquireContext attempt = self.context;
        if (attempt == null || attempt.acquired == 0) {
            return false;
        }
        if (!wwClass.isWaitDie()) {
            return attempt.wounded;
        }
        AcquireContext holder = context;
        if (holder != null && attempt.youngerThan(holder)) {
            return true;
        }
        return waiters.hasContextAheadOf(self);
    }

    /** A new owner came: younger waiters that hold something must back off, an older one wounds it. */
    private void tellWaiters(AcquireContext holder) {
        for (WaitQueue.Waiter waiter : waiters) {
            AcquireContext other = waiter.context;
            if (other == null) {
                continue;
            }
            if (wwClass.isWaitDie()) {
                // Only the first waiter with a context can hold anything.
                if (other.acquired > 0 && other.youngerThan(holder)) {
                    LockSupport.unpark(waiter.thread);
                }
                return;
            }
            woundOwner(other);
        }
    }

    /** Wound-wait: an older context that holds something needs what a younger one has. */
    private void woundOwner(@Nullable AcquireContext waiting) {
        AcquireContext holder = context;
        if (waiting == null || wwClass.isWaitDie() || holder == null) {
            return;
        }
        if (waiting.acquired > 0 && holder.youngerThan(waiting)) {
            holder.wounded = true;
            LockSupport.unpark(holder.thread);
        }
    }

    /**
     * Describes the mutex for people.
     *
     * @return its class and who holds it
     */
    @Override
    public String toString() {
        Thread holder = owner;
        return "mutex of the " + wwClass + (holder == null ? ", unlocked" : ", locked by " + holder.getName());
    }
}
