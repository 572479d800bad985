package io.github.dmabuf4j.fence;

/**
 * Spinning before sleeping, for as long as it has paid off lately: after a wait that spinning ended, the limit moves
 * towards twice its length; after one that it did not end, the limit shrinks. At most 20 microseconds, and nothing on a
 * machine with one processor or on a virtual thread, whose carrier others need.
 *
 * <p>Waits for fences share one average; what is waited for again and again, a timeline or a set, has its own. It is
 * written without care for lost updates: it is a guess anyway.
 */
final class LearningSpin {
    static final LearningSpin FENCES = new LearningSpin();

    private static final boolean MANY_PROCESSORS = Runtime.getRuntime().availableProcessors() > 1;
    private static final long LONGEST_NANOS = 20_000;
    private static final long SHORTEST_NANOS = 500;
    private static final int LOOKS_PER_CLOCK_READ = 32;

    private long averageNanos = LONGEST_NANOS / 4;

    /** What is spun for. Kept in a constant: a lambda that captures would be made anew for each wait. */
    @FunctionalInterface
    interface Condition<T> {
        boolean isOver(T subject, long point);
    }

    /**
     * Spins until something is over, or spinning no longer pays.
     *
     * @param point handed to the condition; without meaning here
     * @return true if it is over
     */
    <T> boolean spin(Condition<T> over, T subject, long point, long timeoutNanos, long startNanos) {
        if (!MANY_PROCESSORS || Thread.currentThread().isVirtual()) {
            return false;
        }
        long average = averageNanos;
        long limit = Math.min(timeoutNanos, Math.min(LONGEST_NANOS, 2 * average + SHORTEST_NANOS));
        long spent;
        do {
            for (int i = 0; i < LOOKS_PER_CLOCK_READ; i++) {
                if (over.isOver(subject, point)) {
                    long took = System.nanoTime() - startNanos;
                    averageNanos = average + (Math.min(took, LONGEST_NANOS) - average) / 8;
                    return true;
                }
                Thread.onSpinWait();
            }
            spent = System.nanoTime() - startNanos;
        } while (spent < limit && !Thread.currentThread().isInterrupted());
        averageNanos = average - average / 8;
        return over.isOver(subject, point);
    }
}
