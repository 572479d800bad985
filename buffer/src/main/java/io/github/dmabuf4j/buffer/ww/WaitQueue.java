package io.github.dmabuf4j.buffer.ww;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The threads that wait for one mutex: contexts sorted by age, the oldest first; threads without a context keep their
 * place. Used under its own monitor only.
 */
final class WaitQueue implements Iterable<WaitQueue.Waiter> {
    private final ArrayList<Waiter> waiters = new ArrayList<>(0);

    /** One thread that waits. Compared by identity. */
    static final class Waiter {
        final Thread thread;
        final @Nullable AcquireContext context;

        Waiter(Thread thread, @Nullable AcquireContext context) {
            this.thread = thread;
            this.context = context;
        }
    }

    /**
     * Queues by age, and wakes younger waiters that hold something, which must back off (wait-die). False: an older
     * context waits already, and queueing behind it would be in vain.
     */
    boolean enqueue(Waiter self, boolean waitDie) {
        AcquireContext attempt = self.context;
        int place = waiters.size();
        if (attempt != null) {
            for (int i = waiters.size() - 1; i >= 0; i--) {
                AcquireContext other = waiters.get(i).context;
                if (other == null) {
                    continue;
                }
                if (attempt.youngerThan(other)) {
                    if (waitDie && attempt.acquired > 0) {
                        return false;
                    }
                    break;
                }
                place = i;
                if (waitDie && other.acquired > 0) {
                    LockSupport.unpark(other.thread);
                }
            }
        }
        waiters.add(place, self);
        return true;
    }

    void remove(Waiter self) {
        waiters.remove(self);
    }

    boolean isEmpty() {
        return waiters.isEmpty();
    }

    boolean isFirst(Waiter self) {
        return waiters.getFirst() == self;
    }

    boolean hasContextAheadOf(Waiter self) {
        for (Waiter ahead : waiters) {
            if (ahead == self) {
                return false;
            }
            if (ahead.context != null) {
                return true;
            }
        }
        return false;
    }

    void wakeFirst() {
        if (!waiters.isEmpty()) {
            LockSupport.unpark(waiters.getFirst().thread);
        }
    }

    @Override
    public Iterator<Waiter> iterator() {
        return waiters.iterator();
    }
}
