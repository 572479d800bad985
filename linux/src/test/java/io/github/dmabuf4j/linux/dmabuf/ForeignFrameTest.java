package io.github.dmabuf4j.linux.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.dmabuf4j.buffer.AccessMode;
import io.github.dmabuf4j.buffer.CpuAccess;
import io.github.dmabuf4j.buffer.FenceUsage;
import io.github.dmabuf4j.buffer.ImageLayout;
import io.github.dmabuf4j.buffer.PixelFormat;
import io.github.dmabuf4j.fence.DmaFence;
import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.fence.FenceContext;
import io.github.dmabuf4j.fence.UserFence;
import io.github.dmabuf4j.linux.BorrowedFd;
import io.github.dmabuf4j.linux.FdInterest;
import io.github.dmabuf4j.linux.MemfdBacking;
import io.github.dmabuf4j.linux.MemfdPages;
import io.github.dmabuf4j.linux.SystemCallException;
import io.github.dmabuf4j.linux.sync.DescriptorFence;
import io.github.dmabuf4j.linux.sync.EventFd;
import io.github.dmabuf4j.linux.testing.LeakCheck;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.assertj.core.api.Assertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A turn of a foreign picture: when it may be looked at, and the word to its producer that it no longer is. */
@Timeout(60)
@ExtendWith(LeakCheck.class)
class ForeignFrameTest {
    private static final ImageLayout PICTURE = ImageLayout.packed(PixelFormat.R8, 64, 64);

    private final List<String> told = new ArrayList<>();
    private final FenceContext work = FenceContext.create("test", "work");
    private MemfdPages file;
    private ForeignImage image;

    @BeforeEach
    void takeIn() throws IOException {
        file = new MemfdBacking().give(PICTURE.size(), "theirs");
        image = DmaBufs.wrap(List.of(file.fd()), PICTURE);
    }

    @AfterEach
    void giveBack() {
        image.close();
        file.close();
    }

    private void tell(@Nullable Errno error) {
        told.add(error == null ? "done" : error.toString());
    }

    @Test
    void aMemoryFileIsReadyOnItsProducersWord() throws Exception {
        try (ForeignFrame frame = image.begin(this::tell)) {
            assertThat(frame.ready(AccessMode.READ).isSignaled()).isTrue();
            assertThat(frame.image()).isSameAs(image);
            assertThat(told).isEmpty();
        }
        assertThat(told).containsExactly("done");
    }

    @Test
    void theProducerIsToldOnce() throws Exception {
        ForeignFrame frame = image.begin(this::tell);
        frame.done();
        assertThatIllegalStateException().isThrownBy(frame::done);
        assertThatIllegalStateException().isThrownBy(() -> frame.done(DmaFence.stub()));
        frame.close();
        frame.close();
        assertThat(told).containsExactly("done");
    }

    @Test
    void theProducerIsToldWhenTheWorkIsOverAndHowItEnded() {
        try (UserFence good = work.newFence();
                UserFence bad = work.newFence();
                ForeignFrame first = image.begin(this::tell);
                ForeignFrame second = image.begin(this::tell)) {
            first.done(good);
            second.done(bad);
            assertThat(told).isEmpty();
            bad.fail(Errno.EIO);
            assertThat(told).containsExactly(Errno.EIO.toString());
            good.signal();
            assertThat(told).containsExactly(Errno.EIO.toString(), "done");
        }
        assertThat(told).hasSize(2);
    }

    @Test
    void aProducerThatCannotBeToldIsNoFailureOfTheWork() {
        try (UserFence over = work.newFence();
                ForeignFrame frame = image.begin(error -> {
                    throw new SystemCallException("sendmsg", Errno.EPIPE, "the producer is gone");
                })) {
            frame.done(over);
            assertThat(over.signal()).isTrue();
        }
        ForeignFrame frame = image.begin(error -> {
            throw new SystemCallException("sendmsg", Errno.EPIPE, "the producer is gone");
        });
        Assertions.assertThatExceptionOfType(SystemCallException.class)
                .isThrownBy(frame::done)
                .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.EPIPE));
    }

    @Test
    void aFenceThatComesWithTheFrameHoldsReadersBack() throws Exception {
        try (EventFd drawn = EventFd.create()) {
            DmaFence contents = DescriptorFence.of(drawn.fd(), FdInterest.READABLE, "drawn");
            try (ForeignFrame frame = image.begin(contents, this::tell)) {
                DmaFence ready = frame.ready(AccessMode.READ);
                assertThat(ready.poll()).isFalse();
                assertThat(image.buffers().getFirst().resv().testSignaled(FenceUsage.toWaitFor(false)))
                        .isFalse();
                FutureTask<Boolean> reader = new FutureTask<>(() -> {
                    try (CpuAccess access = image.buffers().getFirst().beginCpuAccess(AccessMode.READ)) {
                        return ready.isSignaled() && access.segment().byteSize() > 0;
                    }
                });
                Thread.ofPlatform().start(reader);
                assertThat(reader.isDone()).isFalse();
                drawn.add();
                assertThat(reader.get()).isTrue();
                assertThat(drawn.take()).isOne();
            }
        }
    }

    @Test
    void anEventfdOfTheProducerIsCountedUp() throws Exception {
        try (EventFd theirs = EventFd.create();
                EventFd ours = EventFd.adopt(theirs.fd().dup())) {
            DmaFence free = DescriptorFence.of(theirs.fd(), FdInterest.READABLE, "free");
            DoneSignal signal = DoneSignal.counting(ours);
            image.begin(signal).done();
            free.await();
            image.begin(signal).close();
            assertThat(theirs.take()).isEqualTo(2);
            image.begin(DoneSignal.NOBODY).done();
            assertThat(theirs.take()).isZero();
        }
    }

    @Test
    void aFenceOfAClosedDescriptorIsRefused() throws Exception {
        BorrowedFd closed;
        try (EventFd event = EventFd.create()) {
            closed = BorrowedFd.of(event.fd().number());
        }
        Assertions.assertThatExceptionOfType(SystemCallException.class)
                .isThrownBy(() -> DescriptorFence.of(closed, FdInterest.READABLE, "closed"))
                .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.EBADF));
    }
}
