/**
 * XBP's bytes: what travels between domains, as records, and the codec between the two.
 *
 * <p>The truth is {@code docs/xbp.h}: fixed-width little-endian structures that a C program, a kernel or a firmware can
 * include. {@code docs/xbp.md} explains them. This package says the same in Java: {@link
 * io.github.dmabuf4j.domain.wire.Xbp} has the numbers, {@link io.github.dmabuf4j.domain.wire.RingDescriptor} the layout of
 * the hand-over records that two sides exchange in shared memory, and the sealed {@link
 * io.github.dmabuf4j.domain.wire.XbpMessage} one record for each message.
 *
 * <p><b>Two gates.</b> A record checks itself: a message that could not be sent cannot be made
 * ({@link java.lang.IllegalArgumentException}). {@link io.github.dmabuf4j.domain.wire.XbpCodec#decode} checks foreign bytes:
 * every length, count and index before it is used, and then the same rules as the records. Whatever is wrong, a reader sees
 * only {@link io.github.dmabuf4j.domain.wire.BadMessageException}.
 *
 * <p>What a message means, and when it may be sent, is not known here: that is the session's business. Nor does the codec
 * know what memory references point to: their bytes belong to the backend.
 */
@NullMarked
package io.github.dmabuf4j.domain.wire;

import org.jspecify.annotations.NullMarked;
