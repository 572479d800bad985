package io.github.dmabuf4j.bench.peer;

import com.sun.management.ThreadMXBean;
import io.github.dmabuf4j.bench.Samples;
import io.github.dmabuf4j.bench.Task;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The measuring loops. In a block that measures once, a loop warms up, measures, prints its result, and goes on until the
 * process is ended. In one that takes turns, the leader measures when it is told to, and followers just go on.
 */
abstract class Loop {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int MOST_SAMPLES = 1 << 20;
    /** The part of a turn that does not count. */
    private static final int FIRST_PART = 8;
    /** Enough messages to fill whatever a transport keeps between its ends. */
    private static final int RUN_UP = 16;
    /** One look at the clock for about this much time. */
    private static final long BATCH_NANOS = 1_000_000;

    /** Measures once, and runs until the process is ended. */
    void run() throws Exception {
        throw new UnsupportedOperationException("this measures in turns only");
    }

    /** Measures when the harness says so, until the process is ended; or works for the other side until then. */
    abstract void takeTurns(Link link) throws Exception;

    /** Prints what was measured. */
    static void report(Map<String, Number> values) {
        System.out.println(values.entrySet().stream()
                .map(value -> value.getKey() + "=" + value.getValue())
                .collect(Collectors.joining(" ", "result ", "")));
    }

    /** The asking end of round trips: percentiles of the time per round trip, in nanoseconds. */
    static Loop asking(Transport.Pinger pinger, Task task) {
        return new Loop() {
            private void ask(int times) throws Exception {
                for (int i = 0; i < times; i++) {
                    pinger.roundTrip();
                }
            }

            private int measure(long[] nanos, long duration) throws Exception {
                long start = System.nanoTime();
                long last = start;
                int count = 0;
                while (last - start < duration && count < nanos.length) {
                    ask(task.batch());
                    long now = System.nanoTime();
                    nanos[count++] = now - last;
                    last = now;
                }
                return count;
            }

            @Override
            void takeTurns(Link link) throws Exception {
                long[] nanos = new long[MOST_SAMPLES];
                while (true) {
                    long length = link.awaitTurn();
                    // Caches and predictors were somebody else's.
                    measure(nanos, length / FIRST_PART);
                    int count = measure(nanos, length - length / FIRST_PART);
                    Arrays.sort(nanos, 0, count);
                    double batch = task.batch();
                    report(Map.of(
                            "p50", nanos[count / 2] / batch,
                            "p99", nanos[(int) (count * 0.99)] / batch,
                            "trips", (long) count * task.batch()));
                }
            }
        };
    }

    /** The answering end of round trips. */
    static Loop answering(Transport.Ponger ponger) {
        return new Loop() {
            @Override
            void takeTurns(Link link) throws Exception {
                while (true) {
                    for (int i = 0; i < 1000; i++) {
                        ponger.answer();
                    }
                }
            }
        };
    }

    /** What both ends of a stream share: how often to look at the clock, and the phases. */
    private abstract static class Stream extends Loop {
        private final Task task;
        private int batch = 1;

        Stream(Task task) {
            this.task = task;
        }

        final Payload payload() {
            return task.work() == Task.Work.TOUCH_ALL ? Payload.SUM : Payload.ENDS;
        }

        /** Moves so many messages. */
        abstract void move(int count) throws Exception;

        /** What this end has to say of the phase that ends. */
        abstract void finish(long messages, long nanos, long allocated);

        final long phase(long duration) throws Exception {
            long messages = 0;
            for (long start = System.nanoTime(), now = start; now - start < duration; ) {
                move(batch);
                messages += batch;
                long then = now;
                now = System.nanoTime();
                if (now - then < BATCH_NANOS && batch < 1 << 16) {
                    batch *= 2;
                }
            }
            return messages;
        }

        @Override
        final void run() throws Exception {
            for (int i = 0; i < 3; i++) {
                phase(task.warmUp().toNanos() / 3);
            }
            long allocated = THREADS.getCurrentThreadAllocatedBytes();
            long start = System.nanoTime();
            long messages = phase(task.measured().toNanos());
            long nanos = System.nanoTime() - start;
            allocated = THREADS.getCurrentThreadAllocatedBytes() - allocated;
            finish(messages, nanos, allocated);
            while (true) {
                move(batch);
            }
        }

        /** The receiving end: it just goes on. */
        @Override
        void takeTurns(Link link) throws Exception {
            while (true) {
                move(1);
            }
        }
    }

    /** The end that a stream comes from: its own CPU time per message, without the wait for a free place. */
    static Loop sending(Transport.Sender sender, Task task) {
        return new Stream(task) {
            private final long[] own = new long[1 << 12];
            private final long[] commit = new long[own.length];
            private final Payload payload = payload();
            private long number;

            @Override
            void move(int count) throws Exception {
                for (int i = 0; i < count; i++) {
                    MemorySegment place = sender.claim();
                    if (payload == Payload.SUM) {
                        long start = THREADS.getCurrentThreadCpuTime();
                        payload.write(place, number);
                        long written = THREADS.getCurrentThreadCpuTime();
                        sender.commit();
                        long end = THREADS.getCurrentThreadCpuTime();
                        own[(int) number & own.length - 1] = end - start;
                        commit[(int) number & own.length - 1] = end - written;
                    } else {
                        payload.write(place, number);
                        sender.commit();
                    }
                    number++;
                }
            }

            @Override
            void takeTurns(Link link) throws Exception {
                while (true) {
                    long length = link.awaitTurn();
                    move(RUN_UP);
                    long start = System.nanoTime();
                    long messages = phase(length);
                    long nanos = System.nanoTime() - start;
                    report(Map.of(
                            "rate",
                            messages * 1e9 / nanos,
                            "own",
                            last(own, messages),
                            "commit",
                            last(commit, messages),
                            "messages",
                            messages));
                }
            }

            // The median over the last messages.
            private double last(long[] of, long messages) {
                double[] last = new double[(int) Math.min(messages, of.length)];
                for (int i = 0; i < last.length; i++) {
                    last[i] = of[(int) (number - 1 - i) & of.length - 1];
                }
                return Samples.of(last).median();
            }

            @Override
            void finish(long messages, long nanos, long allocated) {
                report(Map.of("own", last(own, messages), "messages", messages, "allocated", allocated));
            }
        };
    }

    /** The end that a stream goes to: messages per second. Every message is checked. */
    static Loop receiving(Transport.Receiver receiver, Task task) {
        return new Stream(task) {
            private final Payload payload = payload();
            private long number;

            @Override
            void move(int count) throws Exception {
                for (int i = 0; i < count; i++) {
                    MemorySegment message = receiver.take();
                    long read = payload.read(message);
                    receiver.release();
                    if (read != payload.expected(number, task.bytes())) {
                        throw new IllegalStateException("message " + number + " came over with wrong bytes");
                    }
                    number++;
                }
            }

            @Override
            void finish(long messages, long nanos, long allocated) {
                report(Map.of("rate", messages * 1e9 / nanos, "messages", messages, "allocated", allocated));
            }
        };
    }
}
