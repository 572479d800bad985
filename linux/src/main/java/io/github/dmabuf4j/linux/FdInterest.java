package io.github.dmabuf4j.linux;

/** What a descriptor is watched for by an {@link FdDispatcher}. */
public enum FdInterest {
    /** Something can be read, or the other end is gone. */
    READABLE,
    /** Something can be written, or the other end is gone. */
    WRITABLE
}
