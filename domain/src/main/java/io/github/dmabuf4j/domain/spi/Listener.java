package io.github.dmabuf4j.domain.spi;

import java.io.IOException;

/** A place where peers arrive. Any thread may close it, also while another one waits in {@link #accept}. */
public interface Listener extends AutoCloseable {
    /**
     * Where this listens, as given to {@link Backend#listen}.
     *
     * @return the address
     */
    String address();

    /**
     * Waits for the next peer. Peers that the backend's policy refuses are turned away before this returns.
     *
     * @return a channel that has not been started; the caller closes it
     * @throws IOException if the listener is closed (also by another thread) or broken
     * @throws InterruptedException if the thread is interrupted
     */
    Connection accept() throws IOException, InterruptedException;

    /** Stops listening and gives the address back; a waiting {@link #accept} ends with an IOException. Idempotent. */
    @Override
    void close();
}
