package io.github.dmabuf4j.bench.peer;

import com.sun.management.ThreadMXBean;
import io.github.dmabuf4j.bench.Samples;
import io.github.dmabuf4j.bench.Task;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/** The measuring loops. Each warms up, measures, prints its result, and goes on until the process is ended. */
abstract class Loop {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int MOST_SAMPLES = 4_000_000;
    /** One look at the clock for about this much time. */
    private static final long BATCH_NANOS = 1_000_000;

    /** Runs until the process is ended. */
    abstract void run() throws Exception;

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
            void run() throws Exception {
                long[] nanos = new long[MOST_SAMPLES];
                // In three pieces, so that the method is also compiled as a whole and not only inside its loop.
                for (int i = 0; i < 3; i++) {
                    measure(nanos, task.warmUp().toNanos() / 3);
                }
                long cpu = THREADS.getCurrentThreadCpuTime();
                long allocated = THREADS.getCurrentThreadAllocatedBytes();
                int count = measure(nanos, task.measured().toNanos());
                allocated = THREADS.getCurrentThreadAllocatedBytes() - allocated;
                cpu = THREADS.getCurrentThreadCpuTime() - cpu;
                double batch = task.batch();
                Samples samples = Samples.of(Arrays.stream(nanos, 0, count)
                        .mapToDouble(n -> n / batch)
                        .toArray());
                report(Map.of(
                        "p50",
                        samples.median(),
                        "p99",
                        samples.percentile(99),
                        "max",
                        samples.max(),
                        "cpu",
                        cpu / (count * batch),
                        "trips",
                        (long) count * task.batch(),
                        "allocated",
                        allocated));
                while (true) {
                    ask(task.batch());
                }
            }
        };
    }

    /** The answering end of round trips. */
    static Loop answering(Transport.Ponger ponger) {
        return new Loop() {
            @Override
            void run() throws Exception {
                report(Map.of("answering", 1));
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

        private long phase(long duration) throws Exception {
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
    }

    /** The end that a stream comes from: its own CPU time per message, without the wait for a free place. */
    static Loop sending(Transport.Sender sender, Task task) {
        return new Stream(task) {
            private final long[] own = new long[1 << 16];
            private final Payload payload = payload();
            private long number;

            @Override
            void move(int count) throws Exception {
                for (int i = 0; i < count; i++) {
                    MemorySegment place = sender.claim();
                    if (payload == Payload.SUM) {
                        long start = THREADS.getCurrentThreadCpuTime();
                        payload.write(place, number);
                        sender.commit();
                        own[(int) number & own.length - 1] = THREADS.getCurrentThreadCpuTime() - start;
                    } else {
                        payload.write(place, number);
                        sender.commit();
                    }
                    number++;
                }
            }

            @Override
            void finish(long messages, long nanos, long allocated) {
                double[] last = new double[(int) Math.min(messages, own.length)];
                for (int i = 0; i < last.length; i++) {
                    last[i] = own[(int) (number - 1 - i) & own.length - 1];
                }
                report(Map.of("own", Samples.of(last).median(), "messages", messages, "allocated", allocated));
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
