package io.github.dmabuf4j.domain.wire;

/**
 * A message: one record for each type of {@code docs/xbp.h}, {@link Reply} for every answer that is not a HELLO, and {@link
 * Extension} for those of a later version that may be skipped.
 */
public sealed interface XbpMessage
        permits Hello, Offer, Mapped, Unmapped, Release, Retire, Goodbye, Event, ErrorReport, Reply, Extension {
    /**
     * What stands before every message.
     *
     * @return the envelope
     */
    Envelope envelope();

    /**
     * The number of the message's type.
     *
     * @return the type as in {@link Xbp}, 0 to 65535
     */
    int type();
}
