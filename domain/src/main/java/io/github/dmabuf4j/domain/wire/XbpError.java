package io.github.dmabuf4j.domain.wire;

import org.jspecify.annotations.Nullable;

/** The error codes of the protocol. On the wire they are negative numbers; 0 means that nothing is wrong. */
public enum XbpError {
    /** No common version, or a required feature is missing; ends the session. */
    INCOMPAT(-1),
    /** A message that breaks its format; ends the session. */
    BADMSG(-2),
    /** No such peer. */
    NOTARGET(-3),
    /** Policy says no. */
    DENIED(-4),
    /** No such buffer, or none that you may know of. */
    NOBUF(-5),
    /** From an earlier incarnation; ends the session. */
    STALE_EPOCH(-6),
    /** The token does not fit. */
    BADTOKEN(-7),
    /** Over quota. */
    QUOTA(-8),
    /** Out of memory. */
    NOMEM(-9),
    /** Larger than the limits of HELLO. */
    TOOBIG(-10),
    /** Not supported. */
    NOTSUP(-11),
    /** Busy. */
    BUSY(-12),
    /** Too slow. */
    TIMEOUT(-13),
    /** Taken back. */
    REVOKED(-14),
    /** The peer died. */
    PEERDEAD(-15),
    /** Not in this state; ends the session. */
    BADSTATE(-16),
    /** A memory reference that cannot be used. */
    BADREF(-17),
    /** Mapping failed. */
    MAPFAIL(-18),
    /** Metadata too long. */
    META_TOOBIG(-19),
    /** Sent without credit; ends the session. */
    OVERFLOW(-20),
    /** A fence failed. */
    FENCE_ERROR(-21),
    /** A deadline was missed. */
    LATE(-22),
    /** Cancelled. */
    CANCELLED(-23),
    /** The sender is broken. */
    INTERNAL(-24);

    private final int code;

    XbpError(int code) {
        this.code = code;
    }

    /**
     * The number on the wire.
     *
     * @return a negative number
     */
    public int code() {
        return code;
    }

    /**
     * Finds the error of a number.
     *
     * @param code the number on the wire
     * @return the error, or null for 0 and for codes this version does not know
     */
    public static @Nullable XbpError of(int code) {
        int index = -(code + 1);
        return index >= 0 && index < values().length ? values()[index] : null;
    }
}
