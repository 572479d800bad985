package io.github.dmabuf4j.linux.dmabuf;

import io.github.dmabuf4j.buffer.DmaHeap;
import io.github.dmabuf4j.buffer.SystemHeap;
import io.github.dmabuf4j.linux.MemfdBacking;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/** Finds the heaps of this machine and opens them by name. */
public final class Heaps {
    /** Memory files: works everywhere. */
    public static final String MEMFD = "memfd";
    /** Memory files that are dma-bufs too. */
    public static final String UDMABUF = "udmabuf";
    /** The heap {@code system} of the kernel. */
    public static final String DMA_HEAP = "dma-heap";

    /** The best of those that there are. */
    public static final String BEST = "best";

    private Heaps() {}

    /**
     * Whether a kind of heap is called so, whether this machine has it or not.
     *
     * @param name the name
     * @return true if {@link #open(String)} knows it
     */
    public static boolean isName(String name) {
        return List.of(BEST, MEMFD, UDMABUF, DMA_HEAP).contains(name) || name.startsWith(DMA_HEAP + ":");
    }

    /**
     * The heaps that this process may use, best first: real dma-bufs before memory files.
     *
     * @return names for {@link #open(String)}; {@code dma-heap:NAME} for a heap of the kernel that is not {@code system}
     */
    public static List<String> available() {
        List<String> names = new ArrayList<>();
        for (String heap : DmaHeapBacking.names()) {
            if (Files.isReadable(DmaHeapBacking.FOLDER.resolve(heap))
                    && Files.isWritable(DmaHeapBacking.FOLDER.resolve(heap))) {
                if (heap.equals("system")) {
                    names.addFirst(DMA_HEAP);
                } else {
                    names.add(DMA_HEAP + ":" + heap);
                }
            }
        }
        if (Files.isReadable(UdmabufBacking.NODE) && Files.isWritable(UdmabufBacking.NODE)) {
            names.add(names.isEmpty() || !names.getFirst().equals(DMA_HEAP) ? 0 : 1, UDMABUF);
        }
        names.add(MEMFD);
        return List.copyOf(names);
    }

    /**
     * Opens the best heap that there is: one of real dma-bufs where the machine has it, otherwise one of memory files.
     *
     * @return the heap, owned by the caller
     * @throws IOException if it cannot be opened although it seemed so
     */
    public static DmaHeap best() throws IOException {
        return open(available().getFirst());
    }

    /**
     * Opens a heap.
     *
     * @param name {@value #BEST}, {@value #MEMFD}, {@value #UDMABUF}, {@value #DMA_HEAP}, or {@code dma-heap:NAME}
     * @return the heap, owned by the caller
     * @throws IllegalArgumentException if no kind of heap is called so
     * @throws IOException if the machine has it not, or there is no permission
     */
    public static DmaHeap open(String name) throws IOException {
        if (name.equals(BEST)) {
            return best();
        }
        if (name.equals(MEMFD)) {
            return new SystemHeap(new MemfdBacking());
        }
        if (name.equals(UDMABUF)) {
            return ofUdmabuf(UdmabufBacking.open());
        }
        if (name.equals(DMA_HEAP)) {
            return ofHeap(DmaHeapBacking.open("system"));
        }
        if (name.startsWith(DMA_HEAP + ":")) {
            return ofHeap(DmaHeapBacking.open(name.substring(DMA_HEAP.length() + 1)));
        }
        throw new IllegalArgumentException("no heap is called \"" + name + "\"; there are " + MEMFD + ", " + UDMABUF
                + ", " + DMA_HEAP + " and " + DMA_HEAP + ":NAME, of which this machine has "
                + String.join(", ", available()));
    }

    private static DmaHeap ofUdmabuf(UdmabufBacking device) {
        return new DeviceHeap(device, device::close);
    }

    private static DmaHeap ofHeap(DmaHeapBacking device) {
        return new DeviceHeap(device, device::close);
    }
}
