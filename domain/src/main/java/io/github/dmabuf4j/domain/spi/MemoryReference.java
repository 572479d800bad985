package io.github.dmabuf4j.domain.spi;

import java.util.List;

/**
 * How a peer finds memory: typed bytes, and what travels beside them. The core carries it and never looks inside.
 *
 * @param kind how the bytes are to be read; the numbers are those of the wire format's OFFER
 * @param count how many references of that kind the bytes hold, all of the same length
 * @param bytes the references in the wire format of their kind, one after the other; neither side changes them
 * @param attachments what belongs to it, in the order in which the bytes count them
 */
@SuppressWarnings("ArrayRecordComponent") // references are never compared
public record MemoryReference(int kind, int count, byte[] bytes, List<? extends Attachment> attachments) {}
