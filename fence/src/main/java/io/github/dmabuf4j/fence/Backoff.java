package io.github.dmabuf4j.fence;

import java.util.concurrent.locks.LockSupport;

/** Waiting for a few instructions of another thread: spin, then give the processor away, then sleep shortly. */
final class Backoff {
    private static final int SPINS = Runtime.getRuntime().availableProcessors() > 1 ? 64 : 0;
    private static final int YIELDS = SPINS + 64;
    private static final long SLEEP_NANOS = 50_000;

    private int rounds;

    @SuppressWarnings(
            "ThreadPriorityCheck") // what is awaited takes a few instructions; its thread may lack a processor
    void pause() {
        rounds++;
        if (rounds <= SPINS) {
            Thread.onSpinWait();
        } else if (rounds <= YIELDS) {
            Thread.yield();
        } else {
            LockSupport.parkNanos(SLEEP_NANOS);
        }
    }
}
