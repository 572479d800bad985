package io.github.dmabuf4j.linux;

import org.jspecify.annotations.Nullable;

/**
 * A file descriptor that belongs to somebody else. Its number means something only as long as the owner keeps it open.
 *
 * <p>All methods may be called from any thread.
 */
public final class BorrowedFd {
    private final int number;
    private final @Nullable OwnedFd owner;

    BorrowedFd(int number, @Nullable OwnedFd owner) {
        this.number = number;
        this.owner = owner;
    }

    /**
     * Borrows a descriptor that no {@link OwnedFd} owns, such as one that a native library keeps.
     *
     * @param number the descriptor; stays open while the result is used
     * @return the view
     * @throws IllegalArgumentException if the number is negative
     */
    public static BorrowedFd of(int number) {
        if (number < 0) {
            throw new IllegalArgumentException("a descriptor is not negative, as " + number + " is");
        }
        return new BorrowedFd(number, null);
    }

    /**
     * The number of the descriptor.
     *
     * @return the number
     * @throws IllegalStateException if its owner closed it
     */
    public int number() {
        return owner == null ? number : owner.number();
    }

    /**
     * Makes a descriptor of one's own for the same open file, closed on exec.
     *
     * @return the new descriptor; the caller owns it
     * @throws SystemCallException if the limit of open files is reached
     * @throws IllegalStateException if the owner closed this one
     */
    public OwnedFd dup() throws SystemCallException {
        if (owner != null) {
            return owner.dup();
        }
        return OwnedFd.of(SystemCallException.check(
                io.github.dmabuf4j.linux.sys.Descriptors.duplicate(number),
                "fcntl",
                "cannot duplicate descriptor " + number));
    }

    /** Keeps the number valid until {@link #leave}. */
    int enter() {
        if (owner != null) {
            owner.enter();
        }
        return number;
    }

    void leave() {
        if (owner != null) {
            owner.leave();
        }
    }

    @Override
    public String toString() {
        return "borrowed " + (owner == null ? "fd " + number : owner);
    }
}
