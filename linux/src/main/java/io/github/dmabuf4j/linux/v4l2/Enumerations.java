package io.github.dmabuf4j.linux.v4l2;

import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.linux.SystemCallException;
import io.github.dmabuf4j.linux.ioctl.CValue;
import io.github.dmabuf4j.linux.ioctl.Ioctl;
import io.github.dmabuf4j.linux.ioctl.VideoUapi;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What drivers list: formats, sizes, times. They are asked for one after the other, until there is none (EINVAL). */
final class Enumerations {
    private static final Ioctl<FormatInfo> ENUM_FMT = Ioctl.of(
            "VIDIOC_ENUM_FMT",
            VideoUapi.VIDIOC_ENUM_FMT,
            VideoUapi.FORMAT_DESCRIPTION,
            (_, answer) -> new FormatInfo(
                    VideoFormat.letters(answer.get("pixelformat")),
                    answer.text("description", 32),
                    (answer.get("flags") & VideoUapi.V4L2_FMT_FLAG_COMPRESSED) != 0));
    private static final Ioctl<FrameSize> ENUM_FRAMESIZES = Ioctl.of(
            "VIDIOC_ENUM_FRAMESIZES",
            VideoUapi.VIDIOC_ENUM_FRAMESIZES,
            VideoUapi.FRAME_SIZE,
            (_, answer) -> size(answer));
    private static final Ioctl<List<FrameInterval>> ENUM_FRAMEINTERVALS = Ioctl.of(
            "VIDIOC_ENUM_FRAMEINTERVALS",
            VideoUapi.VIDIOC_ENUM_FRAMEINTERVALS,
            VideoUapi.FRAME_INTERVAL,
            (_, answer) -> intervals(answer));
    private static final Ioctl<FrameInterval> G_PARM = Ioctl.of(
            "VIDIOC_G_PARM", VideoUapi.VIDIOC_G_PARM, VideoUapi.STREAM_PARAMETERS, (_, answer) -> interval(answer));
    private static final Ioctl<FrameInterval> S_PARM = Ioctl.of(
            "VIDIOC_S_PARM", VideoUapi.VIDIOC_S_PARM, VideoUapi.STREAM_PARAMETERS, (_, answer) -> interval(answer));

    private Enumerations() {}

    /** One of a list. */
    private interface Question<R> {
        R ask(int index) throws SystemCallException;
    }

    private static <R> List<R> all(Question<R> question) throws SystemCallException {
        List<R> answers = new ArrayList<>();
        while (true) {
            try {
                answers.add(question.ask(answers.size()));
            } catch (SystemCallException e) {
                // A driver that keeps no such list does not know the request.
                if (e.errno().equals(Errno.EINVAL) || e.errno().equals(Errno.ENOTTY)) {
                    return List.copyOf(answers);
                }
                throw e;
            }
        }
    }

    static List<FormatInfo> formats(VideoDevice device, Direction direction) throws SystemCallException {
        return all(index -> device.call(
                ENUM_FMT, "", argument -> argument.set("index", index).set("type", device.type(direction))));
    }

    static List<FrameSize> sizes(VideoDevice device, String pixelFormat) throws SystemCallException {
        int code = VideoFormat.code(pixelFormat);
        return all(index -> device.call(
                ENUM_FRAMESIZES, "", argument -> argument.set("index", index).set("pixel_format", code)));
    }

    static List<FrameInterval> intervals(VideoDevice device, String pixelFormat, int width, int height)
            throws SystemCallException {
        int code = VideoFormat.code(pixelFormat);
        return all(index -> device.call(
                        ENUM_FRAMEINTERVALS,
                        "",
                        argument -> argument.set("index", index)
                                .set("pixel_format", code)
                                .set("width", width)
                                .set("height", height)))
                .stream()
                .flatMap(List::stream)
                .toList();
    }

    static FrameInterval interval(VideoDevice device, @Nullable FrameInterval wanted) throws SystemCallException {
        try {
            return device.call(
                    wanted == null ? G_PARM : S_PARM,
                    "cannot " + (wanted == null ? "ask " : "set ") + device + " for the time between pictures",
                    argument -> {
                        argument.set("type", device.type(Direction.CAPTURE));
                        if (wanted != null) {
                            time(argument)
                                    .set("numerator", wanted.numerator())
                                    .set("denominator", wanted.denominator());
                        }
                    });
        } catch (SystemCallException e) {
            if (e.errno().equals(Errno.ENOTTY) || e.errno().equals(Errno.EINVAL)) {
                return new FrameInterval(0, 1);
            }
            throw e;
        }
    }

    private static FrameSize size(CValue answer) {
        CValue steps = answer.inner("stepwise", VideoUapi.FRAME_SIZE_STEPS);
        if (answer.get("type") == VideoUapi.V4L2_FRMSIZE_TYPE_DISCRETE) {
            return FrameSize.of(steps.get("min_width"), steps.get("max_width"));
        }
        return new FrameSize(
                steps.get("min_width"),
                steps.get("max_width"),
                steps.get("step_width"),
                steps.get("min_height"),
                steps.get("max_height"),
                steps.get("step_height"));
    }

    private static List<FrameInterval> intervals(CValue answer) {
        CValue first = answer.inner("stepwise", VideoUapi.FRACTION);
        FrameInterval shortest = fraction(first);
        if (answer.get("type") == VideoUapi.V4L2_FRMIVAL_TYPE_DISCRETE) {
            return List.of(shortest);
        }
        long next = VideoUapi.FRAME_INTERVAL.offset("stepwise");
        return List.of(
                shortest,
                fraction(VideoUapi.FRACTION.element(answer.memory().asSlice(next, 2 * VideoUapi.FRACTION.size()), 1)));
    }

    private static CValue time(CValue parameters) {
        return parameters.inner("parm", VideoUapi.CAPTURE_PARAMETERS).inner("timeperframe", VideoUapi.FRACTION);
    }

    private static FrameInterval interval(CValue answer) {
        int capability = answer.inner("parm", VideoUapi.CAPTURE_PARAMETERS).get("capability");
        return (capability & VideoUapi.V4L2_CAP_TIMEPERFRAME) == 0 ? new FrameInterval(0, 1) : fraction(time(answer));
    }

    private static FrameInterval fraction(CValue fraction) {
        return new FrameInterval(fraction.get("numerator"), fraction.get("denominator"));
    }
}
