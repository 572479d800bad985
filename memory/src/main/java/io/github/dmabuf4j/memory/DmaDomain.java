package io.github.dmabuf4j.memory;

/**
 * An address space that devices use: one device's, or that of the IOMMU group it is in. Two domains are the same only
 * if they are the same object.
 */
public final class DmaDomain {
    private final String name;

    /**
     * Makes a domain of its own.
     *
     * @param name a name for people, such as the device's
     */
    public DmaDomain(String name) {
        this.name = name;
    }

    /**
     * The domain's name for people.
     *
     * @return the name
     */
    public String name() {
        return name;
    }

    @Override
    public String toString() {
        return "DMA domain " + name;
    }
}
