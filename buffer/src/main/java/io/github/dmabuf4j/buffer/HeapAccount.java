package io.github.dmabuf4j.buffer;

import java.util.Map;
import java.util.TreeMap;

/** What a heap has out, by owner, and what it refuses. */
final class HeapAccount {
    private final String heap;
    private final HeapLimits limits;
    // Guarded by this:
    private final Map<String, OwnerUsage> owners = new TreeMap<>();
    private long buffers;
    private long bytes;

    HeapAccount(String heap, HeapLimits limits) {
        this.heap = heap;
        this.limits = limits;
    }

    /** Charges an allocation before it is made. */
    synchronized void charge(String owner, long size) throws HeapExhaustedException {
        if (size > limits.limitBytes() - bytes) {
            throw HeapExhaustedException.refused(
                    heap,
                    size,
                    bytes + " of the " + limits.limitBytes() + " bytes it may give are out",
                    limits.limitBytes() - bytes);
        }
        OwnerUsage before = owners.getOrDefault(owner, new OwnerUsage(0, 0));
        if (!owner.isEmpty() && size > limits.quotaBytes() - before.bytes()) {
            throw HeapExhaustedException.refused(
                    heap,
                    size,
                    owner + " has " + before.bytes() + " of its quota of " + limits.quotaBytes() + " bytes",
                    limits.quotaBytes() - before.bytes());
        }
        owners.put(owner, new OwnerUsage(before.buffers() + 1, before.bytes() + size));
        buffers++;
        bytes += size;
    }

    synchronized void discharge(String owner, long size) {
        OwnerUsage before = owners.getOrDefault(owner, new OwnerUsage(1, size));
        if (before.buffers() == 1) {
            owners.remove(owner);
        } else {
            owners.put(owner, new OwnerUsage(before.buffers() - 1, before.bytes() - size));
        }
        buffers--;
        bytes -= size;
    }

    synchronized Map<String, OwnerUsage> owners() {
        return Map.copyOf(owners);
    }

    synchronized long buffers() {
        return buffers;
    }

    synchronized long bytes() {
        return bytes;
    }
}
