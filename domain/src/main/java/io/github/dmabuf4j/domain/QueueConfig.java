package io.github.dmabuf4j.domain;

import io.github.dmabuf4j.buffer.ImageLayout;
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
 */
public record QueueConfig(String name, int slots, long bufferSize, ImageLayout layout, Duration patience) {
    /** No queue has more buffers than this. */
    public static final int MAX_SLOTS = 64;

    /** No queue has more consumers at a time than this. */
    public static final int MAX_CONSUMERS = 32;

    /** How long a new peer may take for each step of the handshake. */
    public static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(5);

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
    }
}
