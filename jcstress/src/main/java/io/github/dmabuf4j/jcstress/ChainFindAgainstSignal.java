package io.github.dmabuf4j.jcstress;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/** One thread looks for the oldest point of a chain while that signals. */
@JCStressTest
@Outcome(id = "first, none", expect = Expect.ACCEPTABLE, desc = "Found before the signal.")
@Outcome(id = "none, none", expect = Expect.ACCEPTABLE, desc = "The point is reached and collected.")
@Outcome(expect = Expect.FORBIDDEN, desc = "A point resolves to itself or to nothing, never to a later one here.")
@State
public class ChainFindAgainstSignal {
    private final Chains chain = new Chains();

    @Actor
    public void signaller() {
        chain.signal(1);
    }

    @Actor
    public void finder(LL_Result result) {
        result.r1 = chain.name(chain.third.findSeqno(1));
    }

    @Arbiter
    public void afterwards(LL_Result result) {
        result.r2 = chain.name(chain.third.findSeqno(1));
    }
}
