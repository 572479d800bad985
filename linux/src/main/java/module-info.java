/** The real kernel underneath: system calls, file descriptors, shared timelines. */
module io.github.dmabuf4j.linux {
    requires static transitive org.jspecify;
    requires transitive io.github.dmabuf4j.buffer;

    exports io.github.dmabuf4j.linux;
    exports io.github.dmabuf4j.linux.dmabuf;
    exports io.github.dmabuf4j.linux.drm;
    exports io.github.dmabuf4j.linux.facts;
    exports io.github.dmabuf4j.linux.kms;
    exports io.github.dmabuf4j.linux.sync;
    exports io.github.dmabuf4j.linux.v4l2;
}
