/** The dmabuf4j command. */
module io.github.dmabuf4j.cli {
    requires static transitive org.jspecify;
    requires transitive io.github.dmabuf4j.local;
    requires io.github.dmabuf4j.machine;
    requires info.picocli;
    requires java.desktop;

    opens io.github.dmabuf4j.cli to
            info.picocli;
}
