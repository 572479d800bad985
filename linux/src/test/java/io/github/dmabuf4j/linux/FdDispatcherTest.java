package io.github.dmabuf4j.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dmabuf4j.linux.testing.LeakCheck;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@Timeout(60)
@ExtendWith(LeakCheck.class)
class FdDispatcherTest {
    @Test
    void severalMayWatchOneDescriptor() throws Exception {
        UnixSocket[] pair = UnixSocket.pair();
        LinkedBlockingQueue<String> events = new LinkedBlockingQueue<>();
        FdDispatcher dispatcher = FdDispatcher.shared();
        try (UnixSocket left = pair[0];
                UnixSocket right = pair[1]) {
            CountDownLatch both = new CountDownLatch(2);
            CountDownLatch writable = new CountDownLatch(1);
            try (FdRegistration first = dispatcher.register(right.fd(), FdInterest.READABLE, both::countDown);
                    FdRegistration second = dispatcher.register(right.fd(), FdInterest.READABLE, () -> {
                        both.countDown();
                        events.add("second");
                    });
                    FdRegistration third = dispatcher.register(right.fd(), FdInterest.WRITABLE, writable::countDown)) {
                writable.await();
                left.send(ByteBuffer.allocate(1));
                both.await();
                assertThat(events.take()).isEqualTo("second");
                assertThat(first).isNotSameAs(second).isNotSameAs(third);
            }
        }
    }

    @Test
    void aCallbackThatThrowsLosesItsRegistrationAndOthersGoOn() throws Exception {
        UnixSocket[] pair = UnixSocket.pair();
        try (UnixSocket left = pair[0];
                UnixSocket right = pair[1]) {
            CountDownLatch thrown = new CountDownLatch(1);
            FdRegistration bad = FdDispatcher.shared().register(right.fd(), FdInterest.READABLE, () -> {
                thrown.countDown();
                throw new IllegalStateException("on purpose: this stack trace is part of the test");
            });
            left.send(ByteBuffer.allocate(1));
            thrown.await();
            ByteBuffer buffer = ByteBuffer.allocate(1);
            assertThat(right.receive(buffer).length()).isEqualTo(1);
            left.send(ByteBuffer.allocate(1));
            assertThat(right.receive(buffer.clear()).length()).isEqualTo(1);
            bad.close();
        }
    }

    @Test
    void aRegistrationMayCloseItself() throws Exception {
        UnixSocket[] pair = UnixSocket.pair();
        try (UnixSocket left = pair[0];
                UnixSocket right = pair[1]) {
            LinkedBlockingQueue<FdRegistration> self = new LinkedBlockingQueue<>();
            CountDownLatch closed = new CountDownLatch(1);
            self.put(FdDispatcher.shared().register(right.fd(), FdInterest.READABLE, () -> {
                try {
                    self.take().close();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
                closed.countDown();
            }));
            left.send(ByteBuffer.allocate(1));
            closed.await();
            assertThat(self).isEmpty();
        }
    }
}
