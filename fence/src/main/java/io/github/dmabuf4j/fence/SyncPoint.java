package io.github.dmabuf4j.fence;

import java.util.Objects;

/**
 * A point of a {@link SyncObj}: something to wait for that may not exist yet. It is no fence, for nobody has promised
 * that it will ever be submitted.
 *
 * @param object the object
 * @param point the number of the point; 0 for whatever fence the object holds
 */
public record SyncPoint(SyncObj object, long point) {
    /** Checks the object. */
    public SyncPoint {
        Objects.requireNonNull(object, "object");
    }
}
