package io.github.dmabuf4j.domain.fake;

import io.github.dmabuf4j.domain.spi.Backend;
import io.github.dmabuf4j.domain.spi.Capabilities;
import io.github.dmabuf4j.domain.spi.Connection;
import io.github.dmabuf4j.domain.spi.Listener;
import io.github.dmabuf4j.domain.spi.SyncGeometry;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts what it gives, so that tests can see that nothing stays behind. */
public final class FakeBackend implements Backend {
    private final AtomicInteger processes = new AtomicInteger(100);
    final List<Thread> readers = new CopyOnWriteArrayList<>();
    final AtomicInteger openAttachments = new AtomicInteger();
    final AtomicInteger openMappings = new AtomicInteger();
    final AtomicInteger openPages = new AtomicInteger();

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public Capabilities capabilities() {
        return new Capabilities(Capabilities.Revocation.NONE, false, false, true);
    }

    @Override
    public Connection connect(String address) throws IOException {
        throw new IOException("nobody listens: use pair()");
    }

    @Override
    public Listener listen(String address) throws IOException {
        throw new IOException("nobody connects: use pair()");
    }

    @Override
    public FakePage createSyncPage(SyncGeometry geometry, String name) {
        return new FakePage(this, geometry, name);
    }

    /** Two ends of a new channel; each sees the other as a process of its own. */
    public FakeConnection[] pair() {
        return FakeConnection.pair(this, processes.incrementAndGet(), processes.incrementAndGet());
    }

    /** Waits until everything that was sent is delivered; all connections must be closed. */
    public void quiesce() throws InterruptedException {
        for (Thread reader : readers) {
            reader.join();
        }
    }

    /** Everything that peers' memory is mapped by: buffers and sync pages. */
    public int openMappings() {
        return openMappings.get();
    }

    /** Received and not closed. */
    public int openAttachments() {
        return openAttachments.get();
    }

    /** Own sync pages that are not closed. */
    public int openPages() {
        return openPages.get();
    }
}
