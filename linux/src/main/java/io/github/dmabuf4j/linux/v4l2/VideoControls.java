package io.github.dmabuf4j.linux.v4l2;

import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.linux.SystemCallException;
import io.github.dmabuf4j.linux.ioctl.CValue;
import io.github.dmabuf4j.linux.ioctl.Ioctl;
import io.github.dmabuf4j.linux.ioctl.VideoUapi;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The knobs of a {@link VideoDevice}. All methods may be called from any thread. */
public final class VideoControls {
    private static final Ioctl<Control> QUERYCTRL = Ioctl.of(
            "VIDIOC_QUERYCTRL", VideoUapi.VIDIOC_QUERYCTRL, VideoUapi.CONTROL_QUERY, (_, answer) -> control(answer));
    private static final Ioctl<Integer> G_CTRL =
            Ioctl.of("VIDIOC_G_CTRL", VideoUapi.VIDIOC_G_CTRL, VideoUapi.CONTROL, (_, answer) -> answer.get("value"));
    private static final Ioctl<Integer> S_CTRL =
            Ioctl.of("VIDIOC_S_CTRL", VideoUapi.VIDIOC_S_CTRL, VideoUapi.CONTROL, (_, answer) -> answer.get("value"));

    private final VideoDevice device;

    VideoControls(VideoDevice device) {
        this.device = device;
    }

    /**
     * A knob.
     *
     * @param id its number
     * @param name the driver's words
     * @param minimum the smallest value
     * @param maximum the greatest value
     * @param standard the value that it has in the beginning
     * @param usable whether it can be used now
     */
    public record Control(int id, String name, int minimum, int maximum, int standard, boolean usable) {}

    private static Control control(CValue answer) {
        return new Control(
                answer.get("id"),
                answer.text("name", 32),
                answer.get("minimum"),
                answer.get("maximum"),
                answer.get("default_value"),
                (answer.get("flags") & VideoUapi.V4L2_CTRL_FLAG_DISABLED) == 0);
    }

    /**
     * All controls; the headings between them are among them.
     *
     * @return the controls by their numbers
     * @throws SystemCallException if the device was unplugged (ENODEV)
     */
    public List<Control> all() throws SystemCallException {
        List<Control> controls = new ArrayList<>();
        while (true) {
            int before = controls.isEmpty() ? 0 : controls.getLast().id();
            try {
                controls.add(device.call(
                        QUERYCTRL, "", argument -> argument.set("id", before | VideoUapi.V4L2_CTRL_FLAG_NEXT_CTRL)));
            } catch (SystemCallException e) {
                if (e.errno().equals(Errno.EINVAL) || e.errno().equals(Errno.ENOTTY)) {
                    return List.copyOf(controls);
                }
                throw e;
            }
        }
    }

    /**
     * Finds a control.
     *
     * @param name the driver's words
     * @return the control, empty if there is none
     * @throws SystemCallException if the device was unplugged (ENODEV)
     */
    public Optional<Control> find(String name) throws SystemCallException {
        return all().stream().filter(control -> control.name().equals(name)).findFirst();
    }

    /**
     * The value of a control.
     *
     * @param control the control
     * @return its value
     * @throws SystemCallException if it has none (EINVAL, EACCES)
     */
    public int get(Control control) throws SystemCallException {
        return device.call(
                G_CTRL,
                "cannot ask " + device + " for \"" + control.name() + "\"",
                argument -> argument.set("id", control.id()));
    }

    /**
     * Sets a control.
     *
     * @param control the control
     * @param value the value; one that is out of range becomes the nearest, or is refused
     * @return the value that it has now
     * @throws SystemCallException if it is refused (ERANGE, EINVAL, EBUSY, EACCES)
     */
    public int set(Control control, int value) throws SystemCallException {
        return device.call(
                S_CTRL,
                "cannot set \"" + control.name() + "\" of " + device + " to " + value,
                argument -> argument.set("id", control.id()).set("value", value));
    }
}
