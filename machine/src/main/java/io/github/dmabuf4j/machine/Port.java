package io.github.dmabuf4j.machine;

/** How a device reaches memory. */
public enum Port {
    /**
     * Past the cache: the device sees what is in memory, and what it writes changes no line. What a processor gathered
     * in its store buffer may still be there when the device starts.
     */
    NON_COHERENT,
    /**
     * Through the cache: a dirty line is found there, and a line that the device writes leaves it. The store that starts
     * the device comes behind all earlier ones, as on x86, so that the store buffers are empty then.
     */
    COHERENT
}
