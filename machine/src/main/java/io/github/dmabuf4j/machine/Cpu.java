package io.github.dmabuf4j.machine;

import io.github.dmabuf4j.memory.Pages;

/**
 * A processor: loads and stores single bytes of memory, in the way the pages are mapped. Any thread may use it.
 */
public final class Cpu {
    private final Machine machine;
    private final int number;

    Cpu(Machine machine, int number) {
        this.machine = machine;
        this.number = number;
    }

    /**
     * Loads bytes.
     *
     * @param pages memory of this machine
     * @param offset where in it, in bytes
     * @param length how many
     * @return the bytes as this processor sees them
     * @throws IllegalArgumentException if the pages are not memory of this machine
     * @throws IndexOutOfBoundsException if the range is not inside the pages
     */
    public byte[] load(Pages pages, long offset, int length) {
        byte[] bytes = new byte[length];
        MachinePages.of(machine, pages).load(number, offset, bytes);
        return bytes;
    }

    /**
     * Loads one byte.
     *
     * @param pages memory of this machine
     * @param offset where in it, in bytes
     * @return the byte, from 0 to 255
     * @throws IllegalArgumentException if the pages are not memory of this machine
     * @throws IndexOutOfBoundsException if the offset is not inside the pages
     */
    public int load(Pages pages, long offset) {
        return load(pages, offset, 1)[0] & 0xff;
    }

    /**
     * Stores bytes.
     *
     * @param pages memory of this machine
     * @param offset where in it, in bytes
     * @param bytes what to store
     * @throws IllegalArgumentException if the pages are not memory of this machine
     * @throws IndexOutOfBoundsException if the range is not inside the pages
     */
    public void store(Pages pages, long offset, byte... bytes) {
        MachinePages.of(machine, pages).store(number, offset, bytes);
    }
}
