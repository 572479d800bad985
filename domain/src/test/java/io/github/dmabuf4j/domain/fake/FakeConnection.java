package io.github.dmabuf4j.domain.fake;

import io.github.dmabuf4j.domain.spi.Attachment;
import io.github.dmabuf4j.domain.spi.Backend;
import io.github.dmabuf4j.domain.spi.Connection;
import io.github.dmabuf4j.domain.spi.ConnectionReceiver;
import io.github.dmabuf4j.domain.spi.Disconnect;
import io.github.dmabuf4j.domain.spi.MemoryReference;
import io.github.dmabuf4j.domain.spi.PeerIdentity;
import io.github.dmabuf4j.domain.spi.PeerSyncPage;
import io.github.dmabuf4j.domain.spi.SyncGeometry;
import io.github.dmabuf4j.domain.spi.SyncPage;
import io.github.dmabuf4j.domain.wire.FdReference;
import io.github.dmabuf4j.domain.wire.References;
import io.github.dmabuf4j.memory.Pages;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** One end of a channel; what arrives is delivered by a thread of its own, like that of a real backend. */
public final class FakeConnection implements Connection {
    private record Packet(byte[] bytes, List<FakeAttachment> attachments) {}

    private final FakeBackend backend;
    private final PeerIdentity peer;
    private final Queue<Packet> arrived = new ArrayDeque<>(); // guarded by this, like the rest
    private @Nullable FakeConnection other;
    private @Nullable ConnectionReceiver receiver;
    private @Nullable Disconnect end;
    private boolean reachable = true;
    private boolean refuseMaps;

    private FakeConnection(FakeBackend backend, PeerIdentity peer) {
        this.backend = backend;
        this.peer = peer;
    }

    static FakeConnection[] pair(FakeBackend backend, int first, int second) {
        FakeConnection a = new FakeConnection(backend, identity(second));
        FakeConnection b = new FakeConnection(backend, identity(first));
        a.other = b;
        b.other = a;
        return new FakeConnection[] {a, b};
    }

    private static PeerIdentity identity(int process) {
        return new PeerIdentity("process " + process + " of user 1000", process);
    }

    /** From now on no memory of the peer can be mapped here. */
    public synchronized void refuseMaps() {
        refuseMaps = true;
    }

    /** The process at this end dies: nothing more comes from it, and the other end is told. */
    public void die() {
        other().over(new Disconnect(Disconnect.Kind.DIED, other().peer + " died"));
        synchronized (this) {
            reachable = false;
            if (end == null) {
                end = new Disconnect(Disconnect.Kind.CLOSED, "dead");
            }
            notifyAll();
        }
    }

    /** Bytes that no codec wrote. */
    public void sendRaw(byte[] bytes, List<? extends Attachment> attachments) {
        other().arrive(bytes, attachments);
    }

    @Override
    public Backend backend() {
        return backend;
    }

    @Override
    public PeerIdentity peer() {
        return peer;
    }

    @Override
    public synchronized void start(ConnectionReceiver starting) {
        if (receiver != null) {
            throw new IllegalStateException("this connection was started before");
        }
        receiver = starting;
        backend.readers.add(
                Thread.ofPlatform().daemon().name("fake reader of " + peer).start(() -> deliver(starting)));
    }

    @Override
    public void send(ByteBuffer message, List<? extends Attachment> attachments) throws IOException {
        synchronized (this) {
            if (!reachable || end != null) {
                throw new IOException(peer + " cannot be reached");
            }
        }
        byte[] bytes = new byte[message.remaining()];
        message.get(bytes);
        other().arrive(bytes, attachments);
    }

    @Override
    public MemoryReference describe(Pages pages) {
        References references = References.of(List.of(new FdReference(0, 0, 0, pages.size())));
        return new MemoryReference(
                references.kind(), 1, references.bytes(), List.of(new FakeAttachment(backend, pages, false)));
    }

    @Override
    public Pages map(MemoryReference reference, long offset, long size, boolean writable) throws IOException {
        synchronized (this) {
            if (refuseMaps) {
                throw new IOException("the memory can shrink");
            }
        }
        if (!(reference.attachments().getFirst() instanceof FakeAttachment attachment)
                || !(attachment.target instanceof Pages pages)) {
            throw new IOException("the attachment is no memory");
        }
        if (size > pages.size()) {
            throw new IOException("the memory has " + pages.size() + " bytes, not " + size);
        }
        return new FakePages(backend, pages, writable);
    }

    @Override
    public PeerSyncPage mapSyncPage(Attachment page, SyncGeometry geometry, SyncPage own, int interestLine)
            throws IOException {
        if (!(page instanceof FakeAttachment attachment) || !(attachment.target instanceof FakePage target)) {
            throw new IOException("the attachment is no sync page");
        }
        if (target.geometry().lines() < geometry.lines()) {
            throw new IOException("the sync page has " + target.geometry().lines() + " lines");
        }
        return new FakePeerPage(backend, target, geometry);
    }

    @Override
    public void close() {
        synchronized (this) {
            reachable = false;
            if (end == null) {
                end = new Disconnect(Disconnect.Kind.CLOSED, "closed here");
            }
            notifyAll();
        }
        other().over(new Disconnect(Disconnect.Kind.CLOSED, other().peer + " closed its end"));
    }

    private FakeConnection other() {
        return Objects.requireNonNull(other);
    }

    private synchronized void arrive(byte[] bytes, List<? extends Attachment> attachments) {
        List<FakeAttachment> fakes = new ArrayList<>();
        if (end != null) {
            return;
        }
        for (Attachment attachment : attachments) {
            fakes.add(((FakeAttachment) attachment).arrived());
        }
        arrived.add(new Packet(bytes, fakes));
        notifyAll();
    }

    private synchronized void over(Disconnect disconnect) {
        if (end == null) {
            end = disconnect;
        }
        notifyAll();
    }

    private void deliver(ConnectionReceiver to) {
        try {
            while (true) {
                Packet packet;
                Disconnect over;
                synchronized (this) {
                    while (arrived.isEmpty() && end == null) {
                        wait();
                    }
                    packet = arrived.poll();
                    over = end;
                }
                if (packet != null) {
                    to.received(ByteBuffer.wrap(packet.bytes).asReadOnlyBuffer(), List.copyOf(packet.attachments));
                } else if (over != null) {
                    to.disconnected(over);
                    return;
                }
            }
        } catch (InterruptedException unexpected) {
            throw new IllegalStateException(unexpected);
        }
    }
}
