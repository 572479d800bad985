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

    /**
     * Makes a call with the number, which stays valid meanwhile: if the owner closes the descriptor, it is closed when the
     * call has returned.
     *
     * @param <R> what the call answers
     * @param <X> what it may throw
     * @param call the call
     * @return what it answered
     * @throws X whatever the call throws
     * @throws IllegalStateException if the owner closed the descriptor before
     */
    public <R, X extends Exception> R use(Call<R, X> call) throws X {
        int valid = enter();
        try {
            return call.with(valid);
        } finally {
            leave();
        }
    }

    /**
     * What is done with the number of a descriptor.
     *
     * @param <R> what it answers
     * @param <X> what it may throw
     */
    @FunctionalInterface
    public interface Call<R, X extends Exception> {
        /**
         * Does it.
         *
         * @param number an open descriptor
         * @return the answer
         * @throws X if it fails
         */
        R with(int number) throws X;
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
