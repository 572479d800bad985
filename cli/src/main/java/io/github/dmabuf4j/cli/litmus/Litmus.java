package io.github.dmabuf4j.cli.litmus;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;

/**
 * Runs experiments over seeds, on all processors there are.
 *
 * @param experiments which
 * @param heaps on which heaps, as far as they are in the scope of an experiment
 * @param firstSeed the first seed
 * @param lastSeed the last seed
 */
record Litmus(List<Experiment> experiments, List<TriedHeap> heaps, long firstSeed, long lastSeed) {
    /**
     * Runs everything.
     *
     * @return a verdict for each experiment and heap
     */
    List<Verdict> run() {
        List<Verdict> verdicts = new ArrayList<>();
        for (Experiment experiment : experiments) {
            for (TriedHeap heap : experiment.scope().of(heaps)) {
                verdicts.add(judge(experiment, heap));
            }
        }
        return verdicts;
    }

    private Verdict judge(Experiment experiment, TriedHeap heap) {
        AtomicLong maintained = new AtomicLong();
        long seeds = lastSeed - firstSeed + 1;
        long without = count(experiment, heap, false, false, new AtomicLong());
        long with = count(experiment, heap, false, true, maintained);
        long coherentWithout = count(experiment, heap, true, false, new AtomicLong());
        long coherentWith = count(experiment, heap, true, true, new AtomicLong());
        return new Verdict(
                experiment, heap.name(), seeds, without, with, maintained.get() / seeds, coherentWithout, coherentWith);
    }

    private long count(Experiment experiment, TriedHeap heap, boolean coherent, boolean cured, AtomicLong maintained) {
        return LongStream.rangeClosed(firstSeed, lastSeed)
                .parallel()
                .filter(seed -> {
                    try (Scene scene = new Scene(experiment, heap, seed, coherent, cured)) {
                        boolean wrong = run(scene) != Experiment.RIGHT;
                        maintained.addAndGet(scene.maintenance().bytes());
                        return wrong;
                    }
                })
                .count();
    }

    /** Runs an experiment once. */
    static long run(Scene scene) {
        try {
            return scene.run();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", stopped);
        }
    }
}
