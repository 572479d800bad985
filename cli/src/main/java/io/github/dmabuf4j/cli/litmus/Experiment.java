package io.github.dmabuf4j.cli.litmus;

import io.github.dmabuf4j.memory.CacheMaintenance;
import io.github.dmabuf4j.memory.Caching;
import java.io.IOException;
import java.util.function.BiFunction;

/**
 * One mistake, and how it shows.
 *
 * @param name what it is called on the command line
 * @param shows what one learns from it, a sentence
 * @param mistake what is done wrong, a few words
 * @param cure what is done instead, a few words
 * @param caching how the buffer is mapped
 * @param scope on which heaps it is tried
 * @param broken makes wrong maintenance of the right one; where the mistake is the program's, it changes nothing
 * @param trial the program
 */
record Experiment(
        String name,
        String shows,
        String mistake,
        String cure,
        Caching caching,
        Scope scope,
        BiFunction<Scene, CacheMaintenance, CacheMaintenance> broken,
        Trial trial) {
    /** What a program finds: nothing wrong. */
    static final long RIGHT = -1;

    /** A program that runs on the machine. */
    @FunctionalInterface
    interface Trial {
        /**
         * Runs once.
         *
         * @param scene where
         * @return the physical address of the first byte that is wrong, or {@link #RIGHT}
         */
        long run(Scene scene) throws IOException, InterruptedException;
    }
}
