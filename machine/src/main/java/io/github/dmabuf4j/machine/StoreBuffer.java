package io.github.dmabuf4j.machine;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** Stores of one processor through write-combined mappings, gathered by line until they leave, in any order. */
final class StoreBuffer {
    private static final int ENTRIES = 4;

    /** The stores to one line. */
    static final class Entry {
        final long line;
        final byte[] bytes;
        final BitSet stored;

        Entry(long line, int lineSize) {
            this.line = line;
            this.bytes = new byte[lineSize];
            this.stored = new BitSet(lineSize);
        }
    }

    private final @Nullable Entry[] entries = new @Nullable Entry[ENTRIES];
    private int count;

    boolean isEmpty() {
        return count == 0;
    }

    boolean isFull() {
        return count == ENTRIES;
    }

    @Nullable Entry find(long line) {
        for (Entry entry : entries) {
            if (entry != null && entry.line == line) {
                return entry;
            }
        }
        return null;
    }

    /** Begins to gather for a line; there is room. */
    Entry begin(long line, int lineSize) {
        Entry entry = new Entry(line, lineSize);
        for (int i = 0; i < ENTRIES; i++) {
            if (entries[i] == null) {
                entries[i] = entry;
                count++;
                break;
            }
        }
        return entry;
    }

    /** Takes out one entry by chance. */
    Entry takeAny(Chance chance) {
        int left = chance.below(count);
        for (Entry entry : entries) {
            if (entry != null && left-- == 0) {
                remove(entry);
                return entry;
            }
        }
        throw new IllegalStateException("the store buffer is empty");
    }

    @SuppressWarnings("ReferenceEquality") // the very same entry
    void remove(Entry entry) {
        for (int i = 0; i < ENTRIES; i++) {
            if (entries[i] == entry) {
                entries[i] = null;
                count--;
            }
        }
    }
}
