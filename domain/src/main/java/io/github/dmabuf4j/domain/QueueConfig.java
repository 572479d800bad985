package io.github.dmabuf4j.domain;

import io.github.dmabuf4j.buffer.ImageLayout;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * What a {@link QueueProducer} needs to know before it begins.
 *
 * @param name for people, such as {@code camera}; the consumers see it as the name of the buffers
 * @param slots how many buffers circulate, 1 to {@value #MAX_SLOTS}
 * @param bufferSize the size of each, in bytes
 * @param layout what a frame in a buffer looks like; fits into the size
 * @param patience how long a consumer may keep the producer waiting without giving anything back, before it is dropped;
 *     positive
 * @param description what else a consumer should know about the frames, in the words of the application, such as the
 *     header of a video file; the queue carries it and does not look into it; at most {@value #MAX_DESCRIPTION} bytes of
 *     UTF-8
 */
public record QueueConfig(
        String name, int slots, long bufferSize, ImageLayout layout, Duration patience, String description) {
    /** No description has more bytes than this. */
    public static final int MAX_DESCRIPTION = 4096;

    /** No queue has more buffers than this. */
    public static final int MAX_SLOTS = 64;

    /** No queue has more consumers at a time than this. */
    public static final int MAX_CONSUMERS = 32;

    /**
     * How long a new peer may take for each step of the handshake: five seconds, times the system property
     * {@code dmabuf4j.timeScale}, which is for machines in software.
     */
    public static final Duration HANDSHAKE_TIMEOUT =
            Duration.ofSeconds(5).multipliedBy(Integer.getInteger("dmabuf4j.timeScale", 1));

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if one is out of its range; the sentence says which
     */
    public QueueConfig {
        if (slots < 1 || slots > MAX_SLOTS) {
            throw new IllegalArgumentException("a queue has 1 to " + MAX_SLOTS + " buffers, not " + slots);
        }
        if (bufferSize < 1) {
            throw new IllegalArgumentException("a buffer has at least one byte, not " + bufferSize);
        }
        if (patience.isNegative() || patience.isZero()) {
            throw new IllegalArgumentException("patience must be positive, not " + patience);
        }
        if (description.getBytes(StandardCharsets.UTF_8).length > MAX_DESCRIPTION) {
            throw new IllegalArgumentException("a description has at most " + MAX_DESCRIPTION + " bytes");
        }
    }

    /**
     * A queue whose frames need no description.
     *
     * @param name for people
     * @param slots how many buffers circulate
     * @param bufferSize the size of each, in bytes
     * @param layout what a frame in a buffer looks like
     * @param patience how long a consumer may keep the producer waiting
     */
    public QueueConfig(String name, int slots, long bufferSize, ImageLayout layout, Duration patience) {
        this(name, slots, bufferSize, layout, patience, "");
    }
}
