/** The backend for processes of one host. */
module io.github.dmabuf4j.local {
    requires static transitive org.jspecify;
    requires transitive io.github.dmabuf4j.domain;
    requires transitive io.github.dmabuf4j.linux;

    exports io.github.dmabuf4j.local;

    provides io.github.dmabuf4j.domain.spi.Backend with
            io.github.dmabuf4j.local.LocalBackend;
}
