package io.github.dmabuf4j.linux.kms;

import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.linux.BorrowedFd;
import io.github.dmabuf4j.linux.SystemCallException;
import io.github.dmabuf4j.linux.ioctl.Ioctl;

/** Requests about displays, whose refusals have types of their own. */
final class KmsCall {
    private KmsCall() {}

    /** Makes a request. */
    static <R> R call(Ioctl<R> ioctl, BorrowedFd fd, String sentence, Ioctl.Encoder encoder)
            throws SystemCallException {
        try {
            return ioctl.call(fd, sentence, encoder);
        } catch (SystemCallException e) {
            throw typed(e, sentence);
        }
    }

    private static SystemCallException typed(SystemCallException e, String sentence) {
        Errno errno = e.errno();
        if (errno.equals(Errno.EACCES) || errno.equals(Errno.EPERM)) {
            return new NotMasterException(e.call(), errno, sentence);
        }
        return errno.equals(Errno.ENODEV) ? new DisplayGoneException(e.call(), errno, sentence) : e;
    }
}
