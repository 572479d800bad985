package io.github.dmabuf4j.linux.dmabuf;

import java.util.List;

/**
 * A buffer of the system, as it looks from outside.
 *
 * @param kind what it is
 * @param inode its identity among those of its kind
 * @param size in bytes
 * @param exporter who made it, such as {@code system} or {@code udmabuf}; {@code memfd} for memory files
 * @param name its name, empty if nobody gave one
 * @param users the processes that hold it, by their number; empty if only the kernel does, or nobody whom this process may see
 * @param devices the devices it is attached to, as far as the kernel tells this process
 */
public record SystemBuffer(
        Kind kind, long inode, long size, String exporter, String name, List<User> users, List<String> devices) {
    /** Copies the lists. */
    public SystemBuffer {
        users = List.copyOf(users);
        devices = List.copyOf(devices);
    }

    /** What a buffer is. */
    public enum Kind {
        /** A buffer of the kernel, that devices can import. */
        DMA_BUF,
        /** Memory that processes pass on by its descriptor. */
        MEMORY_FILE
    }

    /**
     * A process that holds a buffer.
     *
     * @param pid its number
     * @param command its name
     * @param descriptors how many descriptors it has
     * @param mappings how many mappings it has
     */
    public record User(long pid, String command, int descriptors, int mappings) {}
}
