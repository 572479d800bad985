package io.github.dmabuf4j.fence;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** One thread puts a fence into a set while another closes it. In the package of fences, to count what is left. */
@JCStressTest
@Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "Nothing is left on the fence.")
@Outcome(expect = Expect.FORBIDDEN, desc = "A closed set left an entry on the fence.")
@State
public class FenceSetAddAgainstClose {
    private final UserFence fence = FenceContext.create("jcstress", "races").newFence();
    private final FenceSet set = new FenceSet();

    @Actor
    public void adder() {
        try {
            set.add(fence);
        } catch (IllegalStateException closed) {
            // As good as having been in before.
        }
    }

    @Actor
    public void closer() {
        set.close();
    }

    @Arbiter
    public void afterwards(II_Result result) {
        result.r1 = set.size();
        result.r2 = fence.queuedCallbacks();
    }
}
