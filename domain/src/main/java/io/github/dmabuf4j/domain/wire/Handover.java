package io.github.dmabuf4j.domain.wire;

/**
 * A buffer changes hands: the record of a hand-over ring ({@link RingDescriptor}), as an object. The raw path reads and
 * writes the ring without it.
 *
 * @param sequence the number of the entry, from 1 on
 * @param buffer the id of the buffer; 0 exactly with {@link Xbp#HANDOVER_END_OF_STREAM}
 * @param timeline the fence: which timeline of the releasing side
 * @param flags {@link Xbp#HANDOVER_END_OF_STREAM} and its neighbours
 * @param value the fence: its point on that timeline
 * @param presentationTime nanoseconds, from the exporter's own zero
 * @param metadataSequence which metadata the contents have; 0 for those of the offer
 * @param deadline nanoseconds from now within which the fence signals; 0 for no promise
 * @param frame the sequence of the frame an importer gives back; an exporter repeats the sequence
 */
public record Handover(
        long sequence,
        long buffer,
        int timeline,
        int flags,
        long value,
        long presentationTime,
        long metadataSequence,
        long deadline,
        long frame) {
    /**
     * Checks the fields.
     *
     * @throws IllegalArgumentException if a field is out of range or contradicts another
     */
    public Handover {
        Checks.range("the sequence", sequence, 1, Long.MAX_VALUE);
        Checks.range("the timeline", timeline, 0, Xbp.MAX_TIMELINES - 1);
        Checks.notNegative("the fence's point", value);
        Checks.notNegative("the metadata's sequence", metadataSequence);
        Checks.notNegative("the deadline", deadline);
        Checks.notNegative("the frame", frame);
        boolean end = (flags & Xbp.HANDOVER_END_OF_STREAM) != 0;
        if (end != (buffer == 0)) {
            throw new IllegalArgumentException(
                    end ? "the end of the stream names no buffer" : "a hand-over must name a buffer");
        }
    }
}
