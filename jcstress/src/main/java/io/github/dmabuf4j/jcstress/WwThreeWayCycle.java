package io.github.dmabuf4j.jcstress;

import io.github.dmabuf4j.buffer.ww.WwClass;
import java.time.Duration;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/**
 * Three threads lock two mutexes each, in a circle, ten times: one after the other, without a deadlock. The third thread
 * is started by the second: jcstress runs no test that has more actors than the machine has processors.
 */
public class WwThreeWayCycle {
    private static final WwClass WAIT_DIE = WwClass.waitDie("jcstress");
    private static final WwClass WOUND_WAIT = WwClass.woundWait("jcstress");

    /** The younger one backs off when it would wait. */
    @JCStressTest
    @Outcome(id = "\\[20, 20, 20\\]", expect = Expect.ACCEPTABLE, desc = "All came through, one at a time.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "Two were inside at once, or a mutex stayed locked.")
    @State
    public static class WaitDie {
        private final LockedCounters counters = new LockedCounters(WAIT_DIE);

        @Actor
        public void first() {
            counters.visitOften(0, 1);
        }

        @Actor
        public void secondAndThird() {
            Thread third = Thread.ofPlatform().start(() -> counters.visitOften(2, 0));
            counters.visitOften(1, 2);
            Fences.calmly(() -> third.join(Duration.ofMinutes(1)));
        }

        @Arbiter
        public void afterwards(L_Result result) {
            result.r1 = counters.counts();
        }
    }

    /** The older one wounds the younger, which backs off when it next has to wait. */
    @JCStressTest
    @Outcome(id = "\\[20, 20, 20\\]", expect = Expect.ACCEPTABLE, desc = "All came through, one at a time.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "Two were inside at once, or a mutex stayed locked.")
    @State
    public static class WoundWait {
        private final LockedCounters counters = new LockedCounters(WOUND_WAIT);

        @Actor
        public void first() {
            counters.visitOften(0, 1);
        }

        @Actor
        public void secondAndThird() {
            Thread third = Thread.ofPlatform().start(() -> counters.visitOften(2, 0));
            counters.visitOften(1, 2);
            Fences.calmly(() -> third.join(Duration.ofMinutes(1)));
        }

        @Arbiter
        public void afterwards(L_Result result) {
            result.r1 = counters.counts();
        }
    }
}
