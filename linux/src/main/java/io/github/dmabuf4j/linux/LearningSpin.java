package io.github.dmabuf4j.linux;

/**
 * Spinning before sleeping, for as long as it has paid off lately on this timeline: after a wait that spinning ended,
 * the limit moves towards twice its length; after one that it did not end, the limit shrinks, and once in a while the
 * full limit is tried again. At most 20 microseconds; nothing on a machine with one processor, where it would only take
 * the processor from the one that is waited for.
 *
 * <p>{@code -Ddmabuf4j.spinNanos=N} fixes the limit: 0 never spins.
 *
 * <p>The average is shared by all threads that wait here and written without care for lost updates: it is a guess
 * anyway.
 */
final class LearningSpin {
    static final int LOOKS_PER_CLOCK_READ = 32;

    private static final long LONGEST_NANOS = 20_000;
    private static final long SHORTEST_NANOS = 500;
    private static final int WAITS_PER_TRIAL = 32;
    private static final long FIXED_NANOS = Long.getLong("dmabuf4j.spinNanos", -1);
    private static final boolean MANY_PROCESSORS = Runtime.getRuntime().availableProcessors() > 1;

    private long averageNanos = LONGEST_NANOS / 4;
    private int waits;

    /** Whether to spin at all. */
    boolean isAllowed() {
        return FIXED_NANOS >= 0 ? FIXED_NANOS > 0 : MANY_PROCESSORS;
    }

    /** How long to spin now. */
    long limitNanos() {
        if (FIXED_NANOS >= 0) {
            return FIXED_NANOS;
        }
        if (!isAllowed()) {
            return 0;
        }
        boolean trial = ++waits % WAITS_PER_TRIAL == 0;
        return trial ? LONGEST_NANOS : Math.min(LONGEST_NANOS, 2 * averageNanos + SHORTEST_NANOS);
    }

    /** Spinning ended a wait. */
    void paidOff(long tookNanos) {
        long average = averageNanos;
        averageNanos = average + (Math.min(tookNanos, LONGEST_NANOS) - average) / 8;
    }

    /** Spinning ended a wait before it was worth reading the clock. */
    void paidOffAtOnce() {
        paidOff(SHORTEST_NANOS);
    }

    /** Spinning did not end a wait. */
    void wasInVain() {
        long average = averageNanos;
        averageNanos = average - average / 8;
    }
}
