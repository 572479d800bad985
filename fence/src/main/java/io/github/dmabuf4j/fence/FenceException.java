package io.github.dmabuf4j.fence;

import java.io.Serial;

/**
 * The error of a fence where Java wants an exception: what a future made by {@link DmaFence#toCompletableFuture()}
 * fails with. Waiting for a fence never throws it; the fence's own error is asked for with {@link DmaFence#error()}.
 */
public final class FenceException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** The number, since an Errno is not serializable. */
    private final int number;

    /**
     * An exception for an error.
     *
     * @param message which fence failed, and how
     * @param errno the error of the fence
     */
    public FenceException(String message, Errno errno) {
        super(message);
        this.number = errno.number();
    }

    /**
     * The error of the fence.
     *
     * @return the error
     */
    public Errno errno() {
        return new Errno(number);
    }
}
