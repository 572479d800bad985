package io.github.dmabuf4j.buffer.ww;

import io.github.dmabuf4j.fence.Errno;

/**
 * A thread locks a mutex that it has locked already. Nothing changes; with an {@link AcquireContext} it may be taken as
 * "done", when a list of mutexes has the same one twice.
 */
public final class AlreadyLockedException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    AlreadyLockedException() {
        super("this thread holds the mutex already");
    }

    /**
     * The kernel's number for it.
     *
     * @return EALREADY
     */
    public Errno errno() {
        return Errno.EALREADY;
    }
}
