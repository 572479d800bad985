package io.github.dmabuf4j.machine;

/** What the cache knows about a line of memory. */
public enum LineState {
    /** Nothing: it is in memory only. */
    ABSENT,
    /** The cache has a copy that no processor has changed; memory may have changed since. */
    CLEAN,
    /** A processor has changed it in the cache: it will be written over memory sooner or later. */
    DIRTY
}
