package io.github.dmabuf4j.linux.v4l2;

import java.util.List;

/**
 * A picture that a device captured.
 *
 * @param index which of the queue's buffers holds it
 * @param sequence its number as the device counts, also what it dropped
 * @param timestampNanos when it was captured, CLOCK_MONOTONIC as far as the driver says so
 * @param payloads where the picture is in each plane's buffer; one for a picture in one piece
 * @param damaged whether something went wrong; the buffer is to be queued again all the same
 * @param last whether the device says that none comes behind it; only of devices that make pictures of pictures
 */
public record CapturedFrame(
        int index, long sequence, long timestampNanos, List<Payload> payloads, boolean damaged, boolean last) {
    /** Copies the list. */
    public CapturedFrame {
        payloads = List.copyOf(payloads);
    }

    /**
     * What of a buffer is filled.
     *
     * @param offset where it begins, in bytes
     * @param size how much it is, in bytes
     */
    public record Payload(int offset, int size) {}

    /**
     * How much the picture takes in all its buffers.
     *
     * @return bytes
     */
    public int size() {
        int size = 0;
        for (Payload payload : payloads) {
            size += payload.size();
        }
        return size;
    }

    /**
     * Whether there is nothing in it: drivers of real cameras give such buffers back when a transfer failed, or at the end.
     *
     * @return true if no byte was filled
     */
    public boolean isEmpty() {
        return size() == 0;
    }
}
