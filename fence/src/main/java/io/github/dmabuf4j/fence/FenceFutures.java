package io.github.dmabuf4j.fence;

import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The bridge between fences and futures. */
final class FenceFutures {
    private FenceFutures() {}

    static CompletableFuture<@Nullable Void> follow(DmaFence fence) {
        CompletableFuture<@Nullable Void> future = new CompletableFuture<>();
        FenceCallback callback = FenceCallback.of(signaled -> finish(future, signaled));
        if (fence.addCallback(callback)) {
            // A future that ends early, by a cancel or a timeout, leaves nothing behind on the fence.
            CompletableFuture<@Nullable Void> _ = future.whenComplete((_, _) -> fence.removeCallback(callback));
        } else {
            finish(future, fence);
        }
        return future;
    }

    private static void finish(CompletableFuture<@Nullable Void> future, DmaFence fence) {
        Errno error = fence.error();
        if (error == null) {
            future.complete(null);
        } else {
            future.completeExceptionally(new FenceException("fence " + fence, error));
        }
    }

    static DmaFence lead(CompletionStage<?> stage) {
        Objects.requireNonNull(stage, "stage");
        UserFence fence = FenceContext.create("java", "CompletionStage").newFence();
        CompletionStage<?> _ = stage.whenComplete((_, failure) -> {
            if (failure == null) {
                fence.signal();
            } else {
                fence.fail(errorOf(failure));
            }
        });
        return fence;
    }

    /** The error that stands for a failure of a stage. */
    static Errno errorOf(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return switch (cause) {
            case FenceException fence -> fence.errno();
            case CancellationException cancelled -> Errno.ECANCELED;
            case TimeoutException late -> Errno.ETIME;
            default -> Errno.EIO;
        };
    }
}
