package io.github.dmabuf4j.buffer.ww;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Several locked mutexes of one class: the back-off loop, written once, in the manner of the kernel's {@code drm_exec}.
 *
 * <pre>{@code
 * try (WwLockSet locked = WwLockSet.lockAll(mutexes)) {
 *     // all of them are held by this thread
 * }
 * }</pre>
 *
 * <p>Used and closed by the thread that made it.
 *
 * @see <a href="https://docs.kernel.org/gpu/drm-mm.html#drm-execution-context">DRM Execution context</a>
 */
public final class WwLockSet implements AutoCloseable {
    private final AcquireContext attempt;
    private final List<WwMutex> locked;
    private int retries;
    private boolean closed;

    private WwLockSet(WwClass wwClass, int size) {
        this.attempt = new AcquireContext(wwClass);
        this.locked = new ArrayList<>(size);
    }

    /**
     * Locks all mutexes, in whatever order avoids a deadlock, waiting as long as it takes.
     *
     * @param mutexes what to lock, at least one, all of one class; one that is there twice is locked once
     * @return the locked set, to be closed by this thread
     * @throws InterruptedException if the thread is interrupted before it has all; nothing stays locked
     * @throws IllegalArgumentException if there are none, or they are of different classes
     * @throws AlreadyLockedException if this thread holds one of them already; nothing stays locked
     */
    public static WwLockSet lockAll(Collection<WwMutex> mutexes) throws InterruptedException {
        Set<WwMutex> wanted = Collections.newSetFromMap(new IdentityHashMap<>());
        List<WwMutex> inOrder = new ArrayList<>(mutexes.size());
        for (WwMutex mutex : mutexes) {
            if (wanted.add(mutex)) {
                inOrder.add(mutex);
            }
        }
        if (inOrder.isEmpty()) {
            throw new IllegalArgumentException("there is nothing to lock");
        }
        WwLockSet set = new WwLockSet(inOrder.getFirst().wwClass(), inOrder.size());
        boolean all = false;
        try {
            @Nullable WwMutex contended = null;
            do {
                contended = set.tryAll(inOrder, contended);
            } while (contended != null);
            all = true;
            return set;
        } finally {
            if (!all) {
                set.close();
            }
        }
    }

    /** Locks all, the contended one first. Null: done; else everything is unlocked and this one is contended. */
    private @Nullable WwMutex tryAll(List<WwMutex> mutexes, @Nullable WwMutex contended) throws InterruptedException {
        if (contended != null) {
            contended.lockSlowInterruptibly(attempt);
            locked.add(contended);
        }
        for (WwMutex mutex : mutexes) {
            if (mutex == contended) {
                continue;
            }
            try {
                mutex.lockInterruptibly(attempt);
            } catch (DeadlockAvoidedException older) {
                retries++;
                unlockAll();
                return mutex;
            }
            locked.add(mutex);
        }
        return null;
    }

    /**
     * How often the set had to be unlocked and locked again, for those who tune.
     *
     * @return the number of back-offs
     */
    public int retries() {
        return retries;
    }

    /** Unlocks all. Idempotent. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            unlockAll();
            attempt.close();
        }
    }

    private void unlockAll() {
        for (WwMutex mutex : locked.reversed()) {
            mutex.unlock();
        }
        locked.clear();
    }
}
