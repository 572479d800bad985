package io.github.dmabuf4j.linux.v4l2;

import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.linux.SystemCallException;
import io.github.dmabuf4j.linux.ioctl.CValue;
import io.github.dmabuf4j.linux.ioctl.Ioctl;
import io.github.dmabuf4j.linux.ioctl.VideoUapi;
import java.util.Optional;

/**
 * What happens to a {@link VideoDevice} beside its pictures. Each open device hears only of what it subscribed to, and not of what it
 * did itself. All methods may be called from any thread; none waits: look between two pictures.
 */
public final class VideoEvents {
    private static final Ioctl<Boolean> SUBSCRIBE =
            Ioctl.of("VIDIOC_SUBSCRIBE_EVENT", VideoUapi.VIDIOC_SUBSCRIBE_EVENT, VideoUapi.EVENT_SUBSCRIPTION);
    private static final Ioctl<VideoEvent> DQEVENT = Ioctl.of(
                    "VIDIOC_DQEVENT", VideoUapi.VIDIOC_DQEVENT, VideoUapi.EVENT, (_, answer) -> event(answer))
            .answeringAgain();

    private final VideoDevice device;

    VideoEvents(VideoDevice device) {
        this.device = device;
    }

    private static VideoEvent event(CValue answer) {
        VideoEvent.Kind kind = switch (answer.get("type")) {
            case VideoUapi.V4L2_EVENT_CTRL -> VideoEvent.Kind.CONTROL;
            case VideoUapi.V4L2_EVENT_SOURCE_CHANGE -> VideoEvent.Kind.SOURCE_CHANGE;
            default -> VideoEvent.Kind.OTHER;
        };
        return new VideoEvent(
                kind, answer.get("id"), answer.get("pending"), Integer.toUnsignedLong(answer.get("sequence")));
    }

    /**
     * Wants to hear when what the device captures changes.
     *
     * @throws SystemCallException if the device knows no such event (EINVAL, ENOTTY)
     */
    public void subscribeToSourceChanges() throws SystemCallException {
        subscribe(VideoUapi.V4L2_EVENT_SOURCE_CHANGE, 0, "changes of its source");
    }

    /**
     * Wants to hear when a control changes.
     *
     * @param control the control
     * @throws SystemCallException if the device knows no such event (EINVAL, ENOTTY)
     */
    public void subscribeTo(VideoControls.Control control) throws SystemCallException {
        subscribe(VideoUapi.V4L2_EVENT_CTRL, control.id(), "\"" + control.name() + "\"");
    }

    private void subscribe(int type, int id, String what) throws SystemCallException {
        device.call(
                SUBSCRIBE,
                device + " does not tell of " + what,
                argument -> argument.set("type", type).set("id", id));
    }

    /**
     * Takes the next event.
     *
     * @return the event, empty if there is none now
     * @throws SystemCallException if the device was unplugged (ENODEV)
     */
    public Optional<VideoEvent> next() throws SystemCallException {
        try {
            return Optional.of(device.call(DQEVENT, device + " gives no event", _ -> {}));
        } catch (SystemCallException e) {
            if (e.errno().equals(Errno.ENOENT) || e.errno().equals(Errno.EAGAIN)) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
