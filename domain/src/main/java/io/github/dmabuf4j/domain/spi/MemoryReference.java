package io.github.dmabuf4j.domain.spi;

import java.util.List;

/**
 * How a peer finds memory: typed bytes, and what travels beside them. The core carries it and never looks inside.
 *
 * @param kind how the bytes are to be read; the numbers are those of the wire format's OFFER
 * @param bytes the reference in the wire format of its kind; neither side changes it
 * @param attachments what belongs to it, in the order in which the bytes count them
 */
@SuppressWarnings("ArrayRecordComponent") // references are never compared
public record MemoryReference(int kind, byte[] bytes, List<? extends Attachment> attachments) {}
