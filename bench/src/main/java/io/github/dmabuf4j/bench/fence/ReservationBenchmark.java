package io.github.dmabuf4j.bench.fence;

import io.github.dmabuf4j.buffer.DmaResv;
import io.github.dmabuf4j.buffer.FenceUsage;
import io.github.dmabuf4j.buffer.ResvCursor;
import io.github.dmabuf4j.buffer.ww.WwClass;
import io.github.dmabuf4j.buffer.ww.WwMutex;
import io.github.dmabuf4j.fence.DmaFence;
import io.github.dmabuf4j.fence.FenceContext;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * A reservation object beside a list of fences under a {@code ReentrantLock}, and its mutex beside that lock. Eight
 * fences of eight contexts, none of them signalled.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ReservationBenchmark {
    private static final int FENCES = 8;

    private final DmaResv resv = new DmaResv();
    private final ReentrantLock listLock = new ReentrantLock();
    private final List<DmaFence> list = new ArrayList<>();
    private final DmaFence[] next = new DmaFence[2 * FENCES];
    private final WwMutex mutex = new WwMutex(WwClass.woundWait("bench"));
    private final ReentrantLock lock = new ReentrantLock();
    private int turn;
    private int guarded;

    /** Fills both with fences. */
    public ReservationBenchmark() {
        resv.lock();
        resv.reserve(FENCES);
        for (int i = 0; i < FENCES; i++) {
            FenceContext context = FenceContext.create("bench", "line " + i);
            next[i] = context.newFence();
            next[FENCES + i] = context.newFence();
            list.add(next[i]);
            resv.add(next[i], FenceUsage.READ);
        }
        resv.unlock();
    }

    /**
     * Looks at every fence without a lock.
     *
     * @return how many are signalled
     */
    @Benchmark
    public int resvIterate() {
        int signaled = 0;
        for (ResvCursor cursor = resv.cursor(FenceUsage.READ); cursor.next(); ) {
            if (cursor.fence().isSignaled()) {
                signaled++;
            }
        }
        return signaled;
    }

    /**
     * Looks at every fence of the list.
     *
     * @return how many are signalled
     */
    @Benchmark
    public int listIterate() {
        int signaled = 0;
        listLock.lock();
        try {
            for (DmaFence fence : list) {
                if (fence.isSignaled()) {
                    signaled++;
                }
            }
        } finally {
            listLock.unlock();
        }
        return signaled;
    }

    /** Adds a fence that takes the place of an earlier one of its context. */
    @Benchmark
    public void resvAdd() {
        int at = turn++ & (2 * FENCES - 1);
        resv.lock();
        try {
            resv.reserve(1);
            resv.add(next[at], FenceUsage.READ);
        } finally {
            resv.unlock();
        }
    }

    /** Puts a fence in the place of the one of its context. */
    @Benchmark
    public void listAdd() {
        DmaFence fence = next[turn++ & (2 * FENCES - 1)];
        listLock.lock();
        try {
            for (int i = 0; i < list.size(); i++) {
                if (list.get(i).context() == fence.context()) {
                    list.set(i, fence);
                    return;
                }
            }
            list.add(fence);
        } finally {
            listLock.unlock();
        }
    }

    /**
     * Locks and unlocks the mutex of reservations, without a context.
     *
     * @return a count
     */
    @Benchmark
    public int wwLock() {
        mutex.lock();
        try {
            return guarded++;
        } finally {
            mutex.unlock();
        }
    }

    /**
     * Locks and unlocks an ordinary lock.
     *
     * @return a count
     */
    @Benchmark
    public int reentrantLock() {
        lock.lock();
        try {
            return guarded++;
        } finally {
            lock.unlock();
        }
    }
}
