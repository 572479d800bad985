package io.github.dmabuf4j.jcstress;

import io.github.dmabuf4j.buffer.ww.WwClass;
import io.github.dmabuf4j.buffer.ww.WwLockSet;
import io.github.dmabuf4j.buffer.ww.WwMutex;
import java.util.Arrays;
import java.util.List;

/** Three counters under a mutex each, and visits that count on two of them at a time. */
final class LockedCounters {
    private final WwMutex[] mutexes = new WwMutex[3];
    private final int[] counts = new int[3];

    LockedCounters(WwClass wwClass) {
        for (int i = 0; i < mutexes.length; i++) {
            mutexes[i] = new WwMutex(wwClass);
        }
    }

    /** Locks in the order given, and backs off and begins again when told to. */
    void visit(int one, int other) {
        try (WwLockSet _ = Fences.calmly(() -> WwLockSet.lockAll(List.of(mutexes[one], mutexes[other])))) {
            counts[one]++;
            counts[other]++;
        }
    }

    void visitOften(int one, int other) {
        for (int i = 0; i < 10; i++) {
            visit(one, other);
        }
    }

    /** The counts, and whether a mutex stayed locked. */
    String counts() {
        boolean locked = Arrays.stream(mutexes).anyMatch(WwMutex::isLocked);
        return Arrays.toString(counts) + (locked ? " locked" : "");
    }
}
