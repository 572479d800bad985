package io.github.dmabuf4j.linux;

import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.linux.sys.Descriptors;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A file descriptor that belongs to whoever holds this object: closing the object closes the descriptor.
 *
 * <p>Whoever takes an {@code OwnedFd} as an argument becomes its owner; whoever only uses a descriptor for the duration
 * of a call takes a {@link BorrowedFd}.
 *
 * <p>All methods may be called from any thread. A descriptor that is in use by a call of this library when it is closed
 * is closed at the end of that call, so that its number cannot come to mean another file in between.
 */
public final class OwnedFd implements AutoCloseable {
    private static final VarHandle USERS;

    static {
        try {
            USERS = MethodHandles.lookup().findVarHandle(OwnedFd.class, "users", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    // Added to the count of users by close().
    private static final int CLOSED = Integer.MIN_VALUE;

    private final int number;
    private final BorrowedFd borrowed;
    private volatile int users;

    private OwnedFd(int number) {
        this.number = number;
        this.borrowed = new BorrowedFd(number, this);
    }

    /**
     * Becomes the owner of a descriptor that came from elsewhere.
     *
     * @param number an open descriptor that nobody else will close
     * @return the owner
     * @throws SystemCallException if the descriptor is not open
     */
    public static OwnedFd adopt(int number) throws SystemCallException {
        SystemCallException.check(
                Descriptors.descriptorFlags(number), "fcntl", "descriptor " + number + " is not open");
        return new OwnedFd(number);
    }

    /** The owner of a descriptor that a system call just gave. */
    static OwnedFd of(int number) {
        return new OwnedFd(number);
    }

    /**
     * The number of the descriptor, for handing it to native code. Keep this object reachable and open while the number
     * is used.
     *
     * @return the number
     * @throws IllegalStateException if the descriptor is closed
     */
    public int number() {
        if (isClosed()) {
            throw new IllegalStateException("descriptor " + number + " is closed");
        }
        return number;
    }

    /**
     * Whether {@link #close} was called.
     *
     * @return true once closed
     */
    public boolean isClosed() {
        return users < 0;
    }

    /**
     * Lends the descriptor.
     *
     * @return a view that can use the descriptor but not close it; the same object in every call
     */
    public BorrowedFd borrow() {
        return borrowed;
    }

    /**
     * Makes another descriptor for the same open file, closed on exec.
     *
     * @return the new descriptor; the caller owns it
     * @throws SystemCallException if the limit of open files is reached
     * @throws IllegalStateException if this descriptor is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/dup.2.html">dup(2)</a>
     */
    public OwnedFd dup() throws SystemCallException {
        enter();
        try {
            return of(SystemCallException.check(
                    Descriptors.duplicate(number), "fcntl", "cannot duplicate descriptor " + number));
        } finally {
            leave();
        }
    }

    /** Keeps the number valid until {@link #leave}. */
    void enter() {
        if (!tryEnter()) {
            throw new IllegalStateException("descriptor " + number + " is closed");
        }
    }

    boolean tryEnter() {
        if ((int) USERS.getAndAdd(this, 1) < 0) {
            USERS.getAndAdd(this, -1);
            return false;
        }
        return true;
    }

    void leave() {
        // Equal to CLOSED + 1 before: closed while in use, and this was the last user.
        if ((int) USERS.getAndAdd(this, -1) == CLOSED + 1) {
            closeNumber();
        }
    }

    /** Closes the descriptor. Idempotent. */
    @Override
    public void close() {
        int before;
        do {
            before = users;
            if (before < 0) {
                return;
            }
        } while (!USERS.compareAndSet(this, before, CLOSED + before));
        if (before == 0) {
            closeNumber();
        }
    }

    private void closeNumber() {
        int answer = Descriptors.close(number);
        // Anything else (EINTR, EIO) leaves the descriptor closed on Linux.
        if (SystemCallException.is(answer, Errno.EBADF)) {
            throw new IllegalStateException("descriptor " + number
                    + " was closed behind its owner's back; look for native code that closes it");
        }
    }

    @Override
    public String toString() {
        return "fd " + number + (isClosed() ? " (closed)" : "");
    }
}
