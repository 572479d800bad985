package io.github.dmabuf4j.linux.v4l2;

/**
 * A picture that a device captured.
 *
 * @param index which of the queue's buffers holds it
 * @param sequence its number as the device counts, also what it dropped
 * @param timestampNanos when it was captured, CLOCK_MONOTONIC as far as the driver says so
 * @param size how much of the buffer it takes, in bytes
 * @param damaged whether something went wrong; the buffer is to be queued again all the same
 */
public record CapturedFrame(int index, long sequence, long timestampNanos, int size, boolean damaged) {}
