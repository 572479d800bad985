/** Pages and where they come from. */
module io.github.dmabuf4j.memory {
    requires static transitive org.jspecify;
    requires transitive io.github.dmabuf4j.fence;

    exports io.github.dmabuf4j.memory;
}
