package io.github.dmabuf4j.linux.kms;

import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.linux.SystemCallException;

/** Another program shows pictures on the device, or this one may not: only one at a time is the device's master. */
public final class NotMasterException extends SystemCallException {
    private static final long serialVersionUID = 1L;

    NotMasterException(String call, Errno errno, String sentence) {
        super(
                call,
                errno,
                sentence + ": this program is not the master of the device; end the one that is (a desktop, a"
                        + " console with graphics), or open the node of a card and not that of a renderer");
    }
}
