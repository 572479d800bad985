package io.github.dmabuf4j.domain.wire;

/**
 * The exporter wants a buffer back. The answer is a {@link Reply}, sent after the last {@link Unmapped}; only then is the
 * memory free.
 *
 * @param envelope a request about the buffer's id
 * @param delayMillis how long a new {@link Offer} of the same id still cancels it
 */
public record Retire(Envelope envelope, int delayMillis) implements XbpMessage {
    /**
     * Checks the fields.
     *
     * @throws IllegalArgumentException if a field is out of range
     */
    public Retire {
        Checks.notReply("RETIRE", envelope);
        Checks.wantsAnswer("RETIRE", envelope);
        Checks.objectNamed("RETIRE", envelope);
        Checks.notNegative("the delay", delayMillis);
    }

    @Override
    public int type() {
        return Xbp.RETIRE;
    }
}
