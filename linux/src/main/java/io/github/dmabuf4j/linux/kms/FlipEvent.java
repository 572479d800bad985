package io.github.dmabuf4j.linux.kms;

/**
 * What the kernel says when a picture is on the screen.
 *
 * @param timestampNanos when its first pixel was sent, CLOCK_MONOTONIC
 * @param sequence the number of the picture as the CRTC counts, shown anew or not
 */
public record FlipEvent(long timestampNanos, long sequence) {}
