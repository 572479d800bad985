package io.github.dmabuf4j.domain.spi;

import java.io.IOException;

/**
 * One way to reach other domains. Found by {@link java.util.ServiceLoader}; a backend lives in a jar of its own.
 *
 * <p>All methods may be called from any thread.
 */
public interface Backend {
    /**
     * The name by which users choose the backend, such as {@code local}.
     *
     * @return a lower-case word
     */
    String name();

    /**
     * What the backend can and cannot do.
     *
     * @return the declaration; the same in every call
     */
    Capabilities capabilities();

    /**
     * Opens a channel to a listening peer.
     *
     * @param address where it listens, in the backend's own notation, such as the path of a socket
     * @return a channel that has not been {@linkplain Connection#start started}; the caller closes it
     * @throws IOException if nobody listens there, or the peer is not one to talk to; the message is one clear sentence
     */
    Connection connect(String address) throws IOException;

    /**
     * Listens for peers.
     *
     * @param address where to listen, in the backend's own notation
     * @return the listener; the caller closes it
     * @throws IOException if the address is in use or not allowed; the message is one clear sentence
     */
    Listener listen(String address) throws IOException;

    /**
     * Creates a sync page of our own: zeroed lines that only this domain can write.
     *
     * @param geometry where its timelines, ring and interest lie
     * @param name for people
     * @return the page, its timelines at value 0; the caller closes it
     * @throws IOException if the system has no memory or descriptors left
     */
    SyncPage createSyncPage(SyncGeometry geometry, String name) throws IOException;
}
