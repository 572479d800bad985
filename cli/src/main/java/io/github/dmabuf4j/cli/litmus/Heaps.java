package io.github.dmabuf4j.cli.litmus;

import io.github.dmabuf4j.buffer.CarveoutHeap;
import io.github.dmabuf4j.buffer.ChunkHeap;
import io.github.dmabuf4j.buffer.HeapLimits;
import io.github.dmabuf4j.buffer.ProtectedHeap;
import io.github.dmabuf4j.buffer.SystemContigHeap;
import io.github.dmabuf4j.buffer.SystemHeap;
import java.util.List;

/** The heaps that are tried: all there are. */
final class Heaps {
    private static final long REGION = 64 << 10;
    private static final long CHUNK = 8 << 10;

    static final List<HeapKind> ALL = List.of(
            new HeapKind(
                    "system",
                    true,
                    (machine, maintenance) -> new SystemHeap(machine.backing(), HeapLimits.DEFAULT, maintenance)),
            new HeapKind(
                    "system-contig",
                    true,
                    (machine, maintenance) -> new SystemContigHeap(machine.backing(), HeapLimits.DEFAULT, maintenance)),
            new HeapKind(
                    "carveout",
                    true,
                    (machine, maintenance) ->
                            new CarveoutHeap("carveout", machine.backing(), REGION, HeapLimits.DEFAULT, maintenance)),
            new HeapKind(
                    "chunk",
                    true,
                    (machine, maintenance) ->
                            new ChunkHeap("chunk", machine.backing(), REGION, CHUNK, HeapLimits.DEFAULT, maintenance)),
            new HeapKind(
                    "protected",
                    false,
                    (machine, maintenance) -> new ProtectedHeap(machine.backing(), HeapLimits.DEFAULT, maintenance)));

    private Heaps() {}
}
