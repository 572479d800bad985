package io.github.dmabuf4j.jcstress;

import io.github.dmabuf4j.fence.FenceChain;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/** Two threads walk a chain whose middle is signalled: both collect the same node. */
@JCStressTest
@Outcome(id = "first, first, first", expect = Expect.ACCEPTABLE, desc = "Both found the oldest; it stays.")
@Outcome(expect = Expect.FORBIDDEN, desc = "Losing the race to collect a node cost another node its place.")
@State
public class ChainTwoWalkers {
    private final Chains chain = new Chains();

    public ChainTwoWalkers() {
        chain.signal(2);
    }

    @Actor
    public void one(LLL_Result result) {
        result.r1 = chain.name(FenceChain.walk(chain.third));
    }

    @Actor
    public void other(LLL_Result result) {
        result.r2 = chain.name(FenceChain.walk(chain.third));
    }

    @Arbiter
    public void afterwards(LLL_Result result) {
        result.r3 = chain.name(FenceChain.walk(chain.third));
    }
}
