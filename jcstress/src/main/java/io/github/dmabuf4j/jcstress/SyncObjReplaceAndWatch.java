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
import org.openjdk.jcstress.infra.results.I_Result;

/** One thread puts a fence into a sync object while another begins to wait for one. */
@JCStressTest
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "Told once, whoever came first.")
@Outcome(id = "0", expect = Expect.FORBIDDEN, desc = "The fence is there, and the waiter does not know.")
@Outcome(expect = Expect.FORBIDDEN, desc = "Told twice.")
@State
public class SyncObjReplaceAndWatch {
    private final SyncObj object = SyncObj.create();
    private final AtomicInteger told = new AtomicInteger();

    @Actor
    public void replacer() {
        object.replaceFence(DmaFence.stub());
    }

    @Actor
    public void watcher() {
        object.onAvailable(0, told::incrementAndGet);
    }

    @Arbiter
    public void afterwards(I_Result result) {
        result.r1 = told.get();
    }
}
