package io.github.dmabuf4j.tck;

import io.github.dmabuf4j.fence.Errno;
import java.io.Serial;

/** An engine refuses a call, where a system call would answer a negative number. */
public final class RefusedException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final int number;

    /**
     * A refusal.
     *
     * @param errno what the kernel answers
     * @param cause how the engine said it
     */
    public RefusedException(Errno errno, Throwable cause) {
        super(errno + ": " + cause.getMessage(), cause);
        this.number = errno.number();
    }

    /**
     * What the kernel answers.
     *
     * @return the error number
     */
    public Errno errno() {
        return new Errno(number);
    }
}
