package io.github.dmabuf4j.domain.spi;

/**
 * Something that travels beside the bytes of a message and cannot be written into them: on Unix a file descriptor.
 *
 * <p>Only the backend that made it looks inside. See the package description for who closes it.
 */
public interface Attachment extends AutoCloseable {
    /** Gives the descriptor back, unless the backend has taken it out. Idempotent, never fails. */
    @Override
    void close();
}
