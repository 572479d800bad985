package io.github.dmabuf4j.cli.litmus;

import io.github.dmabuf4j.buffer.DmaHeap;
import io.github.dmabuf4j.machine.Machine;
import io.github.dmabuf4j.memory.CacheMaintenance;
import java.io.IOException;

/**
 * A heap of this project, to be tried on a machine.
 *
 * @param name its name
 * @param mapped whether the CPU can reach its buffers
 * @param keeps whether it keeps memory for its next owner
 * @param builder builds one
 */
record TriedHeap(String name, boolean mapped, boolean keeps, Builder builder) {
    /** Builds a heap. */
    @FunctionalInterface
    interface Builder {
        /**
         * Builds a heap on a machine.
         *
         * @param machine where its memory comes from
         * @param maintenance what it does about the cache
         * @return the heap
         */
        DmaHeap build(Machine machine, CacheMaintenance maintenance) throws IOException;
    }
}
