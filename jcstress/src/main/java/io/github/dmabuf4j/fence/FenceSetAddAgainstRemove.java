package io.github.dmabuf4j.fence;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZII_Result;

/** One thread puts a fence into a set while another takes it out. In the package of fences, to count what is left. */
@JCStressTest
@Outcome(id = "true, 0, 0", expect = Expect.ACCEPTABLE, desc = "Put in and taken out; nothing is left on the fence.")
@Outcome(id = "false, 1, 1", expect = Expect.ACCEPTABLE, desc = "It was not in yet; it is now, with its one entry.")
@Outcome(id = "true, 0, 1", expect = Expect.FORBIDDEN, desc = "Taken out, and the entry is left on the fence for good.")
@Outcome(expect = Expect.FORBIDDEN, desc = "The fence has an entry exactly if it is in the set.")
@State
public class FenceSetAddAgainstRemove {
    private final UserFence fence = FenceContext.create("jcstress", "races").newFence();
    private final FenceSet set = new FenceSet();

    @Actor
    public void adder() {
        set.add(fence);
    }

    @Actor
    public void remover(ZII_Result result) {
        result.r1 = set.remove(fence);
    }

    @Arbiter
    public void afterwards(ZII_Result result) {
        result.r2 = set.size();
        result.r3 = fence.queuedCallbacks();
        set.close();
    }
}
