package io.github.dmabuf4j.machine;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The bytes behind the addresses of the bus: page frames, made when they are first used, and memory of devices. */
final class PhysicalMemory {
    /** Memory of the n-th device is at n + 1 times this address. */
    private static final long DEVICE_MEMORY = 1L << 40;

    private final int pageSize;
    private final int pageShift;
    private final byte[] @Nullable [] frames;
    private final List<byte[]> devices = new ArrayList<>();

    PhysicalMemory(MachineConfig config) {
        this.pageSize = config.pageSize();
        this.pageShift = Integer.numberOfTrailingZeros(pageSize);
        this.frames = new byte[config.frames()][];
    }

    /** Adds memory of a device and says where it begins. */
    long addDevice(int size) {
        devices.add(new byte[size]);
        return devices.size() * DEVICE_MEMORY;
    }

    static boolean isDevice(long address) {
        return address >= DEVICE_MEMORY;
    }

    /** The bytes that an address is in. */
    byte[] at(long address) {
        if (isDevice(address)) {
            return devices.get((int) (address / DEVICE_MEMORY) - 1);
        }
        int number = frame(address);
        byte[] bytes = frames[number];
        if (bytes == null) {
            bytes = new byte[pageSize];
            frames[number] = bytes;
        }
        return bytes;
    }

    /** Where in these bytes the address is. */
    int offset(long address) {
        return isDevice(address) ? (int) (address % DEVICE_MEMORY) : (int) (address & (pageSize - 1));
    }

    int frame(long address) {
        return (int) (address >>> pageShift);
    }
}
