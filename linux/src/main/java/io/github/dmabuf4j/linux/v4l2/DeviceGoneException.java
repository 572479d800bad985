package io.github.dmabuf4j.linux.v4l2;

import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.linux.SystemCallException;

/**
 * A device was unplugged, or its driver went away, while it was open. Nothing works any more but closing what belongs to it; buffers
 * that others hold live on.
 */
public final class DeviceGoneException extends SystemCallException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param call what the kernel refused
     * @param device the device, for people
     */
    public DeviceGoneException(String call, String device) {
        super(call, Errno.ENODEV, device + " was unplugged");
    }
}
