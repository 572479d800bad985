package io.github.dmabuf4j.domain.wire;

/**
 * Of one mapping of a buffer nothing is left: no CPU mapping, no device's use, no local re-export.
 *
 * @param envelope one-way, about the buffer's id
 */
public record Unmapped(Envelope envelope) implements XbpMessage {
    /**
     * Checks the fields.
     *
     * @throws IllegalArgumentException if the envelope names no buffer or is an answer
     */
    public Unmapped {
        Checks.notReply("UNMAPPED", envelope);
        Checks.objectNamed("UNMAPPED", envelope);
    }

    @Override
    public int type() {
        return Xbp.UNMAPPED;
    }
}
