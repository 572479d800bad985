package io.github.dmabuf4j.domain.wire;

/** The range checks that the records of this package share. */
final class Checks {
    private Checks() {}

    static void range(String what, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(what + " must lie between " + least + " and " + most + ", not " + value);
        }
    }

    static void notNegative(String what, long value) {
        range(what, value, 0, Long.MAX_VALUE);
    }

    static void objectNamed(String message, Envelope envelope) {
        if (envelope.object() == 0) {
            throw new IllegalArgumentException(message + " must name a buffer");
        }
    }

    static void notReply(String message, Envelope envelope) {
        if (envelope.isReply()) {
            throw new IllegalArgumentException(message + " is never an answer");
        }
    }

    static void wantsAnswer(String message, Envelope envelope) {
        if (envelope.request() == 0) {
            throw new IllegalArgumentException(message + " must carry a request number: it is answered");
        }
    }
}
