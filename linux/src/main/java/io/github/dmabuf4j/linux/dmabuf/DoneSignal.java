package io.github.dmabuf4j.linux.dmabuf;

import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.linux.sync.EventFd;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * How a foreign producer learns that its picture is no longer looked at: a message, an eventfd, a call. What its protocol has.
 *
 * <p>It is a word of one program to another and no fence of the kernel, since it depends on a program that may never say it. A producer
 * that must go on without us has a patience of its own.
 */
@FunctionalInterface
public interface DoneSignal {
    /** Tells nobody: for producers that watch the fences of their buffers, and need nothing else. */
    DoneSignal NOBODY = error -> {};

    /**
     * Tells the producer. Called once for each frame, by the thread that says that it is done, or by that which signals the fence of
     * the work; it must not block.
     *
     * @param error why the work failed, null if it did not
     * @throws IOException if the producer cannot be told, such as when it is gone
     */
    void done(@Nullable Errno error) throws IOException;

    /**
     * Counts an eventfd up.
     *
     * @param event the counter, which the producer shares; it stays the caller's and open until the last frame is done
     * @return the signal
     */
    static DoneSignal counting(EventFd event) {
        return error -> event.add();
    }
}
