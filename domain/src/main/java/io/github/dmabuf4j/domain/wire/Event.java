package io.github.dmabuf4j.domain.wire;

import java.util.Arrays;

/** Something a frontend wants to say. Events that the receiver does not know are skipped. Immutable. */
public final class Event implements XbpMessage {
    private static final int MOST_DATA = Xbp.MAX_MESSAGE - XbpDescriptor.HEADER_BYTES - XbpDescriptor.EVENT_BYTES;

    private final Envelope envelope;
    private final int event;
    private final long value;
    private final byte[] data;

    /**
     * Creates an event.
     *
     * @param envelope one-way
     * @param event which event: {@link Xbp#EVENT_STREAM_START} and its neighbours, or one of the two applications' own
     * @param value what the event says it is; all 64 bits count
     * @param data what the event says it is; copied
     * @throws IllegalArgumentException if the envelope is an answer or the data do not fit into a message
     */
    public Event(Envelope envelope, int event, long value, byte... data) {
        Checks.notReply("EVENT", envelope);
        Checks.range("the event's data", data.length, 0, MOST_DATA);
        this.envelope = envelope;
        this.event = event;
        this.value = value;
        this.data = data.clone();
    }

    @Override
    public Envelope envelope() {
        return envelope;
    }

    @Override
    public int type() {
        return Xbp.EVENT;
    }

    /**
     * Which event.
     *
     * @return the number; all 32 bits count
     */
    public int event() {
        return event;
    }

    /**
     * The event's value.
     *
     * @return what the event says it is
     */
    public long value() {
        return value;
    }

    /**
     * The event's data.
     *
     * @return a copy
     */
    public byte[] data() {
        return data.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Event that
                && envelope.equals(that.envelope)
                && event == that.event
                && value == that.value
                && Arrays.equals(data, that.data);
    }

    @Override
    public int hashCode() {
        return envelope.hashCode() * 31 + event + Long.hashCode(value) + Arrays.hashCode(data);
    }

    @Override
    public String toString() {
        return "Event[envelope=" + envelope + ", event=" + event + ", value=" + value + ", data=" + data.length
                + " bytes]";
    }
}
