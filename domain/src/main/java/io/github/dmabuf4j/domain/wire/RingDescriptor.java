package io.github.dmabuf4j.domain.wire;

/**
 * The hand-over ring: how a buffer changes hands without a message.
 *
 * <p>Each side keeps one ring in its own sync page, which the other side can only read. Entry {@code n}, counted from 1,
 * lies in slot {@code (n - 1) % entries}; it is there once the ring's timeline has reached {@code n}, and is overwritten by
 * entry {@code n + entries}. The owner has fewer buffers than slots, so an entry stays until its reader has answered. The
 * sequence is stored last, before the timeline moves: a reader that is awake watches the sequence, and so takes the record
 * with the one cache line that it needs anyway; a reader that sleeps does so on the timeline.
 *
 * <pre>
 *    0        8        16    20    24        32            40          48        56       64
 *   | sequence | buffer | time- | flags | value | presentation | metadata | deadline | frame |
 *   |    n     |   id   | line  |       |       |     time     | sequence |          |       |
 * </pre>
 *
 * <p>A reader copies the record once into private memory, checks that the sequence is the expected one, checks the rest,
 * and only then acts.
 */
public final class RingDescriptor {
    /** The size of a record: one line. */
    public static final int HANDOVER_BYTES = 64;

    /** Unsigned 64 bit: the number of the entry, from 1 on. */
    public static final int HANDOVER_SEQUENCE = 0;

    /** 64 bit: the id of the buffer; 0 with {@link Xbp#HANDOVER_END_OF_STREAM}. */
    public static final int HANDOVER_BUFFER = 8;

    /** Unsigned 32 bit: the number of the timeline, in the page of the side that wrote the record, that has the fence. */
    public static final int HANDOVER_TIMELINE = 16;

    /** 32 bit: {@link Xbp#HANDOVER_END_OF_STREAM} and {@link Xbp#HANDOVER_DISCARDED}. */
    public static final int HANDOVER_FLAGS = 20;

    /** Unsigned 64 bit: the point of the fence on its timeline. */
    public static final int HANDOVER_VALUE = 24;

    /** Signed 64 bit: nanoseconds, from the exporter's own zero. */
    public static final int HANDOVER_PRESENTATION_TIME = 32;

    /** Unsigned 64 bit: which metadata the contents have; 0: those of the offer. */
    public static final int HANDOVER_METADATA_SEQUENCE = 40;

    /** Unsigned 64 bit: nanoseconds from now within which the fence signals; 0: no promise. */
    public static final int HANDOVER_DEADLINE = 48;

    /** Unsigned 64 bit: the sequence of the frame an importer gives back; 0 in an exporter's ring. */
    public static final int HANDOVER_FRAME = 56;

    private RingDescriptor() {}
}
