/**
 * The rings through which buffers change hands: one in each direction, in the sync page of the side that writes it.
 *
 * <p>{@link io.github.dmabuf4j.domain.ring.ReleaseRing} writes records and publishes them by a step of a timeline;
 * {@link io.github.dmabuf4j.domain.ring.PeerRing} reads what a peer wrote: each record once, into private memory, checked
 * there, and only then used. {@link io.github.dmabuf4j.domain.wire.RingDescriptor} has the layout.
 *
 * <p>A ring has no read position that its writer could see: it must be so long that the reader cannot be overrun. A peer
 * never has more records under way than there are buffers, and one for the end of the stream.
 */
@NullMarked
package io.github.dmabuf4j.domain.ring;

import org.jspecify.annotations.NullMarked;
