package io.github.dmabuf4j.cli.video;

import io.github.dmabuf4j.buffer.Fourcc;
import io.github.dmabuf4j.buffer.ImageLayout;
import io.github.dmabuf4j.buffer.Modifier;
import io.github.dmabuf4j.buffer.Plane;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Paints pictures as cameras give them, rows padded or not: of every pixel that is wanted the one in the middle. */
final class LayoutPainter implements RowPainter {
    /** Where in a pixel red, green and blue are, and how many bytes it has. */
    private record Rgb(int red, int green, int blue, int bytes) {}

    /** Where in two pixels of four bytes brightness begins, and where blue and red difference are. */
    private record Interleaved(int luma, int blue, int red) {}

    /** Which plane and byte has blue and red difference, how far apart they are, and how chroma is halved. */
    private record Planar(int bluePlane, int blue, int redPlane, int red, int step, int across, int down) {}

    private static final Map<String, Rgb> RGB = Map.of(
            "XR24", new Rgb(2, 1, 0, 4),
            "AR24", new Rgb(2, 1, 0, 4),
            "XB24", new Rgb(0, 1, 2, 4),
            "AB24", new Rgb(0, 1, 2, 4),
            "BX24", new Rgb(1, 2, 3, 4),
            "BA24", new Rgb(1, 2, 3, 4),
            "RX24", new Rgb(3, 2, 1, 4),
            "RA24", new Rgb(3, 2, 1, 4),
            "RG24", new Rgb(2, 1, 0, 3),
            "BG24", new Rgb(0, 1, 2, 3));
    private static final Map<String, Interleaved> INTERLEAVED = Map.of(
            "YUYV", new Interleaved(0, 1, 3),
            "YVYU", new Interleaved(0, 3, 1),
            "UYVY", new Interleaved(1, 0, 2),
            "VYUY", new Interleaved(1, 2, 0));
    private static final Map<String, Planar> PLANAR = Map.of(
            "NV12", new Planar(1, 0, 1, 1, 2, 2, 2),
            "NV21", new Planar(1, 1, 1, 0, 2, 2, 2),
            "NV16", new Planar(1, 0, 1, 1, 2, 2, 1),
            "NV61", new Planar(1, 1, 1, 0, 2, 2, 1),
            "YU12", new Planar(1, 0, 2, 0, 1, 2, 2),
            "YV12", new Planar(2, 0, 1, 0, 1, 2, 2),
            "YU16", new Planar(1, 0, 2, 0, 1, 2, 1),
            "YV16", new Planar(2, 0, 1, 0, 1, 2, 1),
            "YU24", new Planar(1, 0, 2, 0, 1, 1, 1),
            "YV24", new Planar(2, 0, 1, 0, 1, 1, 1));
    private static final String MONO = "R8";
    private static final int NEUTRAL = 128;

    private final ImageLayout layout;
    private final int tileWidth;
    private final @Nullable Rgb rgb;
    private final @Nullable Interleaved interleaved;
    private final @Nullable Planar planar;

    LayoutPainter(ImageLayout layout, int tileWidth) {
        this.layout = layout;
        this.tileWidth = tileWidth;
        String name = Fourcc.name(layout.fourcc());
        rgb = RGB.get(name);
        interleaved = INTERLEAVED.get(name);
        planar = PLANAR.get(name);
    }

    static boolean canPaint(ImageLayout layout) {
        String name = Fourcc.name(layout.fourcc());
        return layout.modifier() == Modifier.LINEAR
                && (RGB.containsKey(name)
                        || INTERLEAVED.containsKey(name)
                        || PLANAR.containsKey(name)
                        || name.equals(MONO));
    }

    @Override
    public void paint(MemorySegment picture, int firstRow, int lastRow, int[] row) {
        int y = (firstRow + lastRow) / 2;
        for (int tile = 0; tile < tileWidth; tile++) {
            int x = (int) ((2L * tile + 1) * layout.width() / (2L * tileWidth));
            row[tile] = colour(picture, x, Math.min(y, layout.height() - 1));
        }
    }

    private int colour(MemorySegment picture, int x, int y) {
        boolean highDefinition = layout.height() >= StudioLevels.HIGH_DEFINITION_ROWS;
        if (rgb != null) {
            int at = x * rgb.bytes();
            return at(picture, 0, at + rgb.red(), y) << 16
                    | at(picture, 0, at + rgb.green(), y) << 8
                    | at(picture, 0, at + rgb.blue(), y);
        }
        if (interleaved != null) {
            int pair = x / 2 * 4;
            return StudioLevels.rgb(
                    at(picture, 0, pair + interleaved.luma() + x % 2 * 2, y),
                    at(picture, 0, pair + interleaved.blue(), y),
                    at(picture, 0, pair + interleaved.red(), y),
                    highDefinition);
        }
        int luma = at(picture, 0, x, y);
        if (planar == null) {
            return StudioLevels.rgb(luma, NEUTRAL, NEUTRAL, highDefinition);
        }
        int chroma = x / planar.across() * planar.step();
        int line = y / planar.down();
        return StudioLevels.rgb(
                luma,
                at(picture, planar.bluePlane(), chroma + planar.blue(), line),
                at(picture, planar.redPlane(), chroma + planar.red(), line),
                highDefinition);
    }

    private int at(MemorySegment picture, int plane, int x, int y) {
        Plane where = layout.planes().get(plane);
        return picture.get(ValueLayout.JAVA_BYTE, where.offset() + (long) y * where.stride() + x) & 0xff;
    }
}
