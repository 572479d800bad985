package io.github.dmabuf4j.linux;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@link UnixSocket#receive} got beside the bytes.
 *
 * @param length how many bytes were put into the buffer; 0 means that the other end has closed or shut down, and nothing
 *     more will come
 * @param fds the descriptors that came with the message, in the order in which they were sent; the receiver owns them and
 *     closes each
 * @param credentials who sent the message; null unless {@link UnixSocket#receiveCredentials} is on
 */
public record Received(
        int length, List<OwnedFd> fds, @Nullable PeerCredentials credentials) {
    /**
     * Keeps a copy of the list.
     */
    public Received {
        fds = List.copyOf(fds);
    }

    /**
     * Whether the stream has ended.
     *
     * @return true if there is no message and never will be
     */
    public boolean isEnd() {
        return length == 0;
    }

    /** Closes all descriptors that came with the message: for a message that is refused. */
    public void closeFds() {
        fds.forEach(OwnedFd::close);
    }
}
