package io.github.dmabuf4j.machine;

/**
 * Something that happened to a line, and how the line is afterwards.
 *
 * @param step when
 * @param actor who did it: a processor, the cache, a device, or the program that runs on the machine
 * @param action what was done
 * @param address the physical address of the first byte it was done to, or -1
 * @param length to how many bytes
 * @param state what the cache knows about the line now
 * @param cached the first of these bytes in the cache, or -1 if it is not there
 * @param memory the first of these bytes in memory, or -1 for memory of a device
 * @param text a remark of the program; empty for everything else
 */
public record MachineEvent(
        long step,
        String actor,
        Action action,
        long address,
        int length,
        LineState state,
        int cached,
        int memory,
        String text) {
    /** What can be done to a line. */
    public enum Action {
        /** A processor loads through the cache. */
        LOAD("loads"),
        /** A processor stores through the cache. */
        STORE("stores"),
        /** A line comes into the cache because a processor needs it. */
        FILL("is filled"),
        /** A line comes into the cache though nobody asked for it. */
        SPECULATE("fetches on its own"),
        /** A dirty line leaves the cache and is written over memory. */
        EVICT_DIRTY("evicts and writes back"),
        /** A clean line leaves the cache. */
        EVICT_CLEAN("evicts"),
        /** A processor loads past the cache. */
        UNCACHED_LOAD("loads uncached"),
        /** A processor stores past the cache. */
        UNCACHED_STORE("stores uncached"),
        /** A processor stores into its store buffer. */
        COMBINED_STORE("stores combined"),
        /** A store buffer writes to memory. */
        DRAIN("drains"),
        /** Maintenance writes a dirty line back, which stays in the cache. */
        CLEAN("cleans"),
        /** Maintenance drops a line. */
        INVALIDATE("invalidates"),
        /** A line leaves the cache because somebody past the cache asks for it. */
        SNOOP("is looked into"),
        /** A device reads. */
        DMA_READ("reads"),
        /** A device writes. */
        DMA_WRITE("writes"),
        /** A remark of the program. */
        NOTE("");

        private final String words;

        Action(String words) {
            this.words = words;
        }

        /**
         * The action as a verb behind the actor's name.
         *
         * @return the words
         */
        public String words() {
            return words;
        }
    }

    /** The event as a line of a trace. */
    @Override
    public String toString() {
        if (action == Action.NOTE) {
            return "%6d  -- %s".formatted(step, text);
        }
        return "%6d  %-8s %-22s %3d bytes at 0x%06x   line %-6s  cache %s  memory %s"
                .formatted(step, actor, action.words(), length, address, state, hex(cached), hex(memory));
    }

    private static String hex(int value) {
        return value < 0 ? "--" : "%02x".formatted(value);
    }
}
