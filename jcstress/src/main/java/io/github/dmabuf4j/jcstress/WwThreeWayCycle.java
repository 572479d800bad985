package io.github.dmabuf4j.jcstress;

import io.github.dmabuf4j.buffer.ww.WwClass;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** Three threads lock two mutexes each, in a circle: one after the other, without a deadlock. */
public class WwThreeWayCycle {
    private static final WwClass WAIT_DIE = WwClass.waitDie("jcstress");
    private static final WwClass WOUND_WAIT = WwClass.woundWait("jcstress");

    /** The younger one backs off when it would wait. */
    @JCStressTest
    @Outcome(id = "\\[2, 2, 2\\]", expect = Expect.ACCEPTABLE, desc = "All came through, one at a time.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "Two were inside at once, or a mutex stayed locked.")
    @State
    public static class WaitDie {
        private final LockedCounters counters = new LockedCounters(WAIT_DIE);

        @Actor
        public void first() {
            counters.visit(0, 1);
        }

        @Actor
        public void second() {
            counters.visit(1, 2);
        }

        @Actor
        public void third() {
            counters.visit(2, 0);
        }

        @Arbiter
        public void afterwards(L_Result result) {
            result.r1 = counters.counts();
        }
    }

    /** The older one wounds the younger, which backs off when it next has to wait. */
    @JCStressTest
    @Outcome(id = "\\[2, 2, 2\\]", expect = Expect.ACCEPTABLE, desc = "All came through, one at a time.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "Two were inside at once, or a mutex stayed locked.")
    @State
    public static class WoundWait {
        private final LockedCounters counters = new LockedCounters(WOUND_WAIT);

        @Actor
        public void first() {
            counters.visit(0, 1);
        }

        @Actor
        public void second() {
            counters.visit(1, 2);
        }

        @Actor
        public void third() {
            counters.visit(2, 0);
        }

        @Arbiter
        public void afterwards(L_Result result) {
            result.r1 = counters.counts();
        }
    }
}
