package io.github.dmabuf4j.fence;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Runs the callbacks of a completed fence, and then those of the containers that this completed, level by level in one
 * loop. (The kernel defers to irq_work for the same reason: a container must not signal inside its child's signal.)
 */
final class CompletionTrampoline {
    private CompletionTrampoline() {}

    static void run(DmaFence first, @Nullable FenceCallback list) {
        ArrayDeque<FenceContainer> waiting = runList(first, list, null);
        if (waiting != null) {
            drain(waiting);
        }
    }

    @SuppressWarnings("ReferenceEquality")
    private static void drain(ArrayDeque<FenceContainer> waiting) {
        for (FenceContainer container = waiting.poll(); container != null; container = waiting.poll()) {
            if (container.isSignaled() || !container.advance()) {
                continue;
            }
            FenceCallback list = container.finish(container.outcome(), System.nanoTime());
            if (list != TooLate.MARK) {
                runList(container, list, waiting);
            }
        }
    }

    /** Answers the queue of containers to look at, made when the first is found. */
    private static @Nullable ArrayDeque<FenceContainer> runList(
            DmaFence fence, @Nullable FenceCallback list, @Nullable ArrayDeque<FenceContainer> queue) {
        ArrayDeque<FenceContainer> waiting = queue;
        FenceCallback callback = list;
        while (callback != null) {
            // Unlinked before it runs: the entry may live long after, and must not keep its neighbours alive.
            FenceCallback next = callback.next;
            callback.next = null;
            callback.previous = null;
            FenceContainer container = callback.run(fence);
            if (container != null) {
                if (waiting == null) {
                    waiting = new ArrayDeque<>(2);
                }
                waiting.add(container);
            }
            callback = next;
        }
        release(fence);
        return waiting;
    }

    private static void release(DmaFence fence) {
        try {
            fence.released();
        } catch (RuntimeException | Error failure) {
            ProducedFence.report("the released hook of fence " + fence + " threw", failure);
        }
    }
}
