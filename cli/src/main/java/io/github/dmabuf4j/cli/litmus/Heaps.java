package io.github.dmabuf4j.cli.litmus;

import io.github.dmabuf4j.buffer.CarveoutHeap;
import io.github.dmabuf4j.buffer.ChunkHeap;
import io.github.dmabuf4j.buffer.CmaHeap;
import io.github.dmabuf4j.buffer.HeapLimits;
import io.github.dmabuf4j.buffer.ProtectedHeap;
import io.github.dmabuf4j.buffer.SystemContigHeap;
import io.github.dmabuf4j.buffer.SystemHeap;
import java.util.List;

/** The heaps that are tried: all there are. */
final class Heaps {
    /** As large as the cache, so that of a region that was zeroed before much is still there. */
    private static final long REGION = 16 << 10;

    private static final long CHUNK = 8 << 10;

    static final List<TriedHeap> ALL = List.of(
            new TriedHeap(
                    "system",
                    true,
                    true,
                    (machine, maintenance) -> new SystemHeap(machine.backing(), HeapLimits.DEFAULT, maintenance)),
            new TriedHeap(
                    "system-contig",
                    true,
                    false,
                    (machine, maintenance) -> new SystemContigHeap(machine.backing(), HeapLimits.DEFAULT, maintenance)),
            new TriedHeap(
                    "carveout",
                    true,
                    true,
                    (machine, maintenance) ->
                            new CarveoutHeap("carveout", machine.backing(), REGION, HeapLimits.DEFAULT, maintenance)),
            new TriedHeap(
                    "chunk",
                    true,
                    true,
                    (machine, maintenance) ->
                            new ChunkHeap("chunk", machine.backing(), REGION, CHUNK, HeapLimits.DEFAULT, maintenance)),
            new TriedHeap(
                    "cma",
                    true,
                    true,
                    (machine, maintenance) ->
                            new CmaHeap("cma", machine.backing(), REGION, HeapLimits.DEFAULT, maintenance)),
            new TriedHeap(
                    "protected",
                    false,
                    true,
                    (machine, maintenance) -> new ProtectedHeap(machine.backing(), HeapLimits.DEFAULT, maintenance)));

    private Heaps() {}
}
