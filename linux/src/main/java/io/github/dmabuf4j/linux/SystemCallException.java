package io.github.dmabuf4j.linux;

import io.github.dmabuf4j.fence.Errno;
import java.io.IOException;

/** The kernel refused a system call. */
public class SystemCallException extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient Errno errno;
    private final String call;

    /**
     * Describes a refusal.
     *
     * @param call the name of the system call
     * @param errno why it was refused
     * @param sentence what was attempted, and what to do about it
     */
    public SystemCallException(String call, Errno errno, String sentence) {
        super(sentence + " (" + call + ": " + errno + ")");
        this.call = call;
        this.errno = errno;
    }

    /**
     * Why the kernel refused.
     *
     * @return the error number
     */
    public Errno errno() {
        return errno;
    }

    /**
     * What the kernel refused.
     *
     * @return the name of the system call
     */
    public String call() {
        return call;
    }

    /** Passes on what a call answered, or throws if it is a negated error number. */
    static int check(int answer, String call, String sentence) throws SystemCallException {
        return (int) check((long) answer, call, sentence);
    }

    /** Passes on what a call answered, or throws if it is a negated error number. */
    static long check(long answer, String call, String sentence) throws SystemCallException {
        if (answer < 0) {
            throw new SystemCallException(call, new Errno((int) -answer), sentence);
        }
        return answer;
    }

    /** Whether a call was refused for this reason. */
    static boolean is(long answer, Errno errno) {
        return answer == -errno.number();
    }
}
