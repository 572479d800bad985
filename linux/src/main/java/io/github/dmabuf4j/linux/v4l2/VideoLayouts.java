package io.github.dmabuf4j.linux.v4l2;

import io.github.dmabuf4j.buffer.Fourcc;
import io.github.dmabuf4j.buffer.ImageLayout;
import io.github.dmabuf4j.buffer.Modifier;
import io.github.dmabuf4j.buffer.Plane;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * V4L2's formats under their names in DRM. The two have letters of their own: where V4L2 counts bytes in memory, DRM counts bits of
 * a little-endian word. A format with an M at its end lies in one buffer for each plane.
 */
final class VideoLayouts {
    /**
     * A format in DRM.
     *
     * @param name its four letters
     * @param strideDivisor by how much the rows of colour planes are shorter than those of the first
     * @param rowDivisor by how much colour planes have fewer rows
     * @param planes how many planes there are
     */
    private record Meaning(String name, int strideDivisor, int rowDivisor, int planes) {}

    private static final Map<String, Meaning> MEANINGS = Map.ofEntries(
            packed("YUYV", "YUYV"),
            packed("UYVY", "UYVY"),
            packed("YVYU", "YVYU"),
            packed("VYUY", "VYUY"),
            packed("GREY", "R8"),
            packed("RGBP", "RG16"),
            packed("RGB3", "BG24"),
            packed("BGR3", "RG24"),
            packed("BGR4", "XR24"),
            packed("RGB4", "BX24"),
            packed("XR24", "XR24"),
            packed("AR24", "AR24"),
            packed("XB24", "XB24"),
            packed("AB24", "AB24"),
            packed("BX24", "BX24"),
            packed("BA24", "BA24"),
            packed("RX24", "RX24"),
            packed("RA24", "RA24"),
            planar("NV12", "NV12", 1, 2, 2),
            planar("NM12", "NV12", 1, 2, 2),
            planar("NV21", "NV21", 1, 2, 2),
            planar("NM21", "NV21", 1, 2, 2),
            planar("NV16", "NV16", 1, 1, 2),
            planar("NM16", "NV16", 1, 1, 2),
            planar("NV61", "NV61", 1, 1, 2),
            planar("NM61", "NV61", 1, 1, 2),
            planar("YU12", "YU12", 2, 2, 3),
            planar("YM12", "YU12", 2, 2, 3),
            planar("YV12", "YV12", 2, 2, 3),
            planar("YM21", "YV12", 2, 2, 3),
            planar("422P", "YU16", 2, 1, 3),
            planar("YM16", "YU16", 2, 1, 3),
            planar("YM61", "YV16", 2, 1, 3),
            planar("YM24", "YU24", 1, 1, 3),
            planar("YM42", "YV24", 1, 1, 3));

    private VideoLayouts() {}

    private static Map.Entry<String, Meaning> packed(String video, String name) {
        return planar(video, name, 1, 1, 1);
    }

    private static Map.Entry<String, Meaning> planar(
            String video, String name, int strideDivisor, int rowDivisor, int planes) {
        return Map.entry(video, new Meaning(name, strideDivisor, rowDivisor, planes));
    }

    static Optional<ImageLayout> of(VideoFormat format) {
        Meaning meaning = MEANINGS.get(format.letters());
        List<VideoFormat.BufferFormat> buffers = format.planes();
        if (meaning == null || (buffers.size() != 1 && buffers.size() != meaning.planes())) {
            return Optional.empty();
        }
        List<Plane> planes = new ArrayList<>();
        long offset = 0;
        for (int i = 0; i < meaning.planes(); i++) {
            boolean ownBuffer = buffers.size() > 1;
            int stride = ownBuffer ? buffers.get(i).stride() : format.stride() / (i == 0 ? 1 : meaning.strideDivisor());
            if (stride <= 0) {
                return Optional.empty(); // a driver that says nothing about rows
            }
            int rows = i == 0 ? format.height() : Math.ceilDiv(format.height(), meaning.rowDivisor());
            planes.add(new Plane(ownBuffer ? i : 0, ownBuffer ? 0 : offset, stride, rows));
            offset += (long) stride * rows;
        }
        return Optional.of(
                new ImageLayout(format.width(), format.height(), Fourcc.of(meaning.name()), Modifier.LINEAR, planes));
    }
}
