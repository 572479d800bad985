package io.github.dmabuf4j.buffer;

/** Which threads may use the view of a {@link CpuAccess}. */
public enum AccessScope {
    /** The thread that opened it: the view dies with the bracket, whoever kept a reference. The default. */
    CONFINED,
    /**
     * Any thread: for parallel streams, asynchronous channels and worker pools. The bracket is counted, and the access
     * refuses to give its view after it was closed; a reference kept beyond that is not taken away.
     */
    ANY_THREAD
}
