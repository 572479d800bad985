package io.github.dmabuf4j.buffer;

import io.github.dmabuf4j.memory.Pages;

/**
 * What an exporter does when the last holder of a {@link DmaBuf} is gone: the counterpart of the {@code release}
 * operation of a kernel exporter.
 */
@FunctionalInterface
public interface PageRelease {
    /**
     * Takes the pages back. Called once, on the thread that closed the last holder or on the garbage collector's; it
     * must not block for long.
     *
     * @param pages the storage, with no lease open
     * @param shared whether the memory went to somebody who is not trusted ({@link DmaBuf#markShared()}): such pages
     *     must not get another owner
     */
    void release(Pages pages, boolean shared);
}
