package io.github.dmabuf4j.domain.session;

import io.github.dmabuf4j.domain.wire.XbpError;
import org.jspecify.annotations.Nullable;

/**
 * Objects by id. A slot that is used again gets the next generation, so that an old id never finds a new object; a slot
 * whose generations are used up is burnt.
 *
 * <p>The exporter {@linkplain #add adds} objects and makes their ids, the importer {@linkplain #put puts} them under the
 * ids that it was told. One thread at a time changes a table; looking up is safe from one other thread that was handed the
 * id after the change, and allocates nothing unless the id is wrong.
 *
 * @param <T> the objects
 */
public final class ObjectTable<T> {
    private final int epoch;
    private final long[] ids;
    private final @Nullable Object[] objects;
    private final int[] generations;

    /**
     * Creates an empty table.
     *
     * @param epoch the exporter's
     * @param slots how many objects fit
     * @throws IllegalArgumentException if the number of slots is not between 1 and {@link BufferId#SLOTS}
     */
    public ObjectTable(int epoch, int slots) {
        if (slots < 1 || slots > BufferId.SLOTS) {
            throw new IllegalArgumentException("a table has 1 to " + BufferId.SLOTS + " slots, not " + slots);
        }
        this.epoch = epoch & 0xFFFF;
        this.ids = new long[slots];
        this.objects = new @Nullable Object[slots];
        this.generations = new int[slots];
    }

    /**
     * Adds an object and makes its id.
     *
     * @param object what to add
     * @return the id
     * @throws IllegalStateException if every slot is used or burnt
     */
    public long add(T object) {
        for (int slot = 0; slot < ids.length; slot++) {
            if (objects[slot] == null && generations[slot] < BufferId.MAX_GENERATION) {
                return store(BufferId.of(epoch, slot, generations[slot] + 1), object);
            }
        }
        throw new IllegalStateException("all " + ids.length + " slots are used or burnt");
    }

    /**
     * Puts an object under an id that its exporter made.
     *
     * @param id the id
     * @param object what to put there
     * @throws Refusal if the id has another epoch, a slot beyond the table, a generation that is not newer than the last
     *     one there, or a slot that is used
     */
    public void put(long id, T object) throws Refusal {
        int slot = BufferId.slot(id);
        if (BufferId.epoch(id) != epoch) {
            throw new Refusal(XbpError.STALE_EPOCH, describe(id) + " is of another epoch than " + epoch);
        }
        if (slot >= ids.length) {
            throw new Refusal(XbpError.QUOTA, describe(id) + " lies beyond the " + ids.length + " agreed");
        }
        if (objects[slot] != null) {
            throw new Refusal(XbpError.BADSTATE, describe(id) + " is offered in a slot that is in use");
        }
        if (BufferId.generation(id) <= generations[slot]) {
            throw new Refusal(XbpError.BADSTATE, describe(id) + " is not newer than what its slot held before");
        }
        store(id, object);
    }

    /**
     * Finds an object.
     *
     * @param id from anybody
     * @return the object, or null if the id is not that of a present object
     */
    @SuppressWarnings("unchecked") // only T is stored
    public @Nullable T find(long id) {
        int slot = BufferId.slot(id);
        return slot < ids.length && ids[slot] == id && objects[slot] != null ? (T) objects[slot] : null;
    }

    /**
     * Finds an object that must be there.
     *
     * @param id from the peer
     * @return the object
     * @throws Refusal with NOBUF if it is not there
     */
    public T require(long id) throws Refusal {
        T object = find(id);
        if (object == null) {
            throw new Refusal(XbpError.NOBUF, describe(id) + " is not known here");
        }
        return object;
    }

    /**
     * Takes an object out. Its id is never valid again.
     *
     * @param id of a present object
     * @throws IllegalArgumentException if there is none
     */
    public void remove(long id) {
        if (find(id) == null) {
            throw new IllegalArgumentException(describe(id) + " is not known here");
        }
        objects[BufferId.slot(id)] = null;
    }

    /**
     * How many objects fit.
     *
     * @return the number of slots
     */
    public int slots() {
        return ids.length;
    }

    /**
     * An id in words.
     *
     * @param id any
     * @return for sentences, such as {@code buffer 3 (generation 1, epoch 4711)}
     */
    public static String describe(long id) {
        return "buffer " + BufferId.slot(id) + " (generation " + BufferId.generation(id) + ", epoch "
                + BufferId.epoch(id) + ")";
    }

    private long store(long id, T object) {
        int slot = BufferId.slot(id);
        generations[slot] = BufferId.generation(id);
        ids[slot] = id;
        objects[slot] = object;
        return id;
    }
}
