package io.github.dmabuf4j.bench.fence;

import io.github.dmabuf4j.fence.DmaFence;
import io.github.dmabuf4j.fence.FenceCallback;
import io.github.dmabuf4j.fence.FenceContext;
import io.github.dmabuf4j.fence.UserFence;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * A fence and a {@code CompletableFuture} through the same life. A fence that signals is stamped with the time, which
 * costs more than all the rest: so each life is measured with a reading of the clock on both sides, and without one.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings({"FutureReturnValueIgnored", "UnusedVariable"}) // measured for their cost alone
public class FenceBenchmark {
    private final FenceContext shared = FenceContext.create("bench", "bench");
    private FenceContext confined = shared;
    private final DmaFence pendingFence =
            FenceContext.create("bench", "pending").newFence();
    private final CompletableFuture<Long> pendingFuture = new CompletableFuture<>();
    private long called;
    private long number;

    /** The state of one thread. */
    public FenceBenchmark() {}

    /** By the thread that measures: it alone numbers these fences. */
    @Setup
    public void setUp() {
        confined = FenceContext.createConfined("bench", "bench");
    }

    /**
     * A future is made and completed.
     *
     * @return the future
     */
    @Benchmark
    public Object futureComplete() {
        CompletableFuture<Long> future = new CompletableFuture<>();
        future.complete(null);
        return future;
    }

    /**
     * A fence is made and signalled; the caller has a time.
     *
     * @return the fence
     */
    @Benchmark
    public Object fenceSignal() {
        UserFence fence = confined.newFence();
        fence.signal(1);
        return fence;
    }

    /**
     * The same in a context whose fences any thread may make, which takes one atomic step more.
     *
     * @return the fence
     */
    @Benchmark
    public Object fenceSignalShared() {
        UserFence fence = shared.newFence();
        fence.signal(1);
        return fence;
    }

    /**
     * The same with a sequence number that the caller keeps count of, as kernel drivers do.
     *
     * @return the fence
     */
    @Benchmark
    public Object fenceSignalNumbered() {
        UserFence fence = shared.newFence(++number);
        fence.signal(1);
        return fence;
    }

    /**
     * A look at a future that is not complete.
     *
     * @return false
     */
    @Benchmark
    public boolean futureIsDone() {
        return pendingFuture.isDone();
    }

    /**
     * A look at a fence that is not signalled.
     *
     * @return false
     */
    @Benchmark
    public boolean fenceIsSignaled() {
        return pendingFence.isSignaled();
    }

    /**
     * A future is made and completed with the time.
     *
     * @return the future
     */
    @Benchmark
    public Object futureCompleteClock() {
        CompletableFuture<Long> future = new CompletableFuture<>();
        future.complete(System.nanoTime());
        return future;
    }

    /**
     * A fence is made and signalled.
     *
     * @return the fence
     */
    @Benchmark
    public Object fenceSignalClock() {
        UserFence fence = shared.newFence();
        fence.signal();
        return fence;
    }

    /**
     * A future with one callback.
     *
     * @return the future
     */
    @Benchmark
    public Object futureCallback() {
        CompletableFuture<Long> future = new CompletableFuture<>();
        future.thenRun(this::count);
        future.complete(null);
        return future;
    }

    /**
     * A fence with one callback; the caller has a time.
     *
     * @return the fence
     */
    @Benchmark
    public Object fenceCallback() {
        UserFence fence = confined.newFence();
        fence.addCallback(new Counting());
        fence.signal(1);
        return fence;
    }

    /**
     * A future with one callback, completed with the time.
     *
     * @return the future
     */
    @Benchmark
    public Object futureCallbackClock() {
        CompletableFuture<Long> future = new CompletableFuture<>();
        future.thenRun(this::count);
        future.complete(System.nanoTime());
        return future;
    }

    /**
     * A fence with one callback.
     *
     * @return the fence
     */
    @Benchmark
    public Object fenceCallbackClock() {
        UserFence fence = shared.newFence();
        fence.addCallback(new Counting());
        fence.signal();
        return fence;
    }

    private void count() {
        called++;
    }

    private final class Counting extends FenceCallback {
        @Override
        protected void signaled(DmaFence fence) {
            count();
        }
    }
}
