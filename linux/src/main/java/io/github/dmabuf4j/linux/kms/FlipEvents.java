package io.github.dmabuf4j.linux.kms;

import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.linux.BorrowedFd;
import io.github.dmabuf4j.linux.FdDispatcher;
import io.github.dmabuf4j.linux.FdInterest;
import io.github.dmabuf4j.linux.FdRegistration;
import io.github.dmabuf4j.linux.SystemCallException;
import io.github.dmabuf4j.linux.ioctl.CValue;
import io.github.dmabuf4j.linux.ioctl.KmsUapi;
import io.github.dmabuf4j.linux.sys.Devices;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the events of a device on the dispatcher's thread and gives each to the flip that waits for it. Flips are told apart by
 * numbers that are never used again.
 */
final class FlipEvents implements AutoCloseable {
    private static final Logger LOGGER = System.getLogger(FlipEvents.class.getName());
    // The kernel gives whole events only, and as many as fit.
    private static final int ROOM = 4096;
    private static final long NANOS = 1_000_000_000L;

    private final BorrowedFd fd;
    private final Map<Long, Flip> waiting = new HashMap<>();
    private long tokens;
    private long strays;
    private @Nullable FdRegistration registration;
    private @Nullable Errno over;

    FlipEvents(BorrowedFd fd) {
        this.fd = fd;
    }

    /** A number for a flip, which gets its event. */
    synchronized long expect(Flip flip) throws SystemCallException {
        if (over != null) {
            if (over.equals(Errno.ENODEV)) {
                throw new DisplayGoneException("read", over, "nothing is reported by the display any more");
            }
            throw new IllegalStateException("the device is closed");
        }
        if (registration == null) {
            registration = FdDispatcher.shared().register(fd, FdInterest.READABLE, this::readable);
        }
        waiting.put(++tokens, flip);
        return tokens;
    }

    /** The flip was refused: no event will come. */
    synchronized void forget(long token) {
        waiting.remove(token);
    }

    synchronized long strays() {
        return strays;
    }

    private void readable() {
        long length;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(ROOM, Long.BYTES);
            length = fd.use(
                    number -> (Devices.poll(number, Devices.IN) & Devices.IN) != 0 ? Devices.read(number, bytes) : 0L);
            if (length > 0) {
                parse(bytes.asSlice(0, length));
                return;
            }
        } catch (IllegalStateException deviceClosed) {
            return;
        }
        if (length == 0 || (length != -Errno.EAGAIN.number() && length != -Errno.EINTR.number())) {
            LOGGER.log(Level.WARNING, "a display reports no events any more; was it unplugged?");
            fail(Errno.ENODEV);
        }
    }

    /** All events of an answer; a length that cannot be ends it. */
    void parse(MemorySegment bytes) {
        long at = 0;
        while (bytes.byteSize() - at >= KmsUapi.EVENT.size()) {
            CValue head = KmsUapi.EVENT.element(bytes.asSlice(at), 0);
            long length = Integer.toUnsignedLong(head.get("length"));
            if (length < KmsUapi.EVENT.size() || length > bytes.byteSize() - at) {
                break;
            }
            if (head.get("type") == KmsUapi.DRM_EVENT_FLIP_COMPLETE && length >= KmsUapi.EVENT_VBLANK.size()) {
                deliver(KmsUapi.EVENT_VBLANK.element(bytes.asSlice(at), 0));
            } else {
                stray("of type " + head.get("type"));
            }
            at += length;
        }
        if (at != bytes.byteSize()) {
            stray("of a length that cannot be");
        }
    }

    private void deliver(CValue event) {
        Flip flip;
        synchronized (this) {
            flip = waiting.remove(event.getLong("user_data"));
        }
        if (flip == null) {
            stray("for number " + event.getLong("user_data"));
            return;
        }
        int crtc = event.get("crtc_id");
        if (crtc != 0 && crtc != flip.crtc()) { // 0 before Linux 4.12
            flip.failed(Errno.EPROTO);
            return;
        }
        long time = Integer.toUnsignedLong(event.get("tv_sec")) * NANOS
                + Integer.toUnsignedLong(event.get("tv_usec")) * 1000;
        flip.completed(new FlipEvent(time, Integer.toUnsignedLong(event.get("sequence"))));
    }

    private void stray(String what) {
        boolean first;
        synchronized (this) {
            first = strays++ == 0;
        }
        if (first) { // the others are counted
            LOGGER.log(Level.WARNING, "a display reports an event that nobody waits for: " + what);
        }
    }

    private void fail(Errno error) {
        Map<Long, Flip> left;
        FdRegistration watch;
        synchronized (this) {
            left = Map.copyOf(waiting);
            waiting.clear();
            over = over == null ? error : over;
            watch = registration;
            registration = null;
        }
        if (watch != null) {
            watch.close();
        }
        left.values().forEach(flip -> flip.failed(error));
    }

    /** Ends all that wait. */
    @Override
    public void close() {
        fail(Errno.ECANCELED);
    }
}
