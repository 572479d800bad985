package io.github.dmabuf4j.buffer;

/**
 * What one owner has of a heap.
 *
 * @param buffers how many buffers
 * @param bytes their bytes
 */
public record OwnerUsage(long buffers, long bytes) {}
