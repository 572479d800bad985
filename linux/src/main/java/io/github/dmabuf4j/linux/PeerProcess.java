package io.github.dmabuf4j.linux;

import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.linux.sys.Events;
import io.github.dmabuf4j.linux.sys.Processes;
import io.github.dmabuf4j.linux.sys.Sockets;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The process at the other end of a connection, held by a descriptor (pidfd): its number cannot come to mean another
 * process, and its death is an event. The end of the stream is no death: a process can close a socket and live on.
 *
 * <p>Linux 6.5 and newer give the descriptor of exactly the process that connected. Older kernels give only its number,
 * which is looked up when this object is made; a number that was reused just before cannot be told apart there.
 *
 * <p>All methods may be called from any thread.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/pidfd_open.2.html">pidfd_open(2)</a>
 */
public final class PeerProcess implements AutoCloseable {
    private static final int ENOPROTOOPT = 92;
    private static final int SIGKILL = 9;

    private final int pid;
    // null: the process had died before anybody asked.
    private final @Nullable OwnedFd pidfd;
    private final List<FdRegistration> watches = new ArrayList<>();
    private boolean closed;

    private PeerProcess(int pid, @Nullable OwnedFd pidfd) {
        this.pid = pid;
        this.pidfd = pidfd;
    }

    /**
     * The process that made the other end of a connection.
     *
     * @param socket the connection
     * @return the process, which may be dead already; the caller closes it
     * @throws IOException if the process is in another process namespace, or the limit of open files is reached
     */
    public static PeerProcess of(UnixSocket socket) throws IOException {
        PeerCredentials credentials = socket.peerCredentials();
        int answer = peerPidfd(socket);
        if (answer == -ENOPROTOOPT) {
            if (credentials.pid() <= 0) {
                throw new IOException("the process at the other end is in another process namespace, where its death"
                        + " cannot be watched; run both in one container, or use Linux 6.5 or newer");
            }
            answer = Processes.pidfdOpen(credentials.pid());
        }
        return of(credentials.pid(), answer);
    }

    private static int peerPidfd(UnixSocket socket) {
        OwnedFd fd = socket.owned();
        fd.enter();
        try {
            return Sockets.peerPidfd(fd.number());
        } finally {
            fd.leave();
        }
    }

    /** Whether the kernel can give a descriptor of exactly the process that connected. */
    static boolean isExact(UnixSocket socket) {
        int answer = peerPidfd(socket);
        if (answer >= 0) {
            OwnedFd.of(answer).close();
        }
        return answer >= 0;
    }

    /**
     * A process by its number, such as a child of this process.
     *
     * @param pid the number
     * @return the process, which may be dead already; the caller closes it
     * @throws IOException if the limit of open files is reached
     */
    public static PeerProcess of(long pid) throws IOException {
        return of(Math.toIntExact(pid), Processes.pidfdOpen(Math.toIntExact(pid)));
    }

    private static PeerProcess of(int pid, int answer) throws IOException {
        // EINVAL is what some kernels answer for a process that is gone, too.
        if (SystemCallException.is(answer, Errno.ESRCH) || SystemCallException.is(answer, Errno.EINVAL)) {
            return new PeerProcess(pid, null);
        }
        return new PeerProcess(
                pid, OwnedFd.of(SystemCallException.check(answer, "pidfd_open", "cannot watch the process " + pid)));
    }

    /**
     * The number of the process.
     *
     * @return the number, as this process's namespace sees it; 0 if it cannot be seen from here
     */
    public int pid() {
        return pid;
    }

    /**
     * Whether the process lives now.
     *
     * @return false once it has ended, for whatever reason
     * @throws IllegalStateException if this object is closed
     */
    public boolean isAlive() {
        if (pidfd == null) {
            return false;
        }
        pidfd.enter();
        try {
            return Events.isReadable(pidfd.number()) != 1;
        } finally {
            pidfd.leave();
        }
    }

    /**
     * Calls back once when the process has ended; at once, in this thread, if it has already.
     *
     * @param action what to call, on the thread of the {@link FdDispatcher}; must not block
     * @throws SystemCallException if the limit of open files is reached
     * @throws IllegalStateException if this object is closed
     */
    public void onDeath(Runnable action) throws IOException {
        if (pidfd == null) {
            action.run();
            return;
        }
        synchronized (watches) {
            if (closed) {
                throw new IllegalStateException("the watch of process " + pid + " is closed");
            }
            FdRegistration registration =
                    FdDispatcher.shared().register(pidfd.borrow(), FdInterest.READABLE, new DeathWatch(action));
            registration.once();
            watches.add(registration);
        }
    }

    private static final class DeathWatch implements Runnable {
        private final Runnable action;
        private boolean done;

        DeathWatch(Runnable action) {
            this.action = action;
        }

        // Only the dispatcher's thread runs it. It may come twice if the process died before the registration was told
        // to end after the first time.
        @Override
        public void run() {
            if (!done) {
                done = true;
                action.run();
            }
        }
    }

    /**
     * Ends the process at once, as {@code kill -9} does: for tests and for children.
     *
     * @throws SystemCallException EPERM if it belongs to another user
     */
    public void kill() throws IOException {
        if (pidfd == null) {
            return;
        }
        pidfd.enter();
        try {
            int answer = Processes.pidfdSendSignal(pidfd.number(), SIGKILL);
            if (!SystemCallException.is(answer, Errno.ESRCH)) {
                SystemCallException.check(answer, "pidfd_send_signal", "cannot end the process " + pid);
            }
        } finally {
            pidfd.leave();
        }
    }

    /** Ends the watch; callbacks that have not run will not run. The process is not touched. Idempotent. */
    @Override
    public void close() {
        List<FdRegistration> ended;
        synchronized (watches) {
            closed = true;
            ended = List.copyOf(watches);
            watches.clear();
        }
        ended.forEach(FdRegistration::close);
        if (pidfd != null) {
            pidfd.close();
        }
    }

    @Override
    public String toString() {
        return "process " + pid;
    }
}
