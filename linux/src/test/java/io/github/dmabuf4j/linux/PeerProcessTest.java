package io.github.dmabuf4j.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dmabuf4j.linux.testing.ChildJvm;
import io.github.dmabuf4j.linux.testing.LeakCheck;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
@ExtendWith(LeakCheck.class)
class PeerProcessTest {
    @Test
    void theDeathOfThePeerIsSeenOnceAndTheEndOfTheStreamIsNoDeath(@TempDir Path folder) throws Exception {
        Path path = folder.resolve("socket");
        try (UnixListener listener = UnixSocket.listen(path);
                ChildJvm child = ChildJvm.start(Connecting.class, path.toString());
                UnixSocket socket = listener.accept();
                PeerProcess peer = PeerProcess.of(socket)) {
            assertThat((long) peer.pid()).isEqualTo(child.pid());
            assertThat(socket.receive(ByteBuffer.allocate(10)).isEnd()).isTrue();
            assertThat(peer.isAlive()).isTrue();
            CountDownLatch died = new CountDownLatch(1);
            AtomicInteger times = new AtomicInteger();
            peer.onDeath(() -> {
                times.incrementAndGet();
                died.countDown();
            });
            assertThat(peer.isAlive()).isTrue();
            peer.kill();
            died.await();
            assertThat(peer.isAlive()).isFalse();
            assertThat(child.exitCode()).isEqualTo(128 + 9);
            CountDownLatch again = new CountDownLatch(1);
            peer.onDeath(again::countDown);
            again.await();
            assertThat(times).hasValue(1);
            peer.kill();
        }
    }

    /** Connects, disconnects, and waits to be killed. */
    static final class Connecting {
        public static void main(String[] arguments) throws Exception {
            UnixSocket.connect(Path.of(arguments[0])).close();
            new CountDownLatch(1).await();
        }
    }

    @Test
    void aProcessThatDiedBeforeIsDead() throws Exception {
        Process child = new ProcessBuilder("true").start();
        child.waitFor();
        try (PeerProcess peer = PeerProcess.of(child.pid())) {
            assertThat(peer.isAlive()).isFalse();
            AtomicInteger called = new AtomicInteger();
            peer.onDeath(called::incrementAndGet);
            assertThat(called).hasValue(1);
        }
    }

    @Test
    void aClosedWatchDoesNotCall() throws Exception {
        try (ChildJvm child = ChildJvm.start(Sleeping.class)) {
            PeerProcess peer = PeerProcess.of(child.pid());
            AtomicInteger called = new AtomicInteger();
            peer.onDeath(called::incrementAndGet);
            peer.close();
            peer.close();
            child.kill();
            // What the dispatcher had to say about the child, it has said when it answers about something later.
            UnixSocket[] pair = UnixSocket.pair();
            pair[0].close();
            assertThat(pair[1].receive(ByteBuffer.allocate(1)).isEnd()).isTrue();
            pair[1].close();
            assertThat(called).hasValue(0);
            assertThatThrownBy(() -> peer.onDeath(() -> {})).isInstanceOf(IllegalStateException.class);
        }
    }

    /** Waits to be killed. */
    static final class Sleeping {
        public static void main(String[] arguments) throws Exception {
            new CountDownLatch(1).await();
        }
    }
}
