/** A simulated machine with caches, devices and an IOMMU, for what goes wrong between them. */
module io.github.dmabuf4j.machine {
    requires static transitive org.jspecify;
    requires transitive io.github.dmabuf4j.buffer;

    exports io.github.dmabuf4j.machine;
}
