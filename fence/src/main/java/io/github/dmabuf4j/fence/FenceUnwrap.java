package io.github.dmabuf4j.fence;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looking into arrays and chains, and merging fences so that nothing is waited for twice.
 *
 * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#dma-fence-unwrap">DMA fence unwrap</a>
 */
public final class FenceUnwrap {
    private static final Comparator<DmaFence> BY_CONTEXT =
            (first, second) -> Long.compareUnsigned(first.context(), second.context());

    private FenceUnwrap() {}

    /**
     * The plain fences that a fence consists of. Chain nodes come newest first, fences of an array in their order;
     * points of a chain that are signalled and collected are gone. Containers in containers are opened however deep (the
     * kernel opens chains and then arrays, and forbids the rest), a container that occurs twice only once.
     *
     * @param fence any fence
     * @return its leaves; a plain fence is its own
     */
    public static List<DmaFence> leaves(DmaFence fence) {
        Objects.requireNonNull(fence, "fence");
        List<DmaFence> leaves = new ArrayList<>();
        addLeaves(fence, leaves);
        return leaves;
    }

    private static void addLeaves(DmaFence fence, List<DmaFence> leaves) {
        if (!(fence instanceof FenceContainer)) {
            leaves.add(fence);
            return;
        }
        Set<DmaFence> opened = Collections.newSetFromMap(new IdentityHashMap<>());
        ArrayDeque<DmaFence> toOpen = new ArrayDeque<>();
        toOpen.push(fence);
        for (DmaFence next = toOpen.poll(); next != null; next = toOpen.poll()) {
            switch (next) {
                case FenceArray array -> {
                    if (opened.add(array)) {
                        List<DmaFence> inside = array.fences();
                        for (int i = inside.size() - 1; i >= 0; i--) {
                            toOpen.push(inside.get(i));
                        }
                    }
                }
                case FenceChain chain -> {
                    if (opened.add(chain)) {
                        DmaFence before = FenceChain.walk(chain);
                        if (before != null) {
                            toOpen.push(before);
                        }
                        toOpen.push(chain.contained());
                    }
                }
                default -> leaves.add(next);
            }
        }
    }

    /**
     * One fence for many, as small as possible: {@link #merge(Collection)}.
     *
     * @param fences the fences
     * @return the merged fence
     */
    public static DmaFence merge(DmaFence... fences) {
        return merge(Arrays.asList(fences));
    }

    /**
     * One fence for many, as small as possible. All are flattened; signalled ones are left out, and of several of one
     * context only the latest stays. What is left decides:
     *
     * <ul>
     *   <li>nothing: a stub with the time of the input that signalled last (0 without inputs);
     *   <li>one fence: that fence itself;
     *   <li>more: a new array in a new context, its fences sorted by context.
     * </ul>
     *
     * <p>Errors of inputs that are signalled by now are lost, as in the kernel; {@link #mergeKeepingErrors} keeps them.
     *
     * @param fences the fences
     * @return the merged fence
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_fence_unwrap_merge">
     *     dma_fence_unwrap_merge</a>
     */
    public static DmaFence merge(Collection<? extends DmaFence> fences) {
        return new Merge(fences).result(false);
    }

    /**
     * As {@link #merge(Collection)}, except that the result fails if an input has failed: the first of those, in the
     * order of the inputs, is kept inside whatever else its context has.
     *
     * @param fences the fences
     * @return the merged fence
     */
    public static DmaFence mergeKeepingErrors(Collection<? extends DmaFence> fences) {
        return new Merge(fences).result(true);
    }

    /**
     * Sorts fences by context and keeps the latest of each. In context 0, whose fences have no order, only the same
     * object is a double.
     *
     * @param fences plain fences
     * @return a new list, contexts ascending
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html">dma_fence_dedup_array</a>
     */
    @SuppressWarnings("ReferenceEquality")
    public static List<DmaFence> dedup(Collection<? extends DmaFence> fences) {
        DmaFence[] sorted = fences.toArray(new DmaFence[0]);
        // Only by context: a comparison that wraps around is no order to sort by.
        Arrays.sort(sorted, BY_CONTEXT);
        List<DmaFence> kept = new ArrayList<>(sorted.length);
        for (DmaFence fence : sorted) {
            DmaFence last = kept.isEmpty() ? null : kept.getLast();
            if (last == null || last.context() != fence.context()) {
                kept.add(fence);
            } else if (fence.context() == 0) {
                if (kept.stream().noneMatch(other -> other == fence)) {
                    kept.add(fence);
                }
            } else if (fence.isLater(last)) {
                kept.set(kept.size() - 1, fence);
            }
        }
        return kept;
    }

    /** One pass over the leaves. */
    private static final class Merge {
        private final List<DmaFence> active = new ArrayList<>();
        private @Nullable DmaFence firstFailed;
        private long latestNanos;
        private boolean anySignaled;

        Merge(Collection<? extends DmaFence> fences) {
            List<DmaFence> leaves = new ArrayList<>(fences.size());
            for (DmaFence fence : fences) {
                addLeaves(Objects.requireNonNull(fence, "a fence to merge"), leaves);
            }
            for (DmaFence leaf : leaves) {
                if (!leaf.poll()) {
                    active.add(leaf);
                    continue;
                }
                long at = leaf.timestampNanos();
                latestNanos = anySignaled ? Math.max(latestNanos, at) : at;
                anySignaled = true;
                if (firstFailed == null && leaf.error() != null) {
                    firstFailed = leaf;
                }
            }
        }

        DmaFence result(boolean keepErrors) {
            List<DmaFence> kept = dedup(active);
            if (keepErrors && firstFailed != null) {
                if (kept.isEmpty()) {
                    return new StubFence(firstFailed.error(), latestNanos);
                }
                kept.addFirst(firstFailed);
            }
            return switch (kept.size()) {
                case 0 -> DmaFence.stub(latestNanos);
                case 1 -> kept.getFirst();
                default -> FenceArray.of(kept);
            };
        }
    }
}
