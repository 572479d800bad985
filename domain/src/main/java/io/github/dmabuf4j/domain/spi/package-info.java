/**
 * What a backend implements: the road for messages, memory and timelines between two domains.
 *
 * <p>The core ({@link io.github.dmabuf4j.domain}) knows no operating system. A backend gives it three things:
 *
 * <ul>
 *   <li>a <em>channel</em>, {@link io.github.dmabuf4j.domain.spi.Connection}: ordered, reliable messages with
 *       {@linkplain io.github.dmabuf4j.domain.spi.Attachment attachments}, the identity of the peer, and the news of its
 *       end;
 *   <li><em>memory</em>: {@link io.github.dmabuf4j.domain.spi.Connection#describe describe} turns pages into typed
 *       bytes and attachments that the peer's {@link io.github.dmabuf4j.domain.spi.Connection#map map} turns into pages
 *       again;
 *   <li><em>timelines</em>: a {@link io.github.dmabuf4j.domain.spi.SyncPage} is written by its owner alone, the peer
 *       sees it as a {@link io.github.dmabuf4j.domain.spi.PeerSyncPage}. Signals, waiting and the rings of the queue
 *       live there; per frame nothing travels on the channel.
 * </ul>
 *
 * <p><b>Who calls what.</b> The backend calls a {@link io.github.dmabuf4j.domain.spi.ConnectionReceiver} from one thread
 * at a time; the receiver never blocks for long, but it may send, map and close from inside the call. Everything else is
 * called by the core, from any thread, and a backend makes it safe for that.
 *
 * <p><b>Who owns an attachment.</b> Those of {@code describe} and {@code SyncPage.attachment} are borrowed: they live as
 * long as what they stand for, and sending does not close them. Received ones belong to the receiver: the session closes
 * every attachment of a message once the message is handled; a {@code map} that keeps the descriptor takes it out, and
 * closing the attachment afterwards does nothing.
 *
 * <p><b>Distrust.</b> {@code map} and {@code mapSyncPage} are where a backend checks that foreign memory cannot shrink,
 * is large enough and has the promised protection; what they refuse they refuse with an
 * {@link java.io.IOException} whose sentence is logged and shown.
 */
@NullMarked
package io.github.dmabuf4j.domain.spi;

import org.jspecify.annotations.NullMarked;
