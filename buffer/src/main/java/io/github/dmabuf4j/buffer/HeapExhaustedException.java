package io.github.dmabuf4j.buffer;

import io.github.dmabuf4j.memory.OutOfPagesException;
import io.github.dmabuf4j.memory.Room;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A heap could not give as much as it was asked for. Its accounting is what it was before.
 *
 * <p>The counterpart of {@code ENOMEM} from a dma-heap.
 */
public final class HeapExhaustedException extends IOException {
    private static final long serialVersionUID = 1L;

    /** The heap's name. */
    private final String heap;
    /** How much was asked for. */
    private final long requested;
    /** How much was free, or -1. */
    private final long free;
    /** How long the longest free run was, or -1. */
    private final long largestRun;

    private HeapExhaustedException(
            String heap, long requested, String reason, @Nullable Throwable cause, long free, long largestRun) {
        super("the heap \"" + heap + "\" cannot give " + requested + " bytes: " + reason, cause);
        this.heap = heap;
        this.requested = requested;
        this.free = free;
        this.largestRun = largestRun;
    }

    /** For a heap whose source of memory has no more. */
    static HeapExhaustedException because(String heap, long requested, IOException cause, Room now) {
        Room room = cause instanceof OutOfPagesException then ? new Room(then.free(), then.largestRun()) : now;
        return new HeapExhaustedException(
                heap, requested, "" + cause.getMessage(), cause, room.free(), room.largestRun());
    }

    /** For a request that its source of memory could never satisfy. */
    static HeapExhaustedException tooLarge(String heap, long requested, long capacity, Room room) {
        String reason = "there are " + capacity + " bytes in all" + rest(room);
        return new HeapExhaustedException(heap, requested, reason, null, room.free(), room.largestRun());
    }

    private static String rest(Room room) {
        return room.free() < 0
                ? ""
                : ", of which " + room.free() + " are free, and the longest run of them has " + room.largestRun();
    }

    /** For a heap's own limit, below which any run can be had that there is. */
    static HeapExhaustedException refused(String heap, long requested, String reason, long free) {
        return new HeapExhaustedException(heap, requested, reason, null, free, free);
    }

    /** For a region of a fixed size. */
    static HeapExhaustedException full(String heap, long requested, long free, long largestRun) {
        String reason = free + " bytes are free, and the longest run of them has " + largestRun;
        return new HeapExhaustedException(heap, requested, reason, null, free, largestRun);
    }

    /**
     * The heap that was asked.
     *
     * @return its name
     */
    public String heap() {
        return heap;
    }

    /**
     * How much was asked for.
     *
     * @return bytes
     */
    public long requested() {
        return requested;
    }

    /**
     * How much was free when the heap was asked.
     *
     * @return bytes; -1 if the heap does not know, because its memory comes from the system
     */
    public long free() {
        return free;
    }

    /**
     * How long the longest run of free memory was.
     *
     * @return bytes; -1 if it does not matter to the heap or is not known
     */
    public long largestRun() {
        return largestRun;
    }
}
