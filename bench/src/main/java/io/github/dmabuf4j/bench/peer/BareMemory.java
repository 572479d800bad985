package io.github.dmabuf4j.bench.peer;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.dmabuf4j.bench.Task;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * The floor: words in a memfd that both sides map, and nothing else. A round trip is two counters; a stream is the
 * textbook ring of one producer and one consumer. Waiting is spinning, or for a round trip a futex.
 *
 * <pre>
 *        0   counter of the leader (round trips asked, or messages published)
 *      256   counter of the first follower (round trips answered, or messages given back), then one every 256 bytes
 *     4096   slot 0, slot 1, ...: each a whole number of pages
 * </pre>
 *
 * The counters lie so far apart that no prefetcher brings one with the other.
 */
public final class BareMemory implements Transport {
    private static final VarHandle COUNTER = JAVA_LONG.varHandle();
    private static final VarHandle WORD = JAVA_INT.varHandle();
    private static final long LEADER = 0;
    private static final long FOLLOWER = 256;
    private static final long SLOTS = 4096;

    private final boolean sleeping;

    /**
     * The transport.
     *
     * @param sleeping whether a round trip waits in a futex instead of spinning
     */
    public BareMemory(boolean sleeping) {
        this.sleeping = sleeping;
    }

    @Override
    public Pinger pinger(Task task, Link link) throws IOException {
        MemorySegment memory = lead(task, link);
        if (sleeping) {
            MemorySegment asked = memory.asSlice(LEADER, 4);
            MemorySegment answered = memory.asSlice(FOLLOWER, 4);
            return new Pinger() {
                private int count;

                @Override
                public void roundTrip() {
                    WORD.setRelease(asked, 0L, ++count);
                    Kernel.futexWake(asked);
                    awaitWord(answered, count);
                }
            };
        }
        return new Pinger() {
            private long count;

            @Override
            public void roundTrip() {
                COUNTER.setRelease(memory, LEADER, ++count);
                while ((long) COUNTER.getAcquire(memory, FOLLOWER) != count) {
                    Thread.onSpinWait();
                }
            }
        };
    }

    @Override
    public Ponger ponger(Task task, Link link) throws IOException, InterruptedException {
        MemorySegment memory = follow(task, link);
        if (sleeping) {
            MemorySegment asked = memory.asSlice(LEADER, 4);
            MemorySegment answered = memory.asSlice(FOLLOWER, 4);
            return new Ponger() {
                private int count;

                @Override
                public void answer() {
                    awaitWord(asked, ++count);
                    WORD.setRelease(answered, 0L, count);
                    Kernel.futexWake(answered);
                }
            };
        }
        return new Ponger() {
            private long count;

            @Override
            public void answer() {
                count++;
                while ((long) COUNTER.getAcquire(memory, LEADER) != count) {
                    Thread.onSpinWait();
                }
                COUNTER.setRelease(memory, FOLLOWER, count);
            }
        };
    }

    private static void awaitWord(MemorySegment word, int value) {
        for (int seen; (seen = (int) WORD.getAcquire(word, 0L)) != value; ) {
            Kernel.futexWait(word, seen);
        }
    }

    @Override
    public Sender sender(Task task, Link link) throws IOException {
        MemorySegment memory = lead(task, link);
        MemorySegment[] slots = slots(memory, task);
        int consumers = task.consumers();
        return new Sender() {
            private long published;
            private long givenBack;

            @Override
            public MemorySegment claim() {
                while (published - givenBack == slots.length) {
                    long least = Long.MAX_VALUE;
                    for (int i = 0; i < consumers; i++) {
                        least = Math.min(least, (long) COUNTER.getAcquire(memory, FOLLOWER * (i + 1)));
                    }
                    givenBack = least;
                    Thread.onSpinWait();
                }
                return slots[(int) (published % slots.length)];
            }

            @Override
            public void commit() {
                COUNTER.setRelease(memory, LEADER, ++published);
            }
        };
    }

    @Override
    public Receiver receiver(Task task, Link link) throws IOException, InterruptedException {
        MemorySegment memory = follow(task, link);
        MemorySegment[] slots = slots(memory, task);
        long counter = FOLLOWER * link.side();
        boolean alone = task.consumers() == 1;
        return new Receiver() {
            private long published;
            private long givenBack;

            @SuppressWarnings("ThreadPriorityCheck") // two spinners that share a CPU must yield
            @Override
            public MemorySegment take() {
                while (published == givenBack) {
                    published = (long) COUNTER.getAcquire(memory, LEADER);
                    if (alone) {
                        Thread.onSpinWait();
                    } else {
                        Thread.yield(); // to the other one, on the same CPU
                    }
                }
                return slots[(int) (givenBack % slots.length)];
            }

            @Override
            public void release() {
                COUNTER.setRelease(memory, counter, ++givenBack);
            }
        };
    }

    private static MemorySegment lead(Task task, Link link) throws IOException {
        long size = SLOTS + task.slots() * slotSize(task);
        int descriptor = Kernel.memfd("bare", size);
        MemorySegment memory = Kernel.map("self", descriptor, size);
        memory.fill((byte) 0);
        link.announce(ProcessHandle.current().pid() + " " + descriptor);
        return memory;
    }

    private static MemorySegment follow(Task task, Link link) throws IOException, InterruptedException {
        String[] found = link.awaitAddress().split(" ", 2);
        long size = SLOTS + task.slots() * slotSize(task);
        MemorySegment memory = Kernel.map(found[0], Integer.parseInt(found[1]), size);
        Payload.SUM.read(memory);
        return memory;
    }

    private static MemorySegment[] slots(MemorySegment memory, Task task) {
        MemorySegment[] slots = new MemorySegment[task.slots()];
        for (int i = 0; i < slots.length; i++) {
            slots[i] = memory.asSlice(SLOTS + i * slotSize(task), task.bytes());
        }
        return slots;
    }

    private static long slotSize(Task task) {
        return (task.bytes() + 4095) / 4096 * 4096;
    }
}
