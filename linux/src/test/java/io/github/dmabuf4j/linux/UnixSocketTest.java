package io.github.dmabuf4j.linux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.linux.testing.ChildJvm;
import io.github.dmabuf4j.linux.testing.LeakCheck;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.SynchronousQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
@ExtendWith(LeakCheck.class)
class UnixSocketTest {
    @Test
    void messagesKeepTheirBordersAndCarryDescriptors() throws Exception {
        UnixSocket[] pair = UnixSocket.pair();
        try (UnixSocket left = pair[0];
                UnixSocket right = pair[1];
                MemfdPages pages = new MemfdBacking().give(4096, "passed")) {
            left.send(text("one"));
            left.send(text("two"), pages.fd(), pages.fd());
            ByteBuffer buffer = ByteBuffer.allocate(100);
            Received first = right.receive(buffer);
            assertThat(first.length()).isEqualTo(3);
            assertThat(first.fds()).isEmpty();
            assertThat(first.credentials()).isNull();
            Received second = right.receive(buffer);
            assertThat(UTF_8.decode(buffer.flip()).toString()).isEqualTo("onetwo");
            assertThat(second.fds()).hasSize(2);
            try (MemfdPages received = MemfdPages.adopt(second.fds().get(0), 4096, true)) {
                assertThat(received.inode()).isEqualTo(pages.inode());
            }
            second.closeFds();
        }
    }

    @Test
    void asManyDescriptorsAsTheKernelTakes() throws Exception {
        UnixSocket[] pair = UnixSocket.pair();
        try (UnixSocket left = pair[0];
                UnixSocket right = pair[1];
                MemfdPages pages = new MemfdBacking().give(4096, "many")) {
            BorrowedFd[] most = new BorrowedFd[UnixSocket.MAX_FDS];
            java.util.Arrays.fill(most, pages.fd());
            left.send(text("x"), most);
            right.receiveCredentials(true);
            left.send(text("y"), most);
            for (int i = 0; i < 2; i++) {
                Received received = right.receive(ByteBuffer.allocateDirect(10));
                assertThat(received.fds()).hasSize(UnixSocket.MAX_FDS);
                received.closeFds();
            }
            assertThatThrownBy(() -> left.send(text("x"), java.util.Arrays.copyOf(most, most.length + 1)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void theKernelSaysWhoSent() throws Exception {
        UnixSocket[] pair = UnixSocket.pair();
        try (UnixSocket left = pair[0];
                UnixSocket right = pair[1]) {
            right.receiveCredentials(true);
            left.send(text("who"));
            PeerCredentials sender = right.receive(ByteBuffer.allocate(10)).credentials();
            assertThat(sender).isEqualTo(right.peerCredentials());
            assertThat(sender.pid()).isEqualTo((int) ProcessHandle.current().pid());
        }
    }

    @Test
    void aMessageThatIsTooLongIsAnErrorAndItsDescriptorsAreClosed() throws Exception {
        UnixSocket[] pair = UnixSocket.pair();
        try (UnixSocket left = pair[0];
                UnixSocket right = pair[1];
                MemfdPages pages = new MemfdBacking().give(4096, "truncated")) {
            left.send(text("much too long"), pages.fd());
            left.send(text("next"));
            assertThatThrownBy(() -> right.receive(ByteBuffer.allocate(4)))
                    .isInstanceOfSatisfying(
                            SystemCallException.class,
                            e -> assertThat(e.errno()).isEqualTo(Errno.EMSGSIZE));
            assertThat(right.receive(ByteBuffer.allocate(4)).length()).isEqualTo(4);
        }
    }

    @Test
    void theEndComesAfterWhatWasSent() throws Exception {
        UnixSocket[] pair = UnixSocket.pair();
        try (UnixSocket right = pair[1]) {
            right.send(text("never read"));
            pair[0].send(text("last"));
            pair[0].close();
            assertThat(right.receive(ByteBuffer.allocate(10)).length()).isEqualTo(4);
            assertThat(right.receive(ByteBuffer.allocate(10)).isEnd()).isTrue();
            assertThatThrownBy(() -> right.send(text("too late")))
                    .isInstanceOfSatisfying(
                            SystemCallException.class,
                            e -> assertThat(e.errno()).isEqualTo(Errno.EPIPE));
        }
    }

    @Test
    void aFullSocketMakesTheSenderWait() throws Exception {
        UnixSocket[] pair = UnixSocket.pair();
        try (UnixSocket left = pair[0];
                UnixSocket right = pair[1]) {
            int sent = 0;
            while (left.trySend(text("filler"))) {
                sent++;
            }
            FutureTask<Void> sender = new FutureTask<>(() -> {
                left.send(text("waited"));
                return null;
            });
            Thread.ofVirtual().start(sender);
            ByteBuffer buffer = ByteBuffer.allocate(6);
            for (int i = 0; i < sent; i++) {
                assertThat(right.receive(buffer.clear()).length()).isEqualTo(6);
            }
            right.receive(buffer.clear());
            assertThat(UTF_8.decode(buffer.flip()).toString()).isEqualTo("waited");
            sender.get();
        }
    }

    @Test
    void waitsEndByInterruptByCloseAndByTime() throws Exception {
        UnixSocket[] pair = UnixSocket.pair();
        UnixSocket right = pair[1];
        try (UnixSocket left = pair[0]) {
            assertThat(right.receive(ByteBuffer.allocate(1), Duration.ofMillis(1)))
                    .isNull();
            for (Thread.Builder kind : new Thread.Builder[] {Thread.ofPlatform(), Thread.ofVirtual()}) {
                SynchronousQueue<Exception> ended = new SynchronousQueue<>();
                CountDownLatch started = new CountDownLatch(1);
                Thread waiter = kind.start(() -> {
                    started.countDown();
                    try {
                        ended.put(failure(() -> right.receive(ByteBuffer.allocate(1))));
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                });
                started.await();
                waiter.interrupt();
                assertThat(ended.take()).isInstanceOf(InterruptedException.class);
            }
            FutureTask<Ending> waiter = new FutureTask<>(() -> {
                try {
                    return right.receive(ByteBuffer.allocate(1)).isEnd() ? Ending.END_OF_STREAM : Ending.MESSAGE;
                } catch (IllegalStateException e) {
                    return Ending.CLOSED;
                }
            });
            Thread thread = Thread.ofPlatform().start(waiter);
            while (thread.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
            right.close();
            assertThat(waiter.get()).isIn(Ending.END_OF_STREAM, Ending.CLOSED);
            left.shutdown();
        }
    }

    private enum Ending {
        MESSAGE,
        END_OF_STREAM,
        CLOSED
    }

    private interface Action {
        void run() throws Exception;
    }

    private static Exception failure(Action action) {
        try {
            action.run();
            return new Exception("nothing was thrown");
        } catch (Exception e) {
            return e;
        }
    }

    @Test
    void anEmptyMessageIsRefused() throws Exception {
        UnixSocket[] pair = UnixSocket.pair();
        try (UnixSocket left = pair[0];
                UnixSocket right = pair[1]) {
            assertThatThrownBy(() -> left.send(ByteBuffer.allocate(0))).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> right.tryReceive(ByteBuffer.allocate(0)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aListenerIsForItsOwnerOnlyAndCleansUp(@TempDir Path folder) throws Exception {
        Path path = folder.resolve("a socket");
        try (UnixListener listener = UnixSocket.listen(path)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                    .isEqualTo("rw-------");
            assertThat(listener.accept(Duration.ofMillis(1))).isNull();
            try (UnixSocket client = UnixSocket.connect(path);
                    UnixSocket server = listener.accept()) {
                client.send(text("hello"));
                assertThat(server.receive(ByteBuffer.allocate(10)).length()).isEqualTo(5);
            }
            assertThatThrownBy(() -> UnixSocket.listen(path))
                    .isInstanceOf(SystemCallException.class)
                    .hasMessageContaining("in use by a running process");
            assertThat(Files.exists(path)).isTrue();
        }
        assertThat(Files.exists(path)).isFalse();
        assertThatThrownBy(() -> UnixSocket.connect(path)).hasMessageContaining("there is no socket");
    }

    @Test
    void aSocketThatADeadProcessLeftIsReplaced(@TempDir Path folder) throws Exception {
        Path path = folder.resolve("stale");
        try (ChildJvm child = ChildJvm.start(Listening.class, path.toString())) {
            assertThat(child.line()).isEqualTo("listening");
            child.kill();
        }
        assertThat(Files.exists(path)).isTrue();
        assertThatThrownBy(() -> UnixSocket.connect(path)).hasMessageContaining("nobody listens");
        UnixListener listener = UnixSocket.listen(path);
        UnixSocket.connect(path).close();
        listener.close();
        assertThat(Files.exists(path)).isFalse();
    }

    /** Listens until it is killed. */
    static final class Listening {
        public static void main(String[] arguments) throws Exception {
            try (UnixListener listener = UnixSocket.listen(Path.of(arguments[0]))) {
                System.out.println("listening");
                listener.accept();
            }
        }
    }

    @Test
    void whatIsNoSocketIsNotTouched(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "precious");
        assertThatThrownBy(() -> UnixSocket.listen(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is no socket");
        assertThat(Files.readString(file)).isEqualTo("precious");
        Path longPath = folder.resolve("x".repeat(200));
        assertThatThrownBy(() -> UnixSocket.listen(longPath)).hasMessageContaining("at most 107");
        assertThatThrownBy(() -> UnixSocket.connect(longPath)).hasMessageContaining("at most 107");
        assertThatThrownBy(() -> UnixSocket.listen(folder.resolve("missing/socket")))
                .isInstanceOf(SystemCallException.class);
    }

    private static ByteBuffer text(String text) {
        return ByteBuffer.wrap(text.getBytes(UTF_8));
    }
}
