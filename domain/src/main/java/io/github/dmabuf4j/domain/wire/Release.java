package io.github.dmabuf4j.domain.wire;

/**
 * A hand-over as a message, for peers that share no ring; the body is the record that a ring would hold.
 *
 * @param envelope one-way
 * @param handover what changes hands
 */
public record Release(Envelope envelope, Handover handover) implements XbpMessage {
    /**
     * Checks the fields.
     *
     * @throws IllegalArgumentException if the envelope is an answer, or names another buffer than the record
     */
    public Release {
        Checks.notReply("RELEASE", envelope);
        if (envelope.object() != handover.buffer()) {
            throw new IllegalArgumentException("RELEASE names two different buffers");
        }
    }

    @Override
    public int type() {
        return Xbp.RELEASE;
    }
}
