package io.github.dmabuf4j.jcstress;

import io.github.dmabuf4j.fence.DmaFence;
import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.fence.FenceContext;
import io.github.dmabuf4j.fence.UserFence;
import java.util.concurrent.Callable;

/** Where the tests take their fences from, and how they describe what they see. */
final class Fences {
    private static final FenceContext CONTEXT = FenceContext.create("jcstress", "races");

    private Fences() {}

    static UserFence newFence() {
        return CONTEXT.newFence();
    }

    /** A fence in a context of its own, which supersedes no other. */
    static UserFence newFenceAlone() {
        return FenceContext.create("jcstress", "alone").newFence();
    }

    static UserFence newSignaledFence() {
        UserFence fence = newFence();
        fence.signal(1);
        return fence;
    }

    /** Does what is not interrupted here, and cannot fail: the actors of a test throw no checked exceptions. */
    static <T> T calmly(Callable<T> action) {
        try {
            return action.call();
        } catch (Exception unexpected) {
            throw new AssertionError(unexpected);
        }
    }

    /** How a fence ended: {@code ok@11}, {@code 5@11} for error 5 at time 11, or {@code active}. */
    static String end(DmaFence fence) {
        return fence.isSignaled() ? error(fence) + "@" + fence.timestampNanos() : "active";
    }

    /** The error of a fence: {@code ok} or its number. */
    static String error(DmaFence fence) {
        Errno error = fence.error();
        return error == null ? "ok" : Integer.toString(error.number());
    }
}
