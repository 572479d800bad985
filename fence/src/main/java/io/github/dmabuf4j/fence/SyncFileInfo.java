package io.github.dmabuf4j.fence;

import java.util.List;

/**
 * What a sync file tells about itself: the kernel's {@code struct sync_file_info}.
 *
 * @param name the name of the file
 * @param status the state folded over the leaves in their order: signalled if all are, otherwise that of the first
 *     which is active or failed. It can differ from {@link SyncFile#status()}, since a chain carries no errors
 * @param fences the leaves
 * @see <a href="https://docs.kernel.org/driver-api/sync_file.html">struct sync_file_info</a>
 */
public record SyncFileInfo(String name, FenceStatus status, List<FenceInfo> fences) {
    /** Copies the list. */
    public SyncFileInfo {
        fences = List.copyOf(fences);
    }

    /**
     * How many leaves stand in a certain way.
     *
     * @param wanted the state to count
     * @return the number of fences in that state
     */
    public int count(FenceStatus wanted) {
        return (int) fences.stream().filter(fence -> fence.status() == wanted).count();
    }
}
