package io.github.dmabuf4j.memory;

/**
 * What a {@link PageBacking} has left at one moment.
 *
 * @param free how much, in bytes; -1 if it cannot tell
 * @param largestRun the largest run of it, in bytes; -1 if it cannot tell
 */
public record Room(long free, long largestRun) {
    /** Of memory that cannot tell. */
    public static final Room UNKNOWN = new Room(-1, -1);
}
