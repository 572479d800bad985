package io.github.dmabuf4j.domain.wire;

import io.github.dmabuf4j.domain.spi.SyncGeometry;

/**
 * The first message of both sides, question and answer: who I am, what I can, and where my sync page is.
 *
 * <p>Both sides compute the same from the two: the highest common version, the features both offer, the smaller of each
 * limit.
 *
 * @param envelope a request, or the answer to the peer's HELLO
 * @param versionMin the oldest version the sender speaks, 0 to 65535
 * @param versionMax the newest version the sender speaks
 * @param featuresOffered what the sender can, bits as in {@link Xbp#FEATURE_FD_PASSING}
 * @param featuresRequired what the sender insists on, a part of what it offers
 * @param maxMessage the longest message the sender takes, in bytes, 1024 to {@link Xbp#MAX_MESSAGE}
 * @param maxBuffers how many live offers the sender takes or makes, at least 1
 * @param maxTimelines how many timelines of the peer the sender can use, 1 to {@link Xbp#MAX_TIMELINES}
 * @param pageSize the sender's page size in bytes, a power of two from 4096 on
 * @param maxBufferBytes how many bytes all live offers together may have, at least 1
 * @param nonce fresh random bits
 * @param roles what the sender will do, bits as in {@link Xbp#ROLE_EXPORTER}
 * @param syncAttachment which attachment of this message is the sender's sync page
 * @param sync where things lie in that page
 */
public record Hello(
        Envelope envelope,
        int versionMin,
        int versionMax,
        long featuresOffered,
        long featuresRequired,
        int maxMessage,
        int maxBuffers,
        int maxTimelines,
        int pageSize,
        long maxBufferBytes,
        Token nonce,
        int roles,
        int syncAttachment,
        SyncGeometry sync)
        implements XbpMessage {
    /** No sender may take less, in bytes: a HELLO and a sentence must fit. */
    public static final int LEAST_MAX_MESSAGE = 1024;

    /**
     * Checks the fields.
     *
     * @throws IllegalArgumentException if a field is out of range
     */
    public Hello {
        Checks.wantsAnswer("HELLO", envelope);
        if (envelope.isRefusal()) {
            throw new IllegalArgumentException("a refused HELLO has no HELLO body");
        }
        Checks.range("the oldest version", versionMin, 0, 0xFFFF);
        Checks.range("the newest version", versionMax, versionMin, 0xFFFF);
        if ((featuresRequired & ~featuresOffered) != 0) {
            throw new IllegalArgumentException("required features must also be offered");
        }
        Checks.range("the longest message", maxMessage, LEAST_MAX_MESSAGE, Xbp.MAX_MESSAGE);
        Checks.range("the number of buffers", maxBuffers, 1, Integer.MAX_VALUE);
        Checks.range("the number of usable timelines", maxTimelines, 1, Xbp.MAX_TIMELINES);
        Checks.range("the page size", pageSize, 4096, 1 << 30);
        if (Integer.bitCount(pageSize) != 1) {
            throw new IllegalArgumentException("a page size is a power of two, not " + pageSize);
        }
        Checks.range("the bytes of all buffers", maxBufferBytes, 1, Long.MAX_VALUE);
        Checks.range("the roles", roles, 1, Xbp.ROLE_EXPORTER | Xbp.ROLE_IMPORTER);
        Checks.range("the sync page's attachment", syncAttachment, 0, Xbp.MAX_FDS - 1);
    }

    @Override
    public int type() {
        return Xbp.HELLO;
    }
}
