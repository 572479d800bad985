package io.github.dmabuf4j.fence;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A registration for a point of a {@link SyncObj}: fires at most once, and not after it was closed. */
public final class SyncObjEvent implements AutoCloseable {
    private final SyncObj object;
    private final Runnable action;
    private final SyncObj.Watcher watcher;
    private final FenceCallback callback;
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile @Nullable DmaFence fence;

    private SyncObjEvent(SyncObj object, long point, boolean available, Runnable action) {
        this.object = object;
        this.action = Objects.requireNonNull(action, "action");
        this.callback = FenceCallback.of(_ -> fire());
        this.watcher = new SyncObj.Watcher(point) {
            @Override
            void materialized(DmaFence found) {
                if (available || !listen(found)) {
                    fire();
                }
            }
        };
    }

    static SyncObjEvent register(SyncObj object, long point, boolean available, Runnable action) {
        SyncObjEvent event = new SyncObjEvent(object, point, available, action);
        object.watch(event.watcher);
        return event;
    }

    private boolean listen(DmaFence found) {
        fence = found;
        if (found.poll() || !found.addCallback(callback)) {
            return false;
        }
        if (over.get()) {
            found.removeCallback(callback);
        }
        return true;
    }

    private void fire() {
        if (over.compareAndSet(false, true)) {
            action.run();
        }
    }

    /**
     * Whether the registration still waits.
     *
     * @return false once it has fired or was closed
     */
    public boolean isPending() {
        return !over.get();
    }

    /** Takes the registration back if it has not fired. */
    @Override
    public void close() {
        if (over.compareAndSet(false, true)) {
            object.unwatch(watcher);
            DmaFence found = fence;
            if (found != null) {
                found.removeCallback(callback);
            }
        }
    }
}
