/** Dma-bufs, heaps, reservations and picture layouts. */
module io.github.dmabuf4j.buffer {
    requires static transitive org.jspecify;
    requires transitive io.github.dmabuf4j.memory;

    exports io.github.dmabuf4j.buffer;
    exports io.github.dmabuf4j.buffer.ww;
}
