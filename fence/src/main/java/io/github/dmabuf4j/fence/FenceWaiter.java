package io.github.dmabuf4j.fence;

/**
 * The entry of a thread that sleeps. Such entries stand at the front of a fence's list, since waiters are woken before
 * callbacks run, and may be abandoned instead of being taken back.
 */
abstract sealed class FenceWaiter extends FenceCallback permits FenceWait.Wakeup, FenceWaitAny.Entry {
    /** Whether nobody waits for this any more, for good: to be unlinked by whoever comes by. Holds no lock, takes none. */
    abstract boolean isAbandoned();
}
