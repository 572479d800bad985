package io.github.dmabuf4j.buffer;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a buffer at one moment.
 *
 * @param id its identity, as {@link DmaBuf#id()}
 * @param name its name, empty if nobody gave one
 * @param exporterName who made it
 * @param owner on whose account its memory is, empty if nobody keeps an account
 * @param size bytes
 * @param shared whether the memory went to somebody who is not trusted
 * @param keepers who keeps it alive
 * @param attachments the names of the devices that are attached, in the order in which they came
 * @param fences its unsignalled fences, one for a line, as {@link DmaResv#describe()}
 * @param place where it was made, with {@code -Ddmabuf4j.traceAllocations=true}; null otherwise
 */
public record BufferInfo(
        long id,
        String name,
        String exporterName,
        String owner,
        long size,
        boolean shared,
        List<Keeper> keepers,
        List<String> attachments,
        String fences,
        @Nullable Throwable place) {
    /** Keeps copies of the lists. */
    public BufferInfo {
        keepers = List.copyOf(keepers);
        attachments = List.copyOf(attachments);
    }
}
