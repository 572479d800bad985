package io.github.dmabuf4j.fence;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A registration for a point of a {@link SyncObj}: fires at most once, and not after it was closed. What the action
 * throws is logged: it costs neither other registrations nor whoever signals.
 */
public final class SyncObjEvent implements AutoCloseable {
    private static final Object PENDING = new Object();
    private static final Object OVER = new Object();

    private final SyncObj object;
    private final Runnable action;
    private final SyncObj.Watcher watcher;
    private final FenceCallback callback;

    /** Pending, over, or in between the thread that runs the action. */
    private final AtomicReference<Object> state = new AtomicReference<>(PENDING);

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
        if (!isPending()) {
            found.removeCallback(callback);
        }
        return true;
    }

    private void fire() {
        if (!state.compareAndSet(PENDING, Thread.currentThread())) {
            return;
        }
        try {
            action.run();
        } catch (RuntimeException | Error failure) {
            ProducedFence.report("the action for a point of a sync object threw", failure);
        } finally {
            state.set(OVER);
        }
    }

    /**
     * Whether the registration still waits.
     *
     * @return false once it has fired or was closed
     */
    @SuppressWarnings("ReferenceEquality") // markers
    public boolean isPending() {
        return state.get() == PENDING;
    }

    /**
     * Takes the registration back if it has not fired. If another thread is running the action, this waits until it is
     * done; called from inside the action it returns at once.
     */
    @Override
    @SuppressWarnings("ReferenceEquality") // markers and threads
    public void close() {
        if (state.compareAndSet(PENDING, OVER)) {
            object.unwatch(watcher);
            DmaFence found = fence;
            if (found != null) {
                found.removeCallback(callback);
            }
            return;
        }
        Backoff backoff = new Backoff();
        for (Object now = state.get(); now != OVER && now != Thread.currentThread(); now = state.get()) {
            backoff.pause();
        }
    }
}
