package io.github.dmabuf4j.buffer;

import io.github.dmabuf4j.memory.Caching;
import io.github.dmabuf4j.memory.UnsupportedCachingException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The heaps that there are, by name as in {@code /dev/dma_heap}, and by number as in ION.
 *
 * <p>A heap gets the next number when it is added, from 0, and keeps it; it cannot be taken out again. A registry does
 * not own its heaps: closing one is the business of whoever made it.
 *
 * <p>All methods may be called from any thread.
 *
 * @see <a href="https://docs.kernel.org/userspace-api/dma-buf-heaps.html">dma-buf heaps in the kernel's manual</a>
 */
public final class HeapRegistry {
    /** How many heaps a registry takes: as many as a mask has bits. */
    public static final int MAX_HEAPS = Long.SIZE;

    // Guarded by this; the index is the number.
    private final List<DmaHeap> heaps = new ArrayList<>();

    /** Makes a registry without heaps. */
    public HeapRegistry() {}

    /**
     * Adds a heap.
     *
     * @param heap the heap
     * @return what the registry tells about it from now on
     * @throws IllegalArgumentException if its name is empty or taken
     * @throws IllegalStateException if there are {@link #MAX_HEAPS} already
     * @see <a href="https://docs.kernel.org/userspace-api/dma-buf-heaps.html">dma_heap_add</a>
     */
    public synchronized HeapInfo add(DmaHeap heap) {
        if (heap.name().isEmpty()) {
            throw new IllegalArgumentException("a heap without a name would never be found");
        }
        if (find(heap.name()) != null) {
            throw new IllegalArgumentException("there is a heap \"" + heap.name() + "\" already");
        }
        if (heaps.size() == MAX_HEAPS) {
            throw new IllegalStateException("there are " + MAX_HEAPS + " heaps already");
        }
        heaps.add(heap);
        return info(heaps.size() - 1, heap);
    }

    /**
     * Finds a heap.
     *
     * @param name its name
     * @return the heap
     * @throws UnknownHeapException if there is none of that name
     */
    public synchronized DmaHeap heap(String name) {
        DmaHeap found = find(name);
        if (found == null) {
            throw new UnknownHeapException("there is no heap \"" + name + "\", only " + names(heaps));
        }
        return found;
    }

    private @Nullable DmaHeap find(String name) {
        for (DmaHeap heap : heaps) {
            if (heap.name().equals(name)) {
                return heap;
            }
        }
        return null;
    }

    /**
     * All heaps, those that {@link #allocate} prefers first.
     *
     * @return the heaps by falling number
     * @see <a href="https://lwn.net/Articles/480055/">ION_IOC_HEAP_QUERY</a>
     */
    public synchronized List<HeapInfo> query() {
        List<HeapInfo> answer = new ArrayList<>();
        for (int id = heaps.size() - 1; id >= 0; id--) {
            answer.add(info(id, heaps.get(id)));
        }
        return List.copyOf(answer);
    }

    private static HeapInfo info(int id, DmaHeap heap) {
        Set<Caching> offers =
                Arrays.stream(Caching.values()).filter(heap::offers).collect(Collectors.toUnmodifiableSet());
        return new HeapInfo(id, heap.name(), heap.kind(), offers, heap.capacity());
    }

    /**
     * Allocates from the first heap of a set that can: the one with the highest number is asked first.
     *
     * @param mask the heaps that may be asked, a bit for each, see {@link HeapInfo#mask()}; other bits mean nothing
     * @param request what is asked for
     * @return the only handle, owned by the caller
     * @throws UnknownHeapException if none of the heaps is there
     * @throws UnsupportedCachingException if the last one that was asked does not offer the way of mapping
     * @throws IOException what the last one that was asked threw
     * @see <a href="https://lwn.net/Articles/480055/">ION_IOC_ALLOC</a>
     */
    public DmaBuf allocate(long mask, AllocationRequest request) throws IOException {
        List<DmaHeap> preferred = chosen(mask);
        for (DmaHeap heap : preferred.subList(0, preferred.size() - 1)) {
            try {
                return heap.allocate(request);
            } catch (IOException | UnsupportedCachingException cannot) {
                // The next one may be able to.
            }
        }
        return preferred.getLast().allocate(request);
    }

    private synchronized List<DmaHeap> chosen(long mask) {
        List<DmaHeap> chosen = new ArrayList<>();
        for (int id = heaps.size() - 1; id >= 0; id--) {
            if ((mask & 1L << id) != 0) {
                chosen.add(heaps.get(id));
            }
        }
        if (chosen.isEmpty()) {
            throw new UnknownHeapException(
                    "no heap is in the set 0x" + Long.toHexString(mask) + ": there are " + names(heaps));
        }
        return chosen;
    }

    private static String names(List<DmaHeap> heaps) {
        return heaps.isEmpty()
                ? "none"
                : heaps.stream().map(DmaHeap::name).collect(Collectors.joining("\", \"", "\"", "\""));
    }

    /**
     * Lets all heaps give back memory that they keep for later, those with the lowest number first.
     *
     * @param bytes how much to give back at least
     * @return how much was given back, in bytes; less than asked if they did not keep as much
     */
    public long shrink(long bytes) {
        long freed = 0;
        for (DmaHeap heap : all()) {
            freed += freed < bytes ? heap.shrink(bytes - freed) : 0;
        }
        return freed;
    }

    /** How much all heaps could give back, in bytes. */
    long keptBytes() {
        return all().stream().mapToLong(DmaHeap::reclaimableBytes).sum();
    }

    private synchronized List<DmaHeap> all() {
        return List.copyOf(heaps);
    }
}
