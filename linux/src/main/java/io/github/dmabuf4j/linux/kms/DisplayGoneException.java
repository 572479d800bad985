package io.github.dmabuf4j.linux.kms;

import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.linux.SystemCallException;

/** The device, or a part of it that was used, was unplugged: close what belongs to it. */
public final class DisplayGoneException extends SystemCallException {
    private static final long serialVersionUID = 1L;

    DisplayGoneException(String call, Errno errno, String sentence) {
        super(call, errno, sentence + ": it was unplugged; close it and look for others");
    }
}
