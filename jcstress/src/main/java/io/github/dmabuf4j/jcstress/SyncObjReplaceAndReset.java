package io.github.dmabuf4j.jcstress;

import io.github.dmabuf4j.fence.DmaFence;
import io.github.dmabuf4j.fence.SyncObj;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IL_Result;

/** Somebody waits for a fence to be put in. One thread puts one in while another takes out what is there. */
@JCStressTest
@Outcome(id = "1, held", expect = Expect.ACCEPTABLE, desc = "Taken out first; the fence is in.")
@Outcome(id = "1, empty", expect = Expect.ACCEPTABLE, desc = "Put in, told, taken out.")
@Outcome(id = "0, .*", expect = Expect.FORBIDDEN, desc = "A fence was put in, and the waiter was not told of it.")
@Outcome(expect = Expect.FORBIDDEN, desc = "Told twice.")
@State
public class SyncObjReplaceAndReset {
    private final SyncObj object = SyncObj.create();
    private final AtomicInteger told = new AtomicInteger();

    public SyncObjReplaceAndReset() {
        object.onAvailable(0, told::incrementAndGet);
    }

    @Actor
    public void replacer() {
        object.replaceFence(DmaFence.stub());
    }

    @Actor
    public void resetter() {
        object.reset();
    }

    @Arbiter
    public void afterwards(IL_Result result) {
        result.r1 = told.get();
        result.r2 = object.fence() == null ? "empty" : "held";
    }
}
