package io.github.dmabuf4j.fence;

import java.util.Map;

/**
 * An error number as Linux counts them: the way fences carry their error, and why a system call failed.
 *
 * <p>A record around the number, so that codes this library has no name for survive. The numbers are those of x86-64
 * and AArch64 (the generic ones).
 *
 * @param number the positive number, 1 to 4095
 * @see <a href="https://man7.org/linux/man-pages/man3/errno.3.html">errno(3)</a>
 */
public record Errno(int number) {
    /** Operation not permitted. */
    public static final Errno EPERM = new Errno(1);
    /** No such file, process or object; also what a closed sw_sync timeline leaves in its pending points. */
    public static final Errno ENOENT = new Errno(2);
    /** No such process. */
    public static final Errno ESRCH = new Errno(3);
    /** Interrupted system call. */
    public static final Errno EINTR = new Errno(4);
    /** Input/output error. */
    public static final Errno EIO = new Errno(5);
    /** Bad file descriptor. */
    public static final Errno EBADF = new Errno(9);
    /** Try again. */
    public static final Errno EAGAIN = new Errno(11);
    /** Out of memory. */
    public static final Errno ENOMEM = new Errno(12);
    /** Permission denied. */
    public static final Errno EACCES = new Errno(13);
    /** Bad address. */
    public static final Errno EFAULT = new Errno(14);
    /** Device or resource busy. */
    public static final Errno EBUSY = new Errno(16);
    /** File exists. */
    public static final Errno EEXIST = new Errno(17);
    /** No such device. */
    public static final Errno ENODEV = new Errno(19);
    /** Invalid argument. */
    public static final Errno EINVAL = new Errno(22);
    /** Too many open files in the system. */
    public static final Errno ENFILE = new Errno(23);
    /** Too many open files in this process. */
    public static final Errno EMFILE = new Errno(24);
    /** Not a terminal, or a request the device does not know. */
    public static final Errno ENOTTY = new Errno(25);
    /** No space left. */
    public static final Errno ENOSPC = new Errno(28);
    /** Illegal seek. */
    public static final Errno ESPIPE = new Errno(29);
    /** Broken pipe. */
    public static final Errno EPIPE = new Errno(32);
    /** Resource deadlock avoided. */
    public static final Errno EDEADLK = new Errno(35);
    /** Function not implemented. */
    public static final Errno ENOSYS = new Errno(38);
    /** No data available: work cancelled before it began. */
    public static final Errno ENODATA = new Errno(61);
    /** Timer expired: work that took too long. */
    public static final Errno ETIME = new Errno(62);
    /** Protocol error. */
    public static final Errno EPROTO = new Errno(71);
    /** Bad message. */
    public static final Errno EBADMSG = new Errno(74);
    /** Value too large. */
    public static final Errno EOVERFLOW = new Errno(75);
    /** Message too long. */
    public static final Errno EMSGSIZE = new Errno(90);
    /** Operation not supported. */
    public static final Errno EOPNOTSUPP = new Errno(95);
    /** Address in use. */
    public static final Errno EADDRINUSE = new Errno(98);
    /** Connection reset by the peer. */
    public static final Errno ECONNRESET = new Errno(104);
    /** Timed out. */
    public static final Errno ETIMEDOUT = new Errno(110);
    /** Connection refused. */
    public static final Errno ECONNREFUSED = new Errno(111);
    /** Already in progress, or already held. */
    public static final Errno EALREADY = new Errno(114);
    /** Cancelled. */
    public static final Errno ECANCELED = new Errno(125);
    /** The owner died: what a fence of a dead process carries. */
    public static final Errno EOWNERDEAD = new Errno(130);

    /** The largest error number. */
    public static final int MAX = 4095;

    private static final Map<Integer, String> SYMBOLS = Map.ofEntries(
            Map.entry(1, "EPERM"),
            Map.entry(2, "ENOENT"),
            Map.entry(3, "ESRCH"),
            Map.entry(4, "EINTR"),
            Map.entry(5, "EIO"),
            Map.entry(9, "EBADF"),
            Map.entry(11, "EAGAIN"),
            Map.entry(12, "ENOMEM"),
            Map.entry(13, "EACCES"),
            Map.entry(14, "EFAULT"),
            Map.entry(16, "EBUSY"),
            Map.entry(17, "EEXIST"),
            Map.entry(19, "ENODEV"),
            Map.entry(22, "EINVAL"),
            Map.entry(23, "ENFILE"),
            Map.entry(24, "EMFILE"),
            Map.entry(25, "ENOTTY"),
            Map.entry(28, "ENOSPC"),
            Map.entry(29, "ESPIPE"),
            Map.entry(32, "EPIPE"),
            Map.entry(35, "EDEADLK"),
            Map.entry(38, "ENOSYS"),
            Map.entry(61, "ENODATA"),
            Map.entry(62, "ETIME"),
            Map.entry(71, "EPROTO"),
            Map.entry(74, "EBADMSG"),
            Map.entry(75, "EOVERFLOW"),
            Map.entry(90, "EMSGSIZE"),
            Map.entry(95, "EOPNOTSUPP"),
            Map.entry(98, "EADDRINUSE"),
            Map.entry(104, "ECONNRESET"),
            Map.entry(110, "ETIMEDOUT"),
            Map.entry(111, "ECONNREFUSED"),
            Map.entry(114, "EALREADY"),
            Map.entry(125, "ECANCELED"),
            Map.entry(130, "EOWNERDEAD"));

    /**
     * Checks the number.
     *
     * @throws IllegalArgumentException if the number is outside 1 to 4095
     */
    public Errno {
        if (number < 1 || number > MAX) {
            throw new IllegalArgumentException("an error number lies between 1 and " + MAX + ", not " + number);
        }
    }

    /**
     * The C name.
     *
     * @return the name, such as {@code ENOENT}, or {@code errno 77} where this library has none
     */
    public String symbol() {
        String symbol = SYMBOLS.get(number);
        return symbol != null ? symbol : "errno " + number;
    }

    @Override
    public String toString() {
        return symbol();
    }
}
