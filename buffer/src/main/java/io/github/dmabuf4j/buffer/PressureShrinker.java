package io.github.dmabuf4j.buffer;

import io.github.dmabuf4j.memory.MemoryPressure;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Lets the heaps of a registry give back what they keep when the whole system is short of memory: half of it each time
 * it looks and finds pressure, so that a short squeeze does not cost everything.
 *
 * <p>All methods may be called from any thread.
 *
 * @see <a href="https://docs.kernel.org/accounting/psi.html">pressure stall information</a>
 */
public final class PressureShrinker implements AutoCloseable {
    private final HeapRegistry heaps;
    private final MemoryPressure pressure;
    private final double threshold;
    private volatile boolean closed;
    // Guarded by this:
    private @Nullable Thread watcher;

    /**
     * Makes a shrinker that looks when it is told to.
     *
     * @param heaps whose memory is given back
     * @param pressure how short the system is
     * @param threshold the percentage of time lost to memory from which on something is given back, above 0
     * @throws IllegalArgumentException if the threshold is not from above 0 to 100
     */
    public PressureShrinker(HeapRegistry heaps, MemoryPressure pressure, double threshold) {
        if (!(threshold > 0 && threshold <= 100)) {
            throw new IllegalArgumentException("a threshold is a percentage above 0, not " + threshold);
        }
        this.heaps = heaps;
        this.pressure = pressure;
        this.threshold = threshold;
    }

    /**
     * Looks once.
     *
     * @return how much was given back, in bytes; 0 without pressure, or where the system does not tell
     */
    public long check() {
        double lost = pressure.stalledPercent().orElse(0);
        return lost < threshold ? 0 : heaps.shrink(Math.ceilDiv(heaps.keptBytes(), 2));
    }

    /**
     * Looks again and again, on a daemon thread of its own, until this is closed. A second call does nothing.
     *
     * @param pause how long to wait between two looks
     */
    public synchronized void start(Duration pause) {
        if (watcher == null && !closed) {
            watcher = Thread.ofPlatform()
                    .daemon()
                    .name("dmabuf4j memory pressure")
                    .start(() -> watch(pause.toNanos()));
        }
    }

    private void watch(long nanos) {
        while (!closed) {
            check();
            LockSupport.parkNanos(this, nanos);
        }
    }

    /** Ends looking. Idempotent. */
    @Override
    public synchronized void close() {
        closed = true;
        LockSupport.unpark(watcher);
    }
}
