package io.github.dmabuf4j.buffer;

import io.github.dmabuf4j.memory.CacheMaintenance;
import io.github.dmabuf4j.memory.Caching;
import io.github.dmabuf4j.memory.PageBacking;
import io.github.dmabuf4j.memory.Pages;
import io.github.dmabuf4j.memory.SgEntry;
import io.github.dmabuf4j.memory.SgTable;
import io.github.dmabuf4j.memory.UnsupportedCachingException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What heaps on page pools have in common: accounts, export, and what happens at the end. */
public abstract sealed class PoolHeap implements DmaHeap permits SystemHeap, SystemContigHeap, ProtectedHeap {
    final PooledRuns runs;
    private final String name;
    private final HeapAccount account;

    PoolHeap(String name, PageBacking backing, HeapLimits limits, long highWaterBytes, CacheMaintenance maintenance) {
        this.name = name;
        this.runs = new PooledRuns(backing, maintenance, highWaterBytes);
        this.account = new HeapAccount(name, limits);
    }

    /** Takes the runs of a buffer, adding each to a list as soon as it has it. */
    void take(long size, Caching caching, String label, List<Pages> pieces) throws IOException {
        pieces.add(runs.take(caching, size, label));
    }

    /** How runs are mapped for a request. */
    Caching mapping(Caching asked) {
        return asked;
    }

    /** What the CPU leases; null for nothing. */
    @Nullable Pages view(List<Pages> pieces) throws IOException {
        return pieces.size() == 1 ? pieces.getFirst() : runs.backing.join(pieces);
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final long capacity() {
        return runs.backing.capacity();
    }

    @Override
    public boolean offers(Caching caching) {
        return runs.backing.offers(caching);
    }

    @Override
    public final DmaBuf allocate(AllocationRequest request) throws IOException {
        long size = runs.backing.roundUp(request.size());
        if (!offers(request.caching())) {
            throw new UnsupportedCachingException(runs.backing.name(), request.caching());
        }
        if (size > capacity()) {
            // Before anything is taken: what is kept for others would be given back in vain.
            throw HeapExhaustedException.tooLarge(name, size, capacity(), runs.backing.room());
        }
        Caching caching = mapping(request.caching());
        account.charge(request.owner(), size);
        List<Pages> pieces = new ArrayList<>(1);
        try {
            take(size, caching, request.name().isEmpty() ? name : request.name(), pieces);
            return export(request, size, caching, pieces);
        } catch (Throwable failed) {
            pieces.forEach(piece -> runs.retire(caching, piece, true));
            account.discharge(request.owner(), size);
            if (failed instanceof IOException noMemory && !(failed instanceof HeapExhaustedException)) {
                throw HeapExhaustedException.because(name, size, noMemory, runs.backing.room());
            }
            throw failed;
        }
    }

    private DmaBuf export(AllocationRequest request, long size, Caching caching, List<Pages> pieces)
            throws IOException {
        Pages view = view(pieces);
        DmaBuf buffer = DmaBuf.export(new HeapBuffer(
                name,
                request.owner(),
                size,
                view,
                () -> table(pieces),
                runs.maintenance,
                shared -> takeBack(request.owner(), size, caching, view, pieces, shared)));
        if (!request.name().isEmpty()) {
            buffer.name(request.name());
        }
        return buffer;
    }

    private SgTable table(List<Pages> pieces) {
        SgTable.Builder builder = SgTable.builder(Long.MAX_VALUE, runs.backing.pageSize());
        for (Pages piece : pieces) {
            builder.add(new SgEntry.Memory(piece, 0, piece.size()));
        }
        return builder.build();
    }

    private void takeBack(
            String owner, long size, Caching caching, @Nullable Pages view, List<Pages> pieces, boolean shared) {
        account.discharge(owner, size);
        if (view != null && pieces.size() > 1) {
            view.close();
        }
        for (Pages piece : pieces) {
            runs.retire(caching, piece, !shared);
        }
    }

    @Override
    public final HeapStats stats() {
        return runs.stats(account);
    }

    @Override
    public final Map<String, OwnerUsage> owners() {
        return account.owners();
    }

    @Override
    public final long shrink(long bytes) {
        return runs.shrink(bytes);
    }

    @Override
    public final void awaitIdle() {
        runs.awaitIdle();
    }

    @Override
    public final void close() {
        runs.close();
    }

    @Override
    public String toString() {
        return "heap \"" + name + "\"";
    }
}
