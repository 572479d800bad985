package io.github.dmabuf4j.domain.spi;

import io.github.dmabuf4j.memory.Pages;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A channel to one peer: ordered and reliable, message by message, with attachments.
 *
 * <p>Life: made by {@link Backend#connect} or {@link Listener#accept}; {@link #start} once; any number of {@link #send};
 * one {@link ConnectionReceiver#disconnected} at the end, whichever side ends it. All methods may be called from any
 * thread, also from inside the receiver.
 */
public interface Connection extends AutoCloseable {
    /** No message is longer than this, header included. */
    int MAX_MESSAGE_BYTES = 65_536;

    /**
     * The backend this channel belongs to.
     *
     * @return the backend
     */
    Backend backend();

    /**
     * Who is at the other end, as the system says and not as the peer claims.
     *
     * @return the identity
     */
    PeerIdentity peer();

    /**
     * Begins to receive. Messages that arrived before are delivered first.
     *
     * @param receiver called by one thread of the backend at a time, in the order of arrival
     * @throws IllegalStateException if the channel was started before
     */
    void start(ConnectionReceiver receiver);

    /**
     * Sends one message. Does not wait for a peer that does not read: a full channel is an error. A failure is the end of
     * the channel, which the receiver is told as always ({@link ConnectionReceiver#disconnected}, with the true cause: a
     * peer that died is not one that "cannot be reached"), so that a sender need not act on the exception.
     *
     * @param message the bytes from position to limit, at most {@link #MAX_MESSAGE_BYTES}; not kept
     * @param attachments what travels beside them; borrowed, not closed
     * @throws IOException if the channel is closed, broken or full; the message says which
     */
    void send(ByteBuffer message, List<? extends Attachment> attachments) throws IOException;

    /**
     * Says how the peer finds some pages of ours.
     *
     * @param pages pages that this backend can forward
     * @return the reference; its attachments are borrowed and live as long as the pages
     * @throws IOException if this backend cannot forward such memory; the sentence says what it can forward
     */
    MemoryReference describe(Pages pages) throws IOException;

    /**
     * Makes the pages that a peer described usable here, after all checks: the reference is well formed, the memory is of
     * the expected kind, it is large enough and cannot shrink.
     *
     * @param reference what the peer sent, with the attachments that came with it
     * @param offset where the buffer begins in that memory, in bytes, as the peer says
     * @param size how long it is, in bytes, as the peer says
     * @param writable whether it is mapped for writing
     * @return the pages, exactly {@code size} bytes rounded up to whole pages; the caller closes them
     * @throws IOException if a check fails or the system refuses; nothing stays behind
     */
    Pages map(MemoryReference reference, long offset, long size, boolean writable) throws IOException;

    /**
     * Makes the peer's sync page visible here, read-only, after all checks. Waiting for the peer's timeline {@code i} is
     * announced in line
     * {@code interestLine + i} of our own page.
     *
     * @param page the attachment that came with the peer's HELLO
     * @param geometry what the peer says about it, already checked for overlaps; it has no more timelines than our page
     *     has interest lines for it
     * @param own the page in which our interest is kept
     * @param interestLine its first line for this peer; {@code geometry.timelines()} lines are used
     * @return the page; the caller closes it
     * @throws IOException if a check fails or the system refuses; nothing stays behind
     */
    PeerSyncPage mapSyncPage(Attachment page, SyncGeometry geometry, SyncPage own, int interestLine) throws IOException;

    /**
     * Closes our end. Mapped pages and sync pages stay valid until they are closed themselves. The receiver is told once,
     * possibly on another thread after this returned. Idempotent.
     */
    @Override
    void close();
}
