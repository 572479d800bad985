package io.github.dmabuf4j.memory;

/**
 * An address as a device sees it. It means nothing outside its domain, and nothing to the CPU.
 *
 * @param domain where it is valid
 * @param value the address, unsigned
 */
public record DmaAddress(DmaDomain domain, long value) {
    /**
     * An address further on in the same domain.
     *
     * @param bytes how far, not negative
     * @return the address
     * @throws IllegalArgumentException if the distance is negative or the sum runs over the end of the domain
     */
    public DmaAddress plus(long bytes) {
        long sum = value + bytes;
        if (bytes < 0 || Long.compareUnsigned(sum, value) < 0) {
            throw new IllegalArgumentException("there is no address " + bytes + " bytes behind " + this);
        }
        return new DmaAddress(domain, sum);
    }

    @Override
    public String toString() {
        return "0x" + Long.toHexString(value) + " in the " + domain;
    }
}
