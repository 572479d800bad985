package io.github.dmabuf4j.bench.peer;

import io.aeron.CommonContext;
import io.aeron.ExclusivePublication;
import io.aeron.FragmentAssembler;
import io.aeron.Subscription;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.aeron.logbuffer.BufferClaim;
import io.aeron.logbuffer.FragmentHandler;
import io.github.dmabuf4j.bench.Task;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.SleepingMillisIdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Aeron IPC as its documentation suggests: a media driver in a process of its own, exclusive publications, messages up
 * to the largest payload written in place, larger ones offered and assembled again, both sides polling.
 */
public final class Aeron implements Transport {
    private static final String CHANNEL = CommonContext.IPC_CHANNEL;
    private static final int THERE = 1001;
    private static final int BACK = 1002;
    private static final int LARGEST_MTU = 65504;
    /** Messages may be as large as an eighth of a term, and 12 MiB are wanted. */
    private static final int TERM = 128 << 20;

    /** The transport; it needs the driver of {@link #main} in the same folder. */
    public Aeron() {}

    private static Path driverFolder(Path folder) {
        return folder.resolve("aeron");
    }

    /**
     * The media driver as a program.
     *
     * @param arguments {@code folder=}
     */
    public static void main(String[] arguments) {
        Link link = new Link(Path.of(Task.value(List.of(arguments), "folder")), 0);
        MediaDriver.Context context = new MediaDriver.Context()
                .aeronDirectoryName(driverFolder(link.folder()).toString())
                .dirDeleteOnStart(true)
                .threadingMode(ThreadingMode.SHARED)
                .sharedIdleStrategy(new SleepingMillisIdleStrategy(1))
                .ipcMtuLength(LARGEST_MTU)
                .ipcTermBufferLength(TERM)
                .termBufferSparseFile(false)
                .performStorageChecks(false);
        // Runs on threads of its own until the process ends.
        MediaDriver.launch(context);
        System.out.println("ready");
    }

    private static io.aeron.Aeron connect(Link link) {
        return io.aeron.Aeron.connect(new io.aeron.Aeron.Context()
                .aeronDirectoryName(driverFolder(link.folder()).toString())
                .preTouchMappedMemory(true));
    }

    private static void awaitConnected(ExclusivePublication publication) {
        while (!publication.isConnected()) {
            Thread.onSpinWait();
        }
    }

    /** Sends and receives whole messages. */
    private static final class Messages {
        private final ExclusivePublication publication;
        private final Subscription subscription;
        private final BufferClaim claim = new BufferClaim();
        private final UnsafeBuffer outgoing;
        private final FragmentHandler handler;
        private MemorySegment incoming = MemorySegment.NULL;

        Messages(ExclusivePublication publication, Subscription subscription, Task task) {
            this.publication = publication;
            this.subscription = subscription;
            this.outgoing = new UnsafeBuffer(java.nio.ByteBuffer.allocateDirect(Math.toIntExact(task.bytes())));
            FragmentHandler whole = (buffer, offset, length, header) -> incoming = memory(buffer, offset, length);
            this.handler = task.bytes() <= publication.maxPayloadLength()
                    ? whole
                    : new FragmentAssembler(whole, Math.toIntExact(task.bytes()), true);
        }

        private static MemorySegment memory(DirectBuffer buffer, int offset, int length) {
            return MemorySegment.ofAddress(buffer.addressOffset() + offset).reinterpret(length);
        }

        MemorySegment claim() {
            if (outgoing.capacity() > publication.maxPayloadLength()) {
                return memory(outgoing, 0, outgoing.capacity());
            }
            while (publication.tryClaim(outgoing.capacity(), claim) < 0) {
                Thread.onSpinWait();
            }
            return memory(claim.buffer(), claim.offset(), claim.length());
        }

        void commit() {
            if (outgoing.capacity() > publication.maxPayloadLength()) {
                while (publication.offer(outgoing, 0, outgoing.capacity()) < 0) {
                    Thread.onSpinWait();
                }
            } else {
                claim.commit();
            }
        }

        MemorySegment take() {
            incoming = MemorySegment.NULL;
            while (incoming.byteSize() == 0) {
                if (subscription.poll(handler, 1) == 0) {
                    Thread.onSpinWait();
                }
            }
            return incoming;
        }
    }

    @Override
    public Pinger pinger(Task task, Link link) {
        io.aeron.Aeron aeron = connect(link);
        Subscription back = aeron.addSubscription(CHANNEL, BACK);
        ExclusivePublication there = aeron.addExclusivePublication(CHANNEL, THERE);
        link.announce("aeron");
        awaitConnected(there);
        Messages messages = new Messages(there, back, task);
        return new Pinger() {
            private long count;

            @Override
            public void roundTrip() {
                messages.claim().set(ValueLayout.JAVA_LONG_UNALIGNED, 0, ++count);
                messages.commit();
                messages.take();
            }
        };
    }

    @Override
    public Ponger ponger(Task task, Link link) throws InterruptedException {
        link.awaitAddress();
        io.aeron.Aeron aeron = connect(link);
        ExclusivePublication back = aeron.addExclusivePublication(CHANNEL, BACK);
        Subscription there = aeron.addSubscription(CHANNEL, THERE);
        awaitConnected(back);
        Messages messages = new Messages(back, there, task);
        return () -> {
            long count = messages.take().get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
            messages.claim().set(ValueLayout.JAVA_LONG_UNALIGNED, 0, count);
            messages.commit();
        };
    }

    @Override
    public Sender sender(Task task, Link link) {
        io.aeron.Aeron aeron = connect(link);
        ExclusivePublication there = aeron.addExclusivePublication(CHANNEL, THERE);
        Subscription unused = aeron.addSubscription(CHANNEL, BACK);
        link.announce("aeron");
        awaitConnected(there);
        Messages messages = new Messages(there, unused, task);
        return new Sender() {
            @Override
            public MemorySegment claim() {
                return messages.claim();
            }

            @Override
            public void commit() {
                messages.commit();
            }
        };
    }

    @Override
    public Receiver receiver(Task task, Link link) throws InterruptedException {
        link.awaitAddress();
        io.aeron.Aeron aeron = connect(link);
        Subscription there = aeron.addSubscription(CHANNEL, THERE);
        ExclusivePublication unused = aeron.addExclusivePublication(CHANNEL, BACK);
        Messages messages = new Messages(unused, there, task);
        return new Receiver() {
            @Override
            public MemorySegment take() {
                return messages.take();
            }

            @Override
            public void release() {
                // The position moved on when the message was polled.
            }
        };
    }
}
