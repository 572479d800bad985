package io.github.dmabuf4j.linux;

import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.linux.sys.Sockets;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The path of a socket as the kernel wants it, and sentences about paths that do not work. */
final class SocketPath {
    private SocketPath() {}

    static byte[] bytes(Path path) throws IOException {
        String encoding = System.getProperty("sun.jnu.encoding");
        Charset charset =
                encoding != null && Charset.isSupported(encoding) ? Charset.forName(encoding) : StandardCharsets.UTF_8;
        byte[] bytes = path.toString().getBytes(charset);
        if (bytes.length == 0) {
            throw new IOException("the path of a socket is empty");
        }
        if (bytes.length > Sockets.MAX_PATH_BYTES) {
            throw new IOException(
                    "the socket path '" + path + "' has " + bytes.length + " bytes and the kernel takes at most "
                            + Sockets.MAX_PATH_BYTES + "; use a shorter one, or one relative to the current folder");
        }
        return bytes;
    }

    static String whyNotConnected(Path path, Errno errno) {
        if (errno.equals(Errno.ENOENT)) {
            return "there is no socket '" + path + "'; is the other side started?";
        }
        if (errno.equals(Errno.ECONNREFUSED)) {
            return "nobody listens at the socket '" + path + "' any more; start the other side";
        }
        if (errno.equals(Errno.EACCES)) {
            return "no permission to connect to the socket '" + path + "'; it belongs to another user";
        }
        if (errno.equals(Errno.EAGAIN)) {
            return "too many wait to be accepted at the socket '" + path + "'; try again later";
        }
        return "cannot connect to the socket '" + path + "'";
    }
}
