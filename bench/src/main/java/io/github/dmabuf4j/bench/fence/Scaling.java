package io.github.dmabuf4j.bench.fence;

import io.github.dmabuf4j.fence.DmaFence;
import io.github.dmabuf4j.fence.FenceChain;
import io.github.dmabuf4j.fence.FenceContext;
import io.github.dmabuf4j.fence.FenceSet;
import io.github.dmabuf4j.fence.FenceUnwrap;
import io.github.dmabuf4j.fence.SyncTimeline;
import io.github.dmabuf4j.fence.UserFence;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** How costs grow with the number of fences: each method runs one experiment in this JVM and answers nanoseconds. */
@SuppressWarnings("FutureReturnValueIgnored")
public final class Scaling {
    private static final Duration LONG = Duration.ofMinutes(1);

    private Scaling() {}

    /**
     * How long a set takes from a signal to the fence being handed out, with so many others in it.
     *
     * @param others how many fences stay in the set
     * @param wakes how many times
     * @return nanoseconds each
     * @throws InterruptedException if the thread is interrupted
     */
    public static double setWake(int others, int wakes) throws InterruptedException {
        FenceContext context = FenceContext.create("bench", "set");
        try (FenceSet set = new FenceSet()) {
            for (int i = 0; i < others; i++) {
                set.add(context.newFence());
            }
            long total = 0;
            for (int i = 0; i < wakes; i++) {
                UserFence fence = context.newFence();
                set.add(fence);
                long begin = System.nanoTime();
                fence.signal(begin);
                DmaFence first = set.await(LONG);
                total += System.nanoTime() - begin;
                check(first == fence);
            }
            return (double) total / wakes;
        }
    }

    /**
     * How long adding a fence to a set and taking it out takes.
     *
     * @param others how many fences stay in the set
     * @param times how many times
     * @return nanoseconds each
     */
    public static double setChange(int others, int times) {
        FenceContext context = FenceContext.create("bench", "set");
        try (FenceSet set = new FenceSet()) {
            for (int i = 0; i < others; i++) {
                set.add(context.newFence());
            }
            DmaFence[] fences = new DmaFence[256];
            for (int i = 0; i < fences.length; i++) {
                fences[i] = context.newFence();
            }
            long begin = System.nanoTime();
            for (int i = 0; i < times; i++) {
                set.add(fences[i & 255]);
                check(set.remove(fences[i & 255]));
            }
            return (double) (System.nanoTime() - begin) / times;
        }
    }

    /**
     * How long a wait for any of many fences takes for each of them when it runs out of time at once: it looks at each
     * and queues an entry on each.
     *
     * @param fences how many fences
     * @param times how many waits
     * @return nanoseconds for each fence
     * @throws InterruptedException if the thread is interrupted
     */
    public static double anyCall(int fences, int times) throws InterruptedException {
        FenceContext context = FenceContext.create("bench", "any");
        List<UserFence> all = new ArrayList<>();
        for (int i = 0; i < fences; i++) {
            all.add(context.newFence());
        }
        Duration shortest = Duration.ofNanos(1);
        long begin = System.nanoTime();
        for (int i = 0; i < times; i++) {
            check(DmaFence.awaitAny(all, shortest) == null);
        }
        return (double) (System.nanoTime() - begin) / times / fences;
    }

    /**
     * How long a timeline takes to signal each of many points in one step.
     *
     * @param points how many are reached by the step
     * @param times how many steps
     * @return nanoseconds for each point
     */
    public static double increment(int points, int times) {
        long total = 0;
        DmaFence last = DmaFence.stub();
        try (SyncTimeline timeline = SyncTimeline.create("bench")) {
            int value = 0;
            for (int i = 0; i < times; i++) {
                for (int point = 1; point <= points; point++) {
                    last = timeline.createPoint(value + point);
                }
                value += points;
                long begin = System.nanoTime();
                timeline.increment(points);
                total += System.nanoTime() - begin;
                check(last.isSignaled());
            }
        }
        return (double) total / times / points;
    }

    /**
     * How long adding a pending point takes with others pending.
     *
     * @param pending how many are pending
     * @param inOrder whether the point is later than all others
     * @param times how many points are added
     * @return nanoseconds for each
     */
    public static double addPoint(int pending, boolean inOrder, int times) {
        Random random = new Random(1);
        try (SyncTimeline timeline = SyncTimeline.create("bench")) {
            DmaFence[] kept = new DmaFence[pending + times];
            int count = 0;
            for (int i = 1; i <= pending; i++) {
                kept[count++] = timeline.createPoint(i * 1000);
            }
            long begin = System.nanoTime();
            for (int i = 1; i <= times; i++) {
                int point = inOrder ? pending * 1000 + i : 1 + random.nextInt(pending * 1000);
                kept[count++] = timeline.createPoint(point);
            }
            double nanos = (double) (System.nanoTime() - begin) / times;
            check(!kept[count - 1].isSignaled());
            return nanos;
        }
    }

    /**
     * Makes a chain whose points signal in order, from the oldest, and waits for its end.
     *
     * @param points how many
     * @return nanoseconds for each point, and bytes of heap that are left for each when all are signalled
     */
    public static double[] chain(int points) {
        long before = heapInUse();
        ArrayDeque<UserFence> contained = new ArrayDeque<>();
        FenceContext context = FenceContext.create("bench", "chain");
        long begin = System.nanoTime();
        DmaFence head = DmaFence.stub();
        for (int i = 1; i <= points; i++) {
            UserFence fence = context.newFence();
            contained.add(fence);
            head = FenceChain.of(i == 1 ? null : head, fence, i);
        }
        check(!head.poll());
        while (!contained.isEmpty()) {
            contained.remove().signal(1);
        }
        contained = new ArrayDeque<>();
        check(head.poll() && FenceChain.walk(head) == null);
        double nanos = (double) (System.nanoTime() - begin) / points;
        long held = heapInUse();
        check(head.isSignaled() && contained.isEmpty());
        return new double[] {nanos, (double) (held - before) / points};
    }

    /**
     * How long a merge of fences of as many contexts takes.
     *
     * @param fences how many
     * @param times how many merges
     * @return nanoseconds for each merge
     */
    public static double merge(int fences, int times) {
        List<DmaFence> inputs = new ArrayList<>();
        for (int i = 0; i < fences; i++) {
            inputs.add(FenceContext.create("bench", "merge").newFence());
        }
        Collections.shuffle(inputs, new Random(1));
        long begin = System.nanoTime();
        for (int i = 0; i < times; i++) {
            check(!FenceUnwrap.merge(inputs).isSignaled());
        }
        return (double) (System.nanoTime() - begin) / times;
    }

    /**
     * What a live fence costs on the heap with very many others.
     *
     * @param fences how many
     * @param onTimeline whether they are points of a timeline, which keeps account of them
     * @return bytes for each
     */
    public static double liveBytes(int fences, boolean onTimeline) {
        FenceContext context = FenceContext.create("bench", "live");
        DmaFence[] live = new DmaFence[fences];
        try (SyncTimeline timeline = SyncTimeline.create("bench")) {
            long before = heapInUse();
            for (int i = 0; i < fences; i++) {
                live[i] = onTimeline ? timeline.createPoint(i + 1) : context.newFence();
            }
            double bytes = (double) (heapInUse() - before) / fences;
            check(!live[fences - 1].isSignaled());
            return bytes;
        }
    }

    private static long heapInUse() {
        Runtime runtime = Runtime.getRuntime();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }

    private static void check(boolean condition) {
        if (!condition) {
            throw new IllegalStateException("a benchmark of fences went wrong");
        }
    }
}
