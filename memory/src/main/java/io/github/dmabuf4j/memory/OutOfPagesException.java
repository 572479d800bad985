package io.github.dmabuf4j.memory;

import java.io.IOException;

/** There is not as much memory left as was asked for, or not in one run. */
public final class OutOfPagesException extends IOException {
    private static final long serialVersionUID = 1L;

    /** How much was free. */
    private final long free;
    /** The largest run that was free. */
    private final long largestRun;

    /**
     * Makes the exception.
     *
     * @param sentence what was asked for, and of what
     * @param free how much was free, in bytes
     * @param largestRun the largest run that was free, in bytes
     */
    public OutOfPagesException(String sentence, long free, long largestRun) {
        super(sentence);
        this.free = free;
        this.largestRun = largestRun;
    }

    /**
     * How much was free when the request failed.
     *
     * @return bytes
     */
    public long free() {
        return free;
    }

    /**
     * The largest run that was free when the request failed.
     *
     * @return bytes
     */
    public long largestRun() {
        return largestRun;
    }
}
