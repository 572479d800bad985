package io.github.dmabuf4j.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.dmabuf4j.domain.spi.Attachment;
import io.github.dmabuf4j.domain.spi.Backend;
import io.github.dmabuf4j.domain.spi.Disconnect;
import io.github.dmabuf4j.domain.spi.MemoryReference;
import io.github.dmabuf4j.linux.MemfdBacking;
import io.github.dmabuf4j.linux.MemfdPages;
import io.github.dmabuf4j.linux.UnixSocket;
import io.github.dmabuf4j.linux.testing.LeakCheck;
import io.github.dmabuf4j.memory.Pages;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
@ExtendWith(LeakCheck.class)
final class LocalConnectionTest {
    @TempDir
    Path folder;

    private final LocalBackend backend = new LocalBackend();
    private LocalListener listener;
    private LocalConnection ours;
    private LocalConnection theirs;
    private final Recorder received = new Recorder();
    private final Recorder answered = new Recorder();

    @BeforeEach
    void connect() throws Exception {
        listener = backend.listen(folder.resolve("a socket with spaces").toString());
        ours = backend.connect(listener.address());
        theirs = listener.accept();
    }

    @AfterEach
    void close() {
        ours.close();
        theirs.close();
        listener.close();
    }

    @Test
    void serviceLoaderFindsTheBackend() {
        assertThat(ServiceLoader.load(Backend.class).stream().map(ServiceLoader.Provider::type))
                .contains(LocalBackend.class);
        assertThat(backend.name()).isEqualTo("local");
        assertThat(backend.capabilities().provesDeath()).isTrue();
        assertThat(backend.capabilities().protectedSyncPages()).isTrue();
    }

    @Test
    void messagesArriveInOrderAlsoThoseSentBeforeTheStart() throws Exception {
        ours.send(Recorder.bytes("one"), List.of());
        ours.send(Recorder.bytes("two"), List.of());
        theirs.start(received);
        ours.send(Recorder.bytes("three"), List.of());
        assertThat(received.next().text()).isEqualTo("one");
        assertThat(received.next().text()).isEqualTo("two");
        assertThat(received.next().text()).isEqualTo("three");
        assertThat(theirs.peer().processId()).isEqualTo(ProcessHandle.current().pid());
        assertThat(theirs.peer().description())
                .contains("process " + ProcessHandle.current().pid());
    }

    @Test
    void theSocketBelongsToItsUserAlone() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(listener.path())))
                .isEqualTo("rw-------");
        LocalPolicy policy = new LocalPolicy(1000);
        assertThat(policy.allows(new io.github.dmabuf4j.linux.PeerCredentials(1, 1000, 5)))
                .isTrue();
        assertThat(policy.allows(new io.github.dmabuf4j.linux.PeerCredentials(1, 0, 5)))
                .isTrue();
        assertThat(policy.allows(new io.github.dmabuf4j.linux.PeerCredentials(1, 1001, 1000)))
                .isFalse();
        assertThat(policy.refusal(new io.github.dmabuf4j.linux.PeerCredentials(7, 1001, 1000)))
                .contains("process 7 of user 1001");
    }

    @Test
    void closingEndsBothSidesOnce() throws Exception {
        ours.start(answered);
        theirs.start(received);
        ours.send(Recorder.bytes("last words"), List.of());
        ours.close();
        ours.close();
        assertThat(received.next().text()).isEqualTo("last words");
        Disconnect end = received.end();
        assertThat(end.kind()).isEqualTo(Disconnect.Kind.CLOSED);
        assertThat(end.sentence()).contains("process " + ProcessHandle.current().pid());
        assertThat(answered.end().kind()).isEqualTo(Disconnect.Kind.CLOSED);
        assertThatIOException().isThrownBy(() -> ours.send(Recorder.bytes("more"), List.of()));
        assertThatIllegalStateException().isThrownBy(() -> ours.start(answered));
    }

    @Test
    void closingFromInsideTheReceiver() throws Exception {
        ours.start(answered);
        theirs.start(new io.github.dmabuf4j.domain.spi.ConnectionReceiver() {
            @Override
            public void received(ByteBuffer message, List<Attachment> attachments) {
                received.received(message, attachments);
                theirs.close();
            }

            @Override
            public void disconnected(Disconnect disconnect) {
                received.disconnected(disconnect);
            }
        });
        ours.send(Recorder.bytes("go away"), List.of());
        assertThat(received.next().text()).isEqualTo("go away");
        assertThat(received.end().kind()).isEqualTo(Disconnect.Kind.CLOSED);
        assertThat(answered.end().kind()).isEqualTo(Disconnect.Kind.CLOSED);
    }

    @Test
    void aReceiverThatThrowsLosesItsConnectionOnly() throws Exception {
        Recorder other = new Recorder();
        theirs.start(new io.github.dmabuf4j.domain.spi.ConnectionReceiver() {
            @Override
            public void received(ByteBuffer message, List<Attachment> attachments) {
                throw new IllegalStateException("a mistake");
            }

            @Override
            public void disconnected(Disconnect disconnect) {
                received.disconnected(disconnect);
            }
        });
        try (MemfdPages pages = new MemfdBacking().give(4096, "passed on")) {
            ours.send(Recorder.bytes("x"), ours.describe(pages).attachments());
        }
        assertThat(received.end().kind()).isEqualTo(Disconnect.Kind.BROKEN);
        try (LocalConnection next = backend.connect(listener.path());
                LocalConnection accepted = listener.accept()) {
            accepted.start(other);
            next.send(Recorder.bytes("still served"), List.of());
            assertThat(other.next().text()).isEqualTo("still served");
        }
    }

    @Test
    void memoryGoesToThePeerWithoutBeingCopied() throws Exception {
        theirs.start(received);
        try (MemfdPages pages = new MemfdBacking().give(10_000, "passed on");
                Arena arena = Arena.ofConfined()) {
            MemoryReference reference = ours.describe(pages);
            ours.send(Recorder.bytes("offer"), reference.attachments());
            List<Attachment> attachments = received.next().attachments();
            MemoryReference arrived =
                    new MemoryReference(reference.kind(), reference.count(), reference.bytes(), attachments);
            try (Pages mapped = theirs.map(arrived, 0, 10_000, true)) {
                attachments.forEach(Attachment::close); // taken out: closing does nothing
                assertThat(((MemfdPages) mapped).inode()).isEqualTo(pages.inode());
                assertThat(mapped.size()).isEqualTo(12_288);
                mapped.lease(arena, true).set(ValueLayout.JAVA_LONG, 8000, 42);
                assertThat(pages.lease(arena, false).get(ValueLayout.JAVA_LONG, 8000))
                        .isEqualTo(42);
            }
            assertThatIOException()
                    .isThrownBy(() -> theirs.map(arrived, 0, 10_000, true))
                    .withMessageContaining("used before");
        }
    }

    @Test
    void referencesThatDoNotFitAreRefused() throws Exception {
        theirs.start(received);
        try (MemfdPages pages = new MemfdBacking().give(4096, "passed on")) {
            MemoryReference reference = ours.describe(pages);
            ours.send(Recorder.bytes("offer"), reference.attachments());
            List<Attachment> attachments = received.next().attachments();
            MemoryReference good = new MemoryReference(1, 1, reference.bytes(), attachments);
            assertThatIOException().isThrownBy(() -> theirs.map(good, 0, 4097, true));
            assertThatIOException().isThrownBy(() -> theirs.map(good, 1, 4096, true));
            assertThatIOException().isThrownBy(() -> theirs.map(good, -1, 1, true));
            assertThatIOException().isThrownBy(() -> theirs.map(good, 0, 0, true));
            assertThatIOException().isThrownBy(() -> theirs.map(good, Long.MAX_VALUE, 1, true));
            MemoryReference missing = new MemoryReference(1, 1, reference.bytes(), List.of());
            assertThatIOException()
                    .isThrownBy(() -> theirs.map(missing, 0, 1, true))
                    .withMessageContaining("not come");
            MemoryReference malformed = new MemoryReference(1, 1, new byte[23], attachments);
            assertThatIOException()
                    .isThrownBy(() -> theirs.map(malformed, 0, 1, true))
                    .withMessageContaining("malformed");
            MemoryReference grants = new MemoryReference(3, 1, new byte[24], attachments);
            assertThatIOException()
                    .isThrownBy(() -> theirs.map(grants, 0, 1, true))
                    .withMessageContaining("kind 3");
            attachments.forEach(Attachment::close);
        }
    }

    @Test
    void aPeerThatDoesNotReadFillsItsChannelAndNobodyWaits() {
        assertThatIOException()
                .isThrownBy(() -> {
                    for (int i = 0; i < 100_000; i++) {
                        ours.send(ByteBuffer.allocate(60_000), List.of());
                    }
                })
                .withMessageContaining("does not read");
    }

    @Test
    void tooLongMessagesAreRefusedAtBothEnds() throws Exception {
        assertThatIOException().isThrownBy(() -> ours.send(ByteBuffer.allocate(65_537), List.of()));
        theirs.start(received);
        UnixSocket raw = UnixSocket.connect(listener.path());
        try (raw;
                LocalConnection accepted = listener.accept()) {
            accepted.start(answered);
            raw.send(ByteBuffer.allocate(65_537));
            Disconnect end = answered.end();
            assertThat(end.kind()).isEqualTo(Disconnect.Kind.BROKEN);
            assertThat(end.sentence()).contains("longer");
        }
    }

    @Test
    void aClosedListenerStopsAccepting() throws Exception {
        Thread closer = Thread.ofPlatform().start(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                Thread.onSpinWait();
            }
            listener.close();
        });
        closer.interrupt();
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> listener.accept());
        closer.join();
        assertThat(listener.path()).doesNotExist();
        assertThatIOException().isThrownBy(() -> backend.connect(listener.path()));
    }

    @Test
    void addressesThatAreNoneAreRefusedInASentence() {
        assertThatIOException().isThrownBy(() -> backend.connect("a\0b")).withMessageContaining("not a path");
        assertThatIOException()
                .isThrownBy(() -> backend.connect(folder.resolve("nobody").toString()));
        assertThatIOException()
                .isThrownBy(() -> backend.listen(listener.address()))
                .withMessageContaining("in use");
        assertThatIOException().isThrownBy(() -> backend.listen("/" + "x".repeat(200)));
    }
}
