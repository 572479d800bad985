/** Fences: what is waited for, in the vocabulary of the kernel's dma-fence. */
module io.github.dmabuf4j.fence {
    requires jdk.jfr;
    requires static transitive org.jspecify;

    exports io.github.dmabuf4j.fence;
}
