package io.github.dmabuf4j.cli.litmus;

import java.util.List;

/**
 * An experiment that means nothing on a heap.
 *
 * @param experiment which
 * @param heap on which heap
 */
record Untried(Experiment experiment, TriedHeap heap) {
    /** Those among some experiments and some heaps. */
    static List<Untried> of(List<Experiment> experiments, List<TriedHeap> heaps) {
        return experiments.stream()
                .flatMap(experiment -> heaps.stream()
                        .filter(heap -> !experiment.scope().covers(heap))
                        .map(heap -> new Untried(experiment, heap)))
                .toList();
    }

    /** The reason, as the end of a sentence that begins with the heap. */
    String why() {
        return experiment.scope().whyNot;
    }

    @Override
    public String toString() {
        return experiment.name() + " is not tried on " + heap.name() + ", which " + why();
    }
}
