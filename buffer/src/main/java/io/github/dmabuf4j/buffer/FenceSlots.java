package io.github.dmabuf4j.buffer;

import io.github.dmabuf4j.fence.DmaFence;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The fences of a reservation: written by the holder of its lock, read by anybody at any time.
 *
 * <p>A reader must see a fence with its own usage, although both change in place. So a slot points to an entry that
 * belongs to this slot and one usage for ever: another usage means another entry. Entries are made once and used
 * again, so that adding a fence allocates nothing in the long run. An entry that a slot left is emptied; a reader that
 * finds it empty reads the slot again.
 */
final class FenceSlots {
    private static final int STEP = 4;
    private static final int USAGES = FenceUsage.values().length;

    /** A fence in a slot, with the usage the entry was made for. */
    static final class Entry {
        final FenceUsage usage;
        volatile @Nullable DmaFence fence;

        Entry(FenceUsage usage) {
            this.usage = usage;
        }
    }

    private final AtomicReferenceArray<Entry> current;
    /** The entries of each slot by usage; for the writer alone. */
    private final @Nullable Entry[] entries;

    private volatile int count;

    FenceSlots(int capacity) {
        current = new AtomicReferenceArray<>(capacity);
        entries = new @Nullable Entry[capacity * USAGES];
    }

    /** Empty, for at least as many. */
    static FenceSlots forFirst(int fences) {
        return new FenceSlots(Math.ceilDiv(fences, STEP) * STEP);
    }

    /**
     * Slots that take as many fences more: these, if there is room, else larger ones without what is signalled.
     * Signalled fences count as room, since adding replaces them.
     */
    FenceSlots withRoomFor(int fences) {
        int used = count;
        if (fences <= capacity() - used) {
            return this;
        }
        int pending = 0;
        for (int slot = 0; slot < used; slot++) {
            if (!fence(entry(slot)).poll()) {
                pending++;
            }
        }
        if (fences <= capacity() - pending) {
            return this;
        }
        FenceSlots larger = new FenceSlots(Math.max(Math.addExact(pending, fences), 2 * capacity()));
        for (int slot = 0; slot < used; slot++) {
            Entry entry = entry(slot);
            DmaFence fence = fence(entry);
            if (!fence.isSignaled()) {
                larger.append(fence, entry.usage);
            }
        }
        return larger;
    }

    int capacity() {
        return current.length();
    }

    /** How many slots are in use. May rise while somebody reads, never falls. */
    int count() {
        return count;
    }

    Entry entry(int slot) {
        return current.getAcquire(slot);
    }

    /** The fence of an entry that the writer reads, or that belongs to nobody else. */
    static DmaFence fence(Entry entry) {
        DmaFence fence = entry.fence;
        if (fence == null) {
            throw new IllegalStateException("the entry was left: this is not the thread that writes");
        }
        return fence;
    }

    /** A quick look that allocates nothing. True: all work is over; false: look closer. */
    boolean isOver(FenceUsage usage) {
        for (int slot = 0; slot < count; slot++) {
            Entry entry = entry(slot);
            DmaFence fence = entry.fence;
            if (fence == null || (usage.includes(entry.usage) && !fence.isSignaled())) {
                return false;
            }
        }
        return true;
    }

    void append(DmaFence fence, FenceUsage usage) {
        int slot = count;
        put(slot, fence, usage);
        count = slot + 1;
    }

    void put(int slot, DmaFence fence, FenceUsage usage) {
        @Nullable Entry before = current.getPlain(slot);
        int index = slot * USAGES + usage.number();
        Entry entry = entries[index];
        if (entry == null) {
            entry = new Entry(usage);
            entries[index] = entry;
        }
        entry.fence = fence;
        if (before != entry) {
            current.setRelease(slot, entry);
            if (before != null) {
                before.fence = null;
            }
        }
    }
}
