package io.github.dmabuf4j.domain.wire;

/**
 * What stands before every message, without the two fields that follow from it (length and type).
 *
 * @param flags {@link Xbp#FLAG_REPLY} and its neighbours; 0 to 65535
 * @param request the number of the request, echoed in the answer; 0 for messages that want none. All 32 bits count
 * @param epoch the sender's incarnation, never 0, the same in every message of a session. All 32 bits count
 * @param object the buffer the message is about; 0 if none. All 64 bits count
 * @param status in answers 0 or a negative {@linkplain XbpError#code() error code}; 0 in everything else
 * @param credits rights to send that are granted, 0 to 65535; always 0 in version 1
 */
public record Envelope(int flags, int request, int epoch, long object, int status, int credits) {
    /**
     * Checks the fields.
     *
     * @throws IllegalArgumentException if a field is out of range or contradicts another
     */
    public Envelope {
        Checks.range("the flags", flags, 0, 0xFFFF);
        Checks.range("the credits", credits, 0, 0xFFFF);
        if (epoch == 0) {
            throw new IllegalArgumentException("an epoch is never 0");
        }
        if (status > 0) {
            throw new IllegalArgumentException("a status is 0 or a negative error code, not " + status);
        }
        boolean reply = (flags & Xbp.FLAG_REPLY) != 0;
        boolean error = (flags & Xbp.FLAG_ERROR) != 0;
        if (error != (status != 0)) {
            throw new IllegalArgumentException("status " + status + " contradicts the flags");
        }
        if (reply && request == 0) {
            throw new IllegalArgumentException("an answer must name its request");
        }
        if (error && !reply) {
            throw new IllegalArgumentException("only an answer can be a refusal");
        }
    }

    /**
     * The envelope of a message that wants no answer and is about nothing in particular.
     *
     * @param epoch the sender's incarnation
     * @return the envelope
     */
    public static Envelope oneWay(int epoch) {
        return new Envelope(0, 0, epoch, 0, 0, 0);
    }

    /**
     * The envelope of a message about an object that wants no answer.
     *
     * @param epoch the sender's incarnation
     * @param object the buffer the message is about
     * @return the envelope
     */
    public static Envelope oneWay(int epoch, long object) {
        return new Envelope(0, 0, epoch, object, 0, 0);
    }

    /**
     * The envelope of a message that wants an answer.
     *
     * @param epoch the sender's incarnation
     * @param request the number of the request, not 0
     * @param object the buffer the message is about, 0 if none
     * @return the envelope
     * @throws IllegalArgumentException if the number is 0
     */
    public static Envelope request(int epoch, int request, long object) {
        if (request == 0) {
            throw new IllegalArgumentException("request number 0 would want no answer");
        }
        return new Envelope(0, request, epoch, object, 0, 0);
    }

    /**
     * The envelope of the answer to a message in this envelope.
     *
     * @param epoch the incarnation of the one who answers
     * @return the envelope
     */
    public Envelope reply(int epoch) {
        return new Envelope(Xbp.FLAG_REPLY, request, epoch, object, 0, 0);
    }

    /**
     * The envelope of a refusal of a message in this envelope.
     *
     * @param epoch the incarnation of the one who refuses
     * @param error why
     * @return the envelope
     */
    public Envelope refusal(int epoch, XbpError error) {
        return new Envelope(Xbp.FLAG_REPLY | Xbp.FLAG_ERROR, request, epoch, object, error.code(), 0);
    }

    /**
     * Whether this is the envelope of an answer.
     *
     * @return true for an answer, also for a refusal
     */
    public boolean isReply() {
        return (flags & Xbp.FLAG_REPLY) != 0;
    }

    /**
     * Whether this is the envelope of a refusal.
     *
     * @return true for an answer whose status is an error
     */
    public boolean isRefusal() {
        return (flags & Xbp.FLAG_ERROR) != 0;
    }
}
