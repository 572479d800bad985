package io.github.dmabuf4j.domain.spi;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * Who is told what arrives on a {@link Connection}. Called by one thread of the backend at a time, in order; must not
 * block for long, since other connections may be served by the same thread. Must not throw; a backend that sees an
 * exception closes the connection.
 */
public interface ConnectionReceiver {
    /**
     * A whole message arrived.
     *
     * @param message its bytes from position to limit; foreign data, valid only during the call
     * @param attachments what came beside it; now the receiver's to close
     */
    void received(ByteBuffer message, List<Attachment> attachments);

    /**
     * The channel is at its end; the last call, made exactly once, after everything that had arrived was delivered.
     *
     * @param disconnect how it ended
     */
    void disconnected(Disconnect disconnect);
}
