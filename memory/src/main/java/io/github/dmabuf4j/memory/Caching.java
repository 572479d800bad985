package io.github.dmabuf4j.memory;

/**
 * How the CPU's caches treat a mapping of memory.
 *
 * <p>The same pages may be mapped in several ways at a time. That is safe only if no line of an uncached page is dirty
 * in a cache: it could be written back at any moment, over what a device has stored since.
 */
public enum Caching {
    /** Loads and stores go through write-back caches. */
    CACHED,
    /** Loads and stores go to memory, one by one and in order. */
    UNCACHED,
    /** Loads go to memory; stores gather in a buffer and reach memory in any order, at the latest when it is drained. */
    WRITE_COMBINED
}
