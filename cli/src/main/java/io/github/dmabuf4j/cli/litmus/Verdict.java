package io.github.dmabuf4j.cli.litmus;

/**
 * What came of an experiment on a heap, over many seeds.
 *
 * @param experiment which
 * @param heap on which heap
 * @param seeds how many seeds there were
 * @param without how many of them showed the mistake
 * @param with how many showed anything wrong with the cure
 * @param maintainedBytes bytes that were cleaned or invalidated with the cure, for each seed
 * @param coherentWithout as {@code without}, where everything looks into the cache
 * @param coherentWith as {@code with}, where everything looks into the cache
 */
record Verdict(
        Experiment experiment,
        String heap,
        long seeds,
        long without,
        long with,
        long maintainedBytes,
        long coherentWithout,
        long coherentWith) {
    /** Whether nothing was wrong that should be right. */
    boolean holds() {
        return with == 0 && coherentWithout == 0 && coherentWith == 0;
    }
}
