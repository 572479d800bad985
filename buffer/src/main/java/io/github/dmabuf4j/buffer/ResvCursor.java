package io.github.dmabuf4j.buffer;

import io.github.dmabuf4j.fence.DmaFence;
import org.jspecify.annotations.Nullable;

/**
 * A walk over the unsignalled fences of a {@link DmaResv} that takes no lock and never blocks a writer.
 *
 * <p>When the list of fences was replaced under the walk, it begins again: {@link #isRestarted()} is true for that step,
 * and whatever the caller collected before it must be dropped. It is true for the first step, too.
 *
 * <pre>{@code
 * ResvCursor cursor = resv.cursor(FenceUsage.READ);
 * while (cursor.next()) {
 *     if (cursor.isRestarted()) {
 *         found.clear();
 *     }
 *     found.add(cursor.fence());
 * }
 * }</pre>
 *
 * <p>A cursor belongs to one thread. If the walk restarts into an empty list, {@link #next()} answers false with
 * {@link #isRestarted()} true.
 *
 * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_resv_for_each_fence_unlocked">dma_resv_for_each_fence_unlocked</a>
 */
public final class ResvCursor {
    private final DmaResv resv;
    private final FenceUsage wanted;

    private boolean begun;
    private @Nullable FenceSlots slots;
    private int slot;
    private boolean restarted;
    private @Nullable DmaFence fence;
    private FenceUsage usage = FenceUsage.KERNEL;

    ResvCursor(DmaResv resv, FenceUsage wanted) {
        this.resv = resv;
        this.wanted = wanted;
    }

    /**
     * Goes to the next fence that is not signalled. Looking may complete fences that are over ({@link DmaFence#poll()}).
     *
     * @return false when there is none left
     */
    public boolean next() {
        restarted = false;
        do {
            FenceSlots now = resv.slots();
            if (!begun || now != slots) {
                begun = true;
                slots = now;
                slot = 0;
                restarted = true;
            }
            walk();
        } while (resv.slots() != slots);
        return fence != null;
    }

    private void walk() {
        fence = null;
        FenceSlots list = slots;
        while (list != null && slot < list.count()) {
            FenceSlots.Entry entry = list.entry(slot);
            DmaFence found = entry.fence;
            if (found == null) {
                // The slot has another entry by now.
                continue;
            }
            slot++;
            if (wanted.includes(entry.usage) && !found.poll()) {
                fence = found;
                usage = entry.usage;
                return;
            }
        }
    }

    /**
     * Whether the walk began again with this step, or for the first time.
     *
     * @return true if what was collected before must be dropped
     */
    public boolean isRestarted() {
        return restarted;
    }

    /**
     * The fence of this step.
     *
     * @return a fence that was not signalled a moment ago
     * @throws IllegalStateException if the last {@link #next()} did not answer true
     */
    public DmaFence fence() {
        DmaFence current = fence;
        if (current == null) {
            throw new IllegalStateException("the cursor is at no fence: call next() and heed its answer");
        }
        return current;
    }

    /**
     * Why the fence of this step is there.
     *
     * @return its usage
     */
    public FenceUsage usage() {
        return usage;
    }
}
