package io.github.dmabuf4j.fence;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Runs the callbacks of a completed fence, and then those of the containers that this completed, level by level in one
 * loop. (The kernel defers to irq_work for the same reason: a container must not signal inside its child's signal.)
 */
final class CompletionTrampoline {
    private @Nullable ArrayDeque<FenceContainer> waiting;

    private CompletionTrampoline() {}

    static void run(DmaFence fence, @Nullable FenceCallback head) {
        if (head == null) {
            release(fence);
            return;
        }
        CompletionTrampoline trampoline = new CompletionTrampoline();
        trampoline.runList(fence, head);
        trampoline.drain();
    }

    private void runList(DmaFence fence, @Nullable FenceCallback head) {
        FenceCallback callback = head;
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
    }

    private void drain() {
        if (waiting == null) {
            return;
        }
        for (FenceContainer container = waiting.poll(); container != null; container = waiting.poll()) {
            if (container.isSignaled() || !container.advance()) {
                continue;
            }
            Object head = container.finish(container.outcome(), System.nanoTime());
            if (!(head instanceof Completion)) {
                runList(container, (FenceCallback) head);
            }
        }
    }

    private static void release(DmaFence fence) {
        try {
            fence.released();
        } catch (RuntimeException | Error failure) {
            DmaFence.report("the released hook of fence " + fence + " threw", failure);
        }
    }
}
