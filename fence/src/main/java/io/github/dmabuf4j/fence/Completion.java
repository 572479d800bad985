package io.github.dmabuf4j.fence;

import org.jspecify.annotations.Nullable;

/**
 * The final state of a fence. Final and of one class, so that looking at a fence is a read and a class comparison.
 *
 * @param error how the work failed, or null if it succeeded
 */
record Completion(@Nullable Errno error) {
    /** The state of all fences that succeeded. */
    static final Completion SUCCEEDED = new Completion(null);

    static Completion of(@Nullable Errno error) {
        return error == null ? SUCCEEDED : new Completion(error);
    }
}
