package io.github.dmabuf4j.jcstress;

import io.github.dmabuf4j.fence.DmaFence;
import io.github.dmabuf4j.fence.FenceChain;
import io.github.dmabuf4j.fence.UserFence;
import org.jspecify.annotations.Nullable;

/** A timeline of three points with a fence each, as the tests of chains use it. */
final class Chains {
    final UserFence[] fences = {Fences.newFenceAlone(), Fences.newFenceAlone(), Fences.newFenceAlone()};
    final FenceChain first = FenceChain.of(null, fences[0], 1);
    final FenceChain second = FenceChain.of(first, fences[1], 2);
    final FenceChain third = FenceChain.of(second, fences[2], 3);

    void signal(int point) {
        fences[point - 1].signal(point);
    }

    /** Which of the points a node is, or {@code none}. */
    String name(@Nullable DmaFence node) {
        return node == null ? "none" : node == first ? "first" : node == second ? "second" : "third";
    }
}
