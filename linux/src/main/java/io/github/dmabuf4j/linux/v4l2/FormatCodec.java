package io.github.dmabuf4j.linux.v4l2;

import io.github.dmabuf4j.linux.ioctl.CValue;
import io.github.dmabuf4j.linux.ioctl.VideoUapi;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** Formats as the kernel's structure has them, in its two ways: pictures in one piece, and each plane in a buffer of its own. */
final class FormatCodec {
    private FormatCodec() {}

    static void write(VideoFormat format, int type, CValue argument) {
        argument.set("type", type);
        if (!isPlanar(type)) {
            argument.inner("fmt", VideoUapi.PIX_FORMAT)
                    .set("width", format.width())
                    .set("height", format.height())
                    .set("pixelformat", format.pixelFormat())
                    .set("bytesperline", format.stride())
                    .set("sizeimage", format.size())
                    .set("field", VideoUapi.V4L2_FIELD_NONE);
            return;
        }
        CValue picture = argument.inner("fmt", VideoUapi.PIX_FORMAT_MPLANE)
                .set("width", format.width())
                .set("height", format.height())
                .set("pixelformat", format.pixelFormat())
                .set("field", VideoUapi.V4L2_FIELD_NONE);
        int count = Math.min(format.planes().size(), VideoUapi.VIDEO_MAX_PLANES);
        picture.memory().set(ValueLayout.JAVA_BYTE, VideoUapi.PIX_FORMAT_MPLANE.offset("num_planes"), (byte) count);
        for (int i = 0; i < count; i++) {
            VideoFormat.BufferFormat plane = format.planes().get(i);
            plane(picture, i).set("bytesperline", plane.stride()).set("sizeimage", plane.size());
        }
    }

    static VideoFormat read(CValue answer) {
        if (!isPlanar(answer.get("type"))) {
            CValue picture = answer.inner("fmt", VideoUapi.PIX_FORMAT);
            return new VideoFormat(
                    picture.get("width"),
                    picture.get("height"),
                    picture.get("pixelformat"),
                    picture.get("bytesperline"),
                    picture.get("sizeimage"));
        }
        CValue picture = answer.inner("fmt", VideoUapi.PIX_FORMAT_MPLANE);
        int said = picture.memory().get(ValueLayout.JAVA_BYTE, VideoUapi.PIX_FORMAT_MPLANE.offset("num_planes"));
        int count = Math.clamp(said, 1, VideoUapi.VIDEO_MAX_PLANES);
        List<VideoFormat.BufferFormat> planes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            CValue plane = plane(picture, i);
            planes.add(new VideoFormat.BufferFormat(plane.get("bytesperline"), plane.get("sizeimage")));
        }
        return new VideoFormat(picture.get("width"), picture.get("height"), picture.get("pixelformat"), planes);
    }

    static boolean isPlanar(int type) {
        return type == VideoUapi.V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE
                || type == VideoUapi.V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE;
    }

    private static CValue plane(CValue picture, int index) {
        MemorySegment planes = picture.memory().asSlice(VideoUapi.PIX_FORMAT_MPLANE.offset("plane_fmt"));
        return VideoUapi.PLANE_PIX_FORMAT.element(planes, index);
    }
}
