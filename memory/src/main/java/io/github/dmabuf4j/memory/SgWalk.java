package io.github.dmabuf4j.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Goes through bytes of a table that the CPU can reach. */
final class SgWalk {
    private SgWalk() {}

    /** Does something with a piece of memory. */
    @FunctionalInterface
    interface Action {
        /**
         * Takes the next piece.
         *
         * @param piece the memory
         * @param done how many bytes the pieces before it had
         */
        void apply(MemorySegment piece, long done);
    }

    /** Goes through a range of a table, as far as the table has it. Answers with the bytes. */
    static long over(SgTable table, long skip, long length, boolean write, Action action) {
        if (skip < 0 || length < 0) {
            throw new IllegalArgumentException(
                    "neither " + length + " bytes nor a skip of " + skip + " may be negative");
        }
        if (skip >= table.size()) {
            return 0;
        }
        long wanted = Math.min(length, table.size() - skip);
        checkReachable(table, skip, wanted);
        long done = 0;
        long position = 0;
        for (int i = 0; done < wanted; position += table.length(i), i++) {
            long from = Math.max(0, skip - position);
            if (from < table.length(i)) {
                long part = Math.min(table.length(i) - from, wanted - done);
                try (Arena lease = Arena.ofConfined()) {
                    MemorySegment all = table.pages(i).lease(lease, write);
                    action.apply(all.asSlice(table.start(i) + from, part), done);
                }
                done += part;
            }
        }
        return done;
    }

    /** Refuses a range that has a bare address in it. */
    static void checkReachable(SgTable table, long skip, long length) {
        long position = 0;
        for (int i = 0; i < table.entries() && position < skip + length; i++) {
            position += table.length(i);
            if (position > skip && !table.isMemory(i)) {
                throw new BareAddressException(table.resource(i));
            }
        }
    }
}
