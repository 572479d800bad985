package io.github.dmabuf4j.linux.ioctl;

import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.linux.OwnedFd;
import io.github.dmabuf4j.linux.SystemCallException;
import io.github.dmabuf4j.linux.sys.Devices;
import java.nio.file.Path;

/** Opens device nodes, and says in words why that failed. */
public final class DeviceNode {
    private DeviceNode() {}

    /**
     * Opens a node for reading and writing.
     *
     * @param path the node
     * @param nonBlocking whether calls that would have to wait answer EAGAIN
     * @param whenMissing what to do when there is none
     * @return the descriptor, owned by the caller
     * @throws SystemCallException if there is none, or no permission
     */
    public static OwnedFd open(Path path, boolean nonBlocking, String whenMissing) throws SystemCallException {
        int number;
        do {
            number = Devices.open(path.toString(), nonBlocking);
        } while (number == -Errno.EINTR.number());
        if (number >= 0) {
            return OwnedFd.adopt(number);
        }
        Errno errno = new Errno(-number);
        String advice = "";
        if (errno.equals(Errno.ENOENT) || errno.equals(Errno.ENODEV)) {
            advice = ": " + whenMissing;
        } else if (errno.equals(Errno.EACCES) || errno.equals(Errno.EPERM)) {
            advice = ": no permission; join the group that owns it";
        }
        throw new SystemCallException("open", errno, "cannot open " + path + advice);
    }

    /**
     * Becomes the owner of a descriptor that a driver just gave.
     *
     * @param number the descriptor
     * @return the owner
     */
    public static OwnedFd given(int number) {
        try {
            return OwnedFd.adopt(number);
        } catch (SystemCallException e) {
            throw new AssertionError("the driver gave a descriptor that is not open", e);
        }
    }
}
