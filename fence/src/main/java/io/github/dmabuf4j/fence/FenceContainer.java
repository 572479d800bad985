package io.github.dmabuf4j.fence;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A fence made of fences. Arming and completing go through explicit queues, never through recursion, so that nesting
 * costs memory and not stack.
 */
abstract sealed class FenceContainer extends DmaFence permits FenceArray, FenceChain {
    FenceContainer(FenceContext context, long seqno) {
        super(context, seqno);
    }

    /**
     * Registers with the fences inside. Containers among them that were not enabled are claimed and appended to the
     * queue instead of being enabled here.
     *
     * @return true if all that this one waits for is done
     */
    abstract boolean arm(ArrayDeque<FenceContainer> toArm);

    /**
     * Called by the trampoline after a callback asked for it.
     *
     * @return true if all that this one waits for is done
     */
    abstract boolean advance();

    /** The error to complete with. */
    abstract @Nullable Errno outcome();

    @Override
    protected final boolean enableSignaling() {
        ArrayDeque<FenceContainer> toArm = new ArrayDeque<>();
        toArm.add(this);
        armAll(toArm);
        return true;
    }

    static void armAll(ArrayDeque<FenceContainer> toArm) {
        for (FenceContainer container = toArm.poll(); container != null; container = toArm.poll()) {
            if (container.arm(toArm)) {
                container.complete(container.outcome(), System.nanoTime());
            }
        }
    }

    /** Enables a fence inside: containers later, from the queue; all others at once. */
    static void enableInside(DmaFence fence, ArrayDeque<FenceContainer> toArm) {
        if (fence instanceof FenceContainer container) {
            if (container.claimEnable()) {
                toArm.add(container);
            }
        } else {
            fence.enable();
        }
    }
}
