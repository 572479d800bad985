package io.github.dmabuf4j.memory;

/**
 * What a platform must do so that memory and the CPU's caches agree: a provider's interface, one for each platform.
 *
 * <p>Heaps and buffers call it at the points where the agreement matters, and nowhere else: when a run of pages
 * becomes uncached, when it leaves, when it is zeroed between owners, and around the work of devices that do not look
 * into the caches. On a platform whose devices all do, it is {@link #COHERENT} and does nothing.
 *
 * <p>A range that does not begin or end with a cache line covers the lines it touches. All methods may be called from
 * any thread, and work on the caches of all CPUs.
 *
 * @see <a href="https://docs.kernel.org/core-api/cachetlb.html">Cache and TLB flushing in the kernel's manual</a>
 */
public interface CacheMaintenance {
    /** For platforms where every device sees what the CPU sees: nothing is to be done. */
    CacheMaintenance COHERENT = new CacheMaintenance() {
        @Override
        public void clean(Pages pages, long offset, long length) {}

        @Override
        public void invalidate(Pages pages, long offset, long length) {}

        @Override
        public void drain() {}

        @Override
        public long becomeUncached(Pages run) {
            return 0;
        }

        @Override
        public void leaveUncached(Pages run) {}

        @Override
        public String toString() {
            return "coherent";
        }
    };

    /**
     * Writes dirty lines of a range back to memory; they stay in the caches, clean.
     *
     * @param pages the run
     * @param offset where the range begins in the run, in bytes
     * @param length its length in bytes
     */
    void clean(Pages pages, long offset, long length);

    /**
     * Drops the lines of a range from the caches, without writing them back.
     *
     * @param pages the run
     * @param offset where the range begins in the run, in bytes
     * @param length its length in bytes
     */
    void invalidate(Pages pages, long offset, long length);

    /**
     * Cleans and invalidates a range, each line in one step where the platform can: a line that somebody writes
     * meanwhile is not lost.
     *
     * @param pages the run
     * @param offset where the range begins in the run, in bytes
     * @param length its length in bytes
     */
    default void flush(Pages pages, long offset, long length) {
        clean(pages, offset, length);
        invalidate(pages, offset, length);
    }

    /** Makes stores through write-combined mappings reach memory before anything that follows. */
    void drain();

    /**
     * Makes a run fit to be used uncached: afterwards no line of it is in a cache, and memory holds what the caches
     * held. Called once when the run becomes uncached, and never when it only changes its owner.
     *
     * @param run the run, not in use by anybody
     * @return how many bytes were maintained
     */
    default long becomeUncached(Pages run) {
        flush(run, 0, run.size());
        return run.size();
    }

    /**
     * Makes a run that was used uncached fit to be used by others: lines that the CPU loaded on its own, through
     * another mapping of the same pages, are dropped, and no store that was gathered for it is left.
     *
     * @param run the run, not in use by anybody
     */
    default void leaveUncached(Pages run) {
        if (run.caching() == Caching.WRITE_COMBINED) {
            drain();
        }
        invalidate(run, 0, run.size());
    }

    /**
     * Overwrites a run with zero between two owners, through the mapping that the next owner will use, so that no line
     * of an uncached run gets dirty. When it returns, the zeros are where devices and the next owner find them.
     *
     * @param run the run, not in use by anybody
     */
    default void zero(Pages run) {
        boolean gathers = run.caching() == Caching.WRITE_COMBINED;
        if (gathers) {
            drain(); // or what the last owner stored, on another processor, could arrive after the zeros
        }
        run.zero();
        if (gathers) {
            drain();
        }
    }
}
