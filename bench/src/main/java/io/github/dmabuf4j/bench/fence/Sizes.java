package io.github.dmabuf4j.bench.fence;

import io.github.dmabuf4j.fence.FenceContext;
import io.github.dmabuf4j.fence.UserFence;
import java.util.concurrent.CompletableFuture;
import org.openjdk.jol.info.ClassLayout;
import org.openjdk.jol.info.GraphLayout;

/** Tells how large a fence is in the JVM that runs this: a process of its own for each kind of object header. */
public final class Sizes {
    private Sizes() {}

    /**
     * Prints one line of results: bytes of a fence, what completing adds to it, and bytes of a future.
     *
     * @param arguments none
     */
    public static void main(String[] arguments) {
        FenceContext context = FenceContext.create("bench", "size");
        UserFence fence = context.newFence();
        long before = reachable(fence, context);
        fence.signal(1);
        System.out.printf(
                "result fence=%d adds=%d future=%d%n",
                ClassLayout.parseInstance(fence).instanceSize(),
                reachable(fence, context) - before,
                ClassLayout.parseInstance(new CompletableFuture<Long>()).instanceSize());
    }

    private static long reachable(UserFence fence, FenceContext context) {
        return GraphLayout.parseInstance(fence)
                .subtract(GraphLayout.parseInstance(context))
                .totalSize();
    }
}
