package io.github.dmabuf4j.buffer.ww;

import io.github.dmabuf4j.fence.Errno;

/**
 * A context must back off: waiting for this mutex could be a deadlock, and the other side is older (or the class was
 * told to {@linkplain WwClass#injectDeadlocks inject} such answers).
 *
 * <p>The answer is to unlock everything locked with the context, to call {@link WwMutex#lockSlow} on
 * {@link #contended()}, and to lock the rest again. It is ordinary control flow and has no stack trace.
 */
public final class DeadlockAvoidedException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Where to continue. */
    private final transient WwMutex contended;

    DeadlockAvoidedException(WwMutex contended) {
        super(
                "an older context has this mutex: unlock everything, lockSlow() it, and lock the rest again",
                null,
                false,
                false);
        this.contended = contended;
    }

    /**
     * The mutex to lock first, slowly, when everything is released.
     *
     * @return the mutex that was asked for
     */
    public WwMutex contended() {
        return contended;
    }

    /**
     * The kernel's number for it.
     *
     * @return EDEADLK
     */
    public Errno errno() {
        return Errno.EDEADLK;
    }
}
