/**
 * XBP: sharing buffers and fences across domains; knows no operating system.
 *
 * <p>A {@link io.github.dmabuf4j.domain.QueueProducer} fills buffers, any number of
 * {@link io.github.dmabuf4j.domain.QueueConsumer}s read them, in other processes. Two roads connect them, both made by a
 * {@linkplain io.github.dmabuf4j.domain.spi backend}:
 *
 * <pre>
 *            producer                                           consumer
 *               |   HELLO, OFFER, RETIRE, GOODBYE  (channel)       |       slow, once per buffer or session:
 *               |  &lt;-------------------------------------------&gt;   |       Session, ConsumerSet, ConsumerLink
 *               |                                                  |
 *               |   sync page: ring of hand-overs, timelines       |       fast, once per frame:
 *               |  ---------------------------------------------&gt;  |       ReleaseRing -&gt; PeerRing
 *               |   sync page: ring of releases, timelines         |
 *               |  &lt;---------------------------------------------  |       ReleaseRing -&gt; PeerRing
 * </pre>
 *
 * <p><b>One frame.</b> {@code dequeue} takes a buffer that nobody has; {@code queue} writes a record into the producer's ring,
 * which all consumers read, and moves the ring's timeline; {@code acquire} waits for that point, copies the record, checks
 * and believes it; {@code release} does the same in the other direction. A record cites the fence (timeline, point) of
 * work that goes on: the acquire fence one way, the release fence the other.
 *
 * <p><b>One consumer.</b> It says HELLO; the producer answers and offers every buffer; once all are mapped it is among those
 * that get the next frame, and STREAM_START tells it which one that is. It goes by GOODBYE, by death, by a violation, or
 * because the producer lost patience; in every case what it had counts as given back, and its end is told once.
 *
 * <p><b>Who may touch what.</b> The producer's thread has the free buffers, the debts and the rings; threads that attach
 * only add to a list that is replaced as a whole; the threads of the backend end sessions, which ends waits, and leave the
 * rest to the producer's thread. So the path of a frame has no lock.
 *
 * <p>{@link io.github.dmabuf4j.domain.session} has the conversation and the state of every shared buffer, {@code ring} the
 * rings, {@link io.github.dmabuf4j.domain.wire} the bytes.
 */
@NullMarked
package io.github.dmabuf4j.domain;

import org.jspecify.annotations.NullMarked;
