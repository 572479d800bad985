package io.github.dmabuf4j.cli.litmus;

import java.util.List;

/** On which heaps an experiment means something. */
enum Scope {
    /** On every one. */
    EVERY("") {
        @Override
        boolean covers(TriedHeap heap) {
            return true;
        }
    },
    /** On those that keep a page for its next owner. */
    KEPT("keeps no page for a next owner") {
        @Override
        boolean covers(TriedHeap heap) {
            return heap.keeps();
        }
    },
    /** On those whose buffers the CPU can reach: it is the CPU that goes wrong. */
    MAPPED("is never mapped by the CPU") {
        @Override
        boolean covers(TriedHeap heap) {
            return heap.mapped();
        }
    };

    /** Why a heap is not covered, behind its name. */
    final String whyNot;

    Scope(String whyNot) {
        this.whyNot = whyNot;
    }

    abstract boolean covers(TriedHeap heap);

    /** The heaps of a list that are covered. */
    List<TriedHeap> of(List<TriedHeap> heaps) {
        return heaps.stream().filter(this::covers).toList();
    }
}
