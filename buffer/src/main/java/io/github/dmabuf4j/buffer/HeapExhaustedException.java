package io.github.dmabuf4j.buffer;

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

    /**
     * Makes the exception.
     *
     * @param heap the heap's name
     * @param requested how much was asked for, in bytes
     * @param reason what the heap ran into, the end of a sentence
     * @param cause why, or null if it is the heap's own limit
     */
    public HeapExhaustedException(String heap, long requested, String reason, @Nullable Throwable cause) {
        super("the heap \"" + heap + "\" cannot give " + requested + " bytes: " + reason, cause);
        this.heap = heap;
        this.requested = requested;
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
}
