package io.github.dmabuf4j.machine;

import io.github.dmabuf4j.memory.DmaAddress;

/** A device tried to reach something that is not mapped for it; nothing was read or written there. */
public final class DeviceFaultException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient DmaAddress address;
    private final boolean write;

    DeviceFaultException(String device, DmaAddress address, boolean write, String reason) {
        super(device + " cannot " + (write ? "write" : "read") + " address " + address + ": " + reason);
        this.address = address;
        this.write = write;
    }

    /**
     * Where it happened.
     *
     * @return the address as the device sees it
     */
    public DmaAddress address() {
        return address;
    }

    /**
     * What the device wanted.
     *
     * @return true to write, false to read
     */
    public boolean write() {
        return write;
    }
}
