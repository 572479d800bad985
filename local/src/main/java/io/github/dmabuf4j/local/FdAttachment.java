package io.github.dmabuf4j.local;

import io.github.dmabuf4j.domain.spi.Attachment;
import io.github.dmabuf4j.linux.BorrowedFd;
import io.github.dmabuf4j.linux.OwnedFd;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A file descriptor beside a message: one of ours that is lent, or one that arrived and can be taken out once. */
sealed interface FdAttachment extends Attachment {
    /** The descriptor, for sending it. */
    BorrowedFd fd();

    /** A descriptor that lives as long as what it stands for. */
    record Lent(BorrowedFd fd) implements FdAttachment {
        @Override
        public void close() {
            // It belongs to what it stands for.
        }
    }

    /** A descriptor that came with a message. */
    final class Arrived implements FdAttachment {
        private final AtomicReference<@Nullable OwnedFd> owned;
        private final BorrowedFd borrowed;

        Arrived(OwnedFd fd) {
            this.owned = new AtomicReference<>(fd);
            this.borrowed = fd.borrow();
        }

        @Override
        public BorrowedFd fd() {
            return borrowed;
        }

        /** Takes the descriptor out: from now on it is the caller's to close. */
        OwnedFd take() throws IOException {
            OwnedFd fd = owned.getAndSet(null);
            if (fd == null) {
                throw new IOException("the descriptor of the message was used before");
            }
            return fd;
        }

        @Override
        public void close() {
            OwnedFd fd = owned.getAndSet(null);
            if (fd != null) {
                fd.close();
            }
        }
    }
}
