package io.github.dmabuf4j.linux;

/**
 * Who a process is, as the kernel says.
 *
 * @param pid the process number, as this process's namespace sees it; 0 if it cannot be seen from here
 * @param uid the effective user number
 * @param gid the effective group number
 * @see <a href="https://man7.org/linux/man-pages/man7/unix.7.html">unix(7), SO_PEERCRED and SCM_CREDENTIALS</a>
 */
public record PeerCredentials(int pid, int uid, int gid) {
    static PeerCredentials of(int[] credentials) {
        return new PeerCredentials(credentials[0], credentials[1], credentials[2]);
    }
}
