package io.github.dmabuf4j.domain.session;

/**
 * How a buffer is named in messages and rings: the exporter's epoch (16 bits), a slot (24 bits) and the slot's generation
 * (24 bits), from high to low. An id means something within its session only, and proves nothing by itself.
 */
public final class BufferId {
    /** Slots are numbered below this. */
    public static final int SLOTS = 1 << 24;

    /** Generations are numbered from 1 up to this; a slot that had them all is burnt. */
    public static final int MAX_GENERATION = (1 << 24) - 1;

    private BufferId() {}

    /**
     * Builds an id.
     *
     * @param epoch of the exporter; its low 16 bits count
     * @param slot 0 to {@link #SLOTS} - 1
     * @param generation 1 to {@link #MAX_GENERATION}
     * @return the id, never 0
     * @throws IllegalArgumentException if a number is out of range
     */
    public static long of(int epoch, int slot, int generation) {
        if (slot < 0 || slot >= SLOTS) {
            throw new IllegalArgumentException("a slot lies between 0 and " + (SLOTS - 1) + ", not " + slot);
        }
        if (generation < 1 || generation > MAX_GENERATION) {
            throw new IllegalArgumentException(
                    "a generation lies between 1 and " + MAX_GENERATION + ", not " + generation);
        }
        return (long) (epoch & 0xFFFF) << 48 | (long) slot << 24 | generation;
    }

    /**
     * The exporter's epoch.
     *
     * @param id an id
     * @return its low 16 bits
     */
    public static int epoch(long id) {
        return (int) (id >>> 48);
    }

    /**
     * The slot.
     *
     * @param id an id
     * @return 0 to {@link #SLOTS} - 1
     */
    public static int slot(long id) {
        return (int) (id >>> 24) & 0xFFFFFF;
    }

    /**
     * The slot's generation.
     *
     * @param id an id
     * @return 0 (in no valid id) to {@link #MAX_GENERATION}
     */
    public static int generation(long id) {
        return (int) id & 0xFFFFFF;
    }
}
