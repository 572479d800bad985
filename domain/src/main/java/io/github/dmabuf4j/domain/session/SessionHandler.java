package io.github.dmabuf4j.domain.session;

import io.github.dmabuf4j.domain.spi.Attachment;
import io.github.dmabuf4j.domain.spi.PeerSyncPage;
import io.github.dmabuf4j.domain.wire.XbpMessage;
import java.util.List;

/**
 * What happens in a session; one implementation for exporters, one for importers. {@link #established} and
 * {@link #received} are called by the backend's thread of the connection, in order; {@link #ended} by whoever ends the
 * session, possibly at the same time as one of the others. None of them may block.
 */
public interface SessionHandler {
    /**
     * Both HELLOs are exchanged and fit. Called once, before any {@link #received}.
     *
     * @param session the session
     * @param terms what was agreed
     * @param page the peer's sync page, already watched by ours
     * @throws Refusal to end the session
     */
    void established(Session session, SessionTerms terms, PeerSyncPage page) throws Refusal;

    /**
     * A message came, in the right session, of the right epoch. Never a HELLO or a GOODBYE.
     *
     * @param message what came
     * @param attachments what came beside it; closed when the call returns
     * @throws Refusal to end the session
     */
    void received(XbpMessage message, List<Attachment> attachments) throws Refusal;

    /**
     * The session is over. Called exactly once. When it is called, the waits for the peer's timelines have ended already,
     * and {@link Session#ended()} tells the same.
     *
     * @param why the reason
     */
    void ended(SessionException why);
}
