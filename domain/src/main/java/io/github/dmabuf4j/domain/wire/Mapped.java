package io.github.dmabuf4j.domain.wire;

/**
 * An importer has mapped an offered buffer; the exporter counts one mapping.
 *
 * @param envelope one-way, about the buffer's id
 * @param token the offer's token
 */
public record Mapped(Envelope envelope, Token token) implements XbpMessage {
    /**
     * Checks the fields.
     *
     * @throws IllegalArgumentException if the envelope names no buffer or is an answer
     */
    public Mapped {
        Checks.notReply("MAPPED", envelope);
        Checks.objectNamed("MAPPED", envelope);
    }

    @Override
    public int type() {
        return Xbp.MAPPED;
    }
}
