/** XBP: sharing buffers and fences across domains; knows no operating system. */
module io.github.dmabuf4j.domain {
    requires static transitive org.jspecify;
    requires transitive io.github.dmabuf4j.buffer;

    exports io.github.dmabuf4j.domain;
    exports io.github.dmabuf4j.domain.session;
    exports io.github.dmabuf4j.domain.spi;
    exports io.github.dmabuf4j.domain.wire;

    uses io.github.dmabuf4j.domain.spi.Backend;
}
