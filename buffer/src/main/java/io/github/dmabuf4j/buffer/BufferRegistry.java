package io.github.dmabuf4j.buffer;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * All buffers of this JVM, made here or imported, whose storage is not released: who has what, and who keeps it.
 *
 * <p>It knows storages, not handles: being in it keeps no handle from being found by the garbage collector. A buffer
 * enters when it is exported and leaves when it is released; nothing else that is done with it is slower for it.
 *
 * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html">/sys/kernel/debug/dma_buf/bufinfo</a>
 */
public final class BufferRegistry {
    private static final Set<BufferStorage> LIVE = ConcurrentHashMap.newKeySet();

    private BufferRegistry() {}

    static void add(BufferStorage storage) {
        LIVE.add(storage);
    }

    static void remove(BufferStorage storage) {
        LIVE.remove(storage);
    }

    /**
     * How many buffers there are.
     *
     * @return the number of buffers, not of handles
     */
    public static int size() {
        return LIVE.size();
    }

    /**
     * All buffers, the newest first.
     *
     * @return what is known of each, as of now
     */
    public static List<BufferInfo> buffers() {
        return LIVE.stream()
                .sorted(Comparator.comparingLong((BufferStorage storage) -> storage.id)
                        .reversed())
                .map(BufferStorage::info)
                .toList();
    }

    /**
     * All buffers for people, as the kernel's {@code bufinfo} shows them: a line for each, then its fences, its
     * attachments and its keepers, and at last the totals.
     *
     * @return lines of text
     */
    public static String describe() {
        List<BufferInfo> buffers = buffers();
        StringBuilder text = new StringBuilder("    size\texp_name\tid\towner\tname\n");
        long bytes = 0;
        for (BufferInfo buffer : buffers) {
            bytes += buffer.size();
            text.append(String.format(
                    Locale.ROOT,
                    "%08d\t%s\t%08d\t%s\t%s%n",
                    buffer.size(),
                    buffer.exporterName(),
                    buffer.id(),
                    orNone(buffer.owner()),
                    orNone(buffer.name())));
            text.append(buffer.fences());
            text.append("\tattached devices: ").append(String.join(", ", buffer.attachments()));
            text.append("\n\tkept by: ");
            text.append(String.join(
                    ", ", buffer.keepers().stream().map(Keeper::toString).toList()));
            text.append('\n');
        }
        return text.append("total ")
                .append(buffers.size())
                .append(" buffers, ")
                .append(bytes)
                .append(" bytes\n")
                .toString();
    }

    private static String orNone(String text) {
        return text.isEmpty() ? "<none>" : text;
    }
}
