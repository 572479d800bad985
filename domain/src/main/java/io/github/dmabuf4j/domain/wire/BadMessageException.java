package io.github.dmabuf4j.domain.wire;

import java.io.IOException;

/**
 * A peer sent bytes that are no message: the only thing that {@link XbpCodec#decode} throws, whatever the bytes. It ends the
 * session, since nothing that follows can be trusted to be in step.
 */
public final class BadMessageException extends IOException {
    private static final long serialVersionUID = 1L;

    /** What is wrong, for programs; {@link #getMessage} says it for people. */
    public enum Reason {
        /** The bytes end before the structure does. */
        TRUNCATED(XbpError.BADMSG),
        /** A length field contradicts the bytes that are there. */
        LENGTH(XbpError.BADMSG),
        /** A message type that is not known and may not be skipped. */
        TYPE(XbpError.BADMSG),
        /** A value outside its range. */
        VALUE(XbpError.BADMSG),
        /** A text that is not UTF-8 or has control characters. */
        TEXT(XbpError.BADMSG),
        /** An index of an attachment that did not come, or an attachment that nothing refers to. */
        ATTACHMENT(XbpError.BADREF),
        /** Something that this version of the protocol does not do. */
        UNSUPPORTED(XbpError.NOTSUP),
        /** Not a HELLO of this protocol, or no version in common. */
        INCOMPATIBLE(XbpError.INCOMPAT);

        private final XbpError error;

        Reason(XbpError error) {
            this.error = error;
        }

        /**
         * What the sender is told.
         *
         * @return the error code for the answer
         */
        public XbpError error() {
            return error;
        }
    }

    private final Reason reason;

    /**
     * Creates the exception.
     *
     * @param reason what is wrong, for programs
     * @param sentence what is wrong, for people; holds no foreign text
     */
    public BadMessageException(Reason reason, String sentence) {
        super(sentence);
        this.reason = reason;
    }

    /**
     * What is wrong.
     *
     * @return the reason
     */
    public Reason reason() {
        return reason;
    }
}
