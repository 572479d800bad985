package io.github.dmabuf4j.jcstress;

import io.github.dmabuf4j.memory.PageBacking;
import io.github.dmabuf4j.memory.PagePool;
import io.github.dmabuf4j.memory.Pages;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/** Two threads take memory from a pool, soil it and give it back, while the pool cleans it behind them. */
@JCStressTest
@Outcome(id = "clean, clean", expect = Expect.ACCEPTABLE, desc = "Each had clean memory of its own.")
@Outcome(id = ".*shared.*", expect = Expect.FORBIDDEN, desc = "Two owners had the same memory at once.")
@Outcome(expect = Expect.FORBIDDEN, desc = "Memory came with what its last owner wrote.")
@State
public class PoolRetireAndTake {
    private static final PagePool POOL = new PagePool(new Backing(), 64);

    private static final class Backing implements PageBacking {
        @Override
        public String name() {
            return "heap";
        }

        @Override
        public long pageSize() {
            return 8;
        }

        @Override
        public Pages give(long size, String label) {
            return new HeapPages();
        }
    }

    private static String useOnce() {
        HeapPages pages = (HeapPages) Fences.calmly(() -> POOL.take(8, "race"));
        boolean alone = pages.owners.incrementAndGet() == 1;
        boolean clean = pages.first() == 0;
        pages.dirty();
        pages.owners.decrementAndGet();
        POOL.retire(pages, true);
        return !alone ? "shared" : clean ? "clean" : "dirty";
    }

    @Actor
    public void one(LL_Result result) {
        result.r1 = useOnce();
    }

    @Actor
    public void other(LL_Result result) {
        result.r2 = useOnce();
    }
}
