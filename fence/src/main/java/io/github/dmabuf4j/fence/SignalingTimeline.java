package io.github.dmabuf4j.fence;

/**
 * The owner's end of a {@link Timeline}: the only one that moves it.
 *
 * <p>One thread at a time may signal; the owner orders its threads itself.
 */
public interface SignalingTimeline extends Timeline {
    /**
     * Moves the timeline forward and wakes whoever waits for a point up to the new value. Everything that the calling
     * thread wrote before is visible to whoever sees the new value.
     *
     * @param value the new value, greater than {@link #value()}
     * @throws IllegalArgumentException if the value does not rise
     * @throws IllegalStateException if the timeline has failed or is closed
     */
    void signal(long value);

    /**
     * Moves the timeline forward, with a time that the caller knows: saves reading the clock where nobody asks for the
     * time. A timeline that only believes its own clock takes no notice of the time.
     *
     * @param value the new value, greater than {@link #value()}
     * @param timestampNanos when the work was done, CLOCK_MONOTONIC nanoseconds; 0 says nothing about it
     * @throws IllegalArgumentException if the value does not rise
     * @throws IllegalStateException if the timeline has failed or is closed
     */
    default void signal(long value, long timestampNanos) {
        signal(value);
    }

    /**
     * Fails the timeline from a point on, for ever.
     *
     * @param firstFailed the first point that fails, greater than {@link #value()}
     * @param error what waiters are told
     * @throws IllegalArgumentException if the point is already reached
     * @throws IllegalStateException if the timeline has failed before or is closed
     */
    void fail(long firstFailed, Errno error);
}
