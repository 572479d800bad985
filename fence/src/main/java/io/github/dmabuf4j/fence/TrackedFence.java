package io.github.dmabuf4j.fence;

import java.lang.ref.Cleaner;

/** A fence that the validator follows: it knows where it was made, and is missed when it is dropped. */
final class TrackedFence extends UserFence {
    private static final Cleaner CLEANER = Cleaner.create();

    /** Of the fences of a context the first are followed, and then a sample: a stack costs microseconds. */
    private static final long ALL_UP_TO = 256;

    private static final long SAMPLE = 256;

    private final Trace trace;
    private final Cleaner.Cleanable cleanable;

    TrackedFence(FenceContext context, long seqno) {
        super(context, seqno);
        this.trace = new Trace(context + ":" + Long.toUnsignedString(seqno));
        this.cleanable = CLEANER.register(this, trace);
    }

    static boolean isWanted(long seqno) {
        return Long.compareUnsigned(seqno, ALL_UP_TO) <= 0 || seqno % SAMPLE == 0;
    }

    Throwable made() {
        return trace.made;
    }

    @Override
    protected void released() {
        trace.done = true;
        cleanable.clean();
    }

    /** What is known of the fence; never the fence itself. */
    private static final class Trace implements Runnable {
        private final String fence;
        private final Throwable made = new Throwable("the fence was made here");
        private volatile boolean done;

        Trace(String fence) {
            this.fence = fence;
        }

        @Override
        public void run() {
            if (!done) {
                FenceValidator.dropped(fence, made);
            }
        }
    }
}
