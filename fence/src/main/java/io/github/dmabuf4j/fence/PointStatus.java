package io.github.dmabuf4j.fence;

/** What a look at one point of a {@link Timeline} found. */
public enum PointStatus {
    /** The timeline has not reached the point, and has not failed before it. */
    PENDING,
    /** The timeline has reached the point without failing at or before it. */
    SIGNALED,
    /** The timeline failed at or before the point: whoever waits for it ends with {@link Timeline#error()}. */
    FAILED
}
