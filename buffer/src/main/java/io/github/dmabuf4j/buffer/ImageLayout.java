package io.github.dmabuf4j.buffer;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What the bytes of one or more buffers mean as a picture: the description that goes with dma-bufs through DRM, EGL,
 * Vulkan, V4L2 and Wayland.
 *
 * <p>A layout that exists is sound: its planes are as many and as large as the format needs, and no arithmetic on it
 * overflows. Whether it fits into given buffers is asked with {@link #checkFits}; do so with every layout that came
 * from somebody else.
 *
 * @param width the width in pixels
 * @param height the height in pixels
 * @param fourcc the format, see {@link PixelFormat} and {@link Fourcc}
 * @param modifier how pixels are arranged, see {@link Modifier}
 * @param planes the planes in the order of the format, one to four
 */
public record ImageLayout(int width, int height, int fourcc, long modifier, List<Plane> planes) {
    /** The most planes a picture has. */
    public static final int MAX_PLANES = 4;

    /**
     * Checks the layout.
     *
     * @throws IllegalArgumentException if the picture is empty, a buffer is left out, or, for linear pictures of a
     *     format that this library knows, the planes are not as many or not as large as the format needs
     */
    public ImageLayout {
        planes = List.copyOf(planes);
        checkSize(width, height);
        if (planes.isEmpty() || planes.size() > MAX_PLANES) {
            throw new IllegalArgumentException("a picture has 1 to " + MAX_PLANES + " planes, not " + planes.size());
        }
        int buffers = countBuffers(planes);
        for (int buffer = 0; buffer < buffers; buffer++) {
            int wanted = buffer;
            if (planes.stream().noneMatch(plane -> plane.buffer() == wanted)) {
                throw new IllegalArgumentException("no plane lies in buffer " + buffer + " of " + buffers);
            }
        }
        PixelFormat format =
                modifier == Modifier.LINEAR ? PixelFormat.of(fourcc).orElse(null) : null;
        if (format != null) {
            checkAgainst(format, width, height, planes);
        }
    }

    /**
     * The layout of a linear picture in one buffer with nothing between rows and planes, as in a y4m file.
     *
     * @param format the format
     * @param width the width in pixels
     * @param height the height in pixels
     * @return the layout
     * @throws IllegalArgumentException if the picture is empty or too large for a stride or offset
     */
    public static ImageLayout packed(PixelFormat format, int width, int height) {
        return aligned(format, width, height, 1);
    }

    /**
     * The layout of a linear picture in one buffer whose rows and planes begin at multiples of an alignment, as devices
     * want them.
     *
     * @param format the format
     * @param width the width in pixels
     * @param height the height in pixels
     * @param alignment bytes, a power of two
     * @return the layout
     * @throws IllegalArgumentException if the picture is empty or too large for a stride or offset, or the alignment no
     *     power of two
     */
    public static ImageLayout aligned(PixelFormat format, int width, int height, int alignment) {
        checkSize(width, height);
        if (Integer.bitCount(alignment) != 1 || alignment < 0) {
            throw new IllegalArgumentException("an alignment is a power of two, not " + alignment);
        }
        List<Plane> planes = new ArrayList<>();
        long offset = 0;
        for (int i = 0; i < format.planes().size(); i++) {
            long stride = (format.rowBytes(i, width) + alignment - 1) & -(long) alignment;
            int rows = format.rows(i, height);
            long end = stride > Integer.MAX_VALUE ? -1 : offset + stride * rows;
            // Each term is below 2^62, so that one sum too large shows as a negative number.
            if (end < 0 || end > Long.MAX_VALUE - alignment) {
                throw new IllegalArgumentException(
                        "a picture of " + width + "x" + height + " in " + format + " is too large to be described");
            }
            planes.add(new Plane(0, offset, (int) stride, rows));
            offset = (end + alignment - 1) & -(long) alignment;
        }
        return new ImageLayout(width, height, format.fourcc(), Modifier.LINEAR, planes);
    }

    /**
     * How many buffers the picture lies in.
     *
     * @return one to four
     */
    public int buffers() {
        return countBuffers(planes);
    }

    /**
     * How much of a buffer the picture needs: up to the end of the last row of its planes there. The padding behind the
     * last row counts only where the format or its arrangement is unknown.
     *
     * @param buffer which buffer, from 0
     * @return bytes
     * @throws IndexOutOfBoundsException if the picture has no such buffer
     */
    public long sizeOf(int buffer) {
        Objects.checkIndex(buffer, buffers());
        long size = 0;
        for (int i = 0; i < planes.size(); i++) {
            Plane plane = planes.get(i);
            if (plane.buffer() == buffer) {
                size = Math.max(size, plane.offset() + sizeOfPlane(i));
            }
        }
        return size;
    }

    /**
     * How much the picture needs if it lies in one buffer.
     *
     * @return bytes
     * @throws IllegalStateException if it lies in several
     */
    public long size() {
        if (buffers() != 1) {
            throw new IllegalStateException("the picture lies in " + buffers() + " buffers: ask for the size in each");
        }
        return sizeOf(0);
    }

    /**
     * Checks that the picture lies inside its buffers.
     *
     * @param bufferSizes the sizes of the buffers in bytes, one for each
     * @throws IllegalArgumentException if there are more or fewer buffers than the picture has, or one is too small
     */
    public void checkFits(long... bufferSizes) {
        if (bufferSizes.length != buffers()) {
            throw new IllegalArgumentException(
                    "the picture lies in " + buffers() + " buffers, not in " + bufferSizes.length);
        }
        for (int buffer = 0; buffer < bufferSizes.length; buffer++) {
            if (sizeOf(buffer) > bufferSizes[buffer]) {
                throw new IllegalArgumentException("the picture needs " + sizeOf(buffer) + " bytes in buffer " + buffer
                        + ", which has " + bufferSizes[buffer]);
            }
        }
    }

    /**
     * The part of a buffer's view that is one plane, from its first row to the end of its last.
     *
     * @param plane the plane, from 0
     * @param buffer the view of the buffer that has the plane
     * @return a slice of the view
     * @throws IndexOutOfBoundsException if there is no such plane, or the view is too small for it
     */
    public MemorySegment slice(int plane, MemorySegment buffer) {
        return buffer.asSlice(planes.get(plane).offset(), sizeOfPlane(plane));
    }

    private long sizeOfPlane(int index) {
        Plane plane = planes.get(index);
        long last = modifier == Modifier.LINEAR
                ? PixelFormat.of(fourcc)
                        .map(format -> format.rowBytes(index, width))
                        .orElse((long) plane.stride())
                : plane.stride();
        return (long) plane.stride() * (plane.rows() - 1) + last;
    }

    private static int countBuffers(List<Plane> planes) {
        return 1 + planes.stream().mapToInt(Plane::buffer).max().orElse(-1);
    }

    private static void checkSize(int width, int height) {
        if (width <= 0 || height <= 0) {
            throw new IllegalArgumentException("a picture has at least one pixel, not " + width + "x" + height);
        }
    }

    private static void checkAgainst(PixelFormat format, int width, int height, List<Plane> planes) {
        if (planes.size() != format.planes().size()) {
            throw new IllegalArgumentException(
                    format + " has " + format.planes().size() + " planes, not " + planes.size());
        }
        for (int i = 0; i < planes.size(); i++) {
            Plane plane = planes.get(i);
            if (plane.stride() < format.rowBytes(i, width) || plane.rows() < format.rows(i, height)) {
                throw new IllegalArgumentException("plane " + i + " of a picture of " + width + "x" + height + " in "
                        + format + " needs " + format.rows(i, height) + " rows of " + format.rowBytes(i, width)
                        + " bytes, but has " + plane.rows() + " of " + plane.stride());
            }
        }
    }

    /**
     * Describes the layout for people.
     *
     * @return size, format, modifier and planes
     */
    @Override
    public String toString() {
        return width + "x" + height + " " + Fourcc.name(fourcc) + " " + Modifier.name(modifier) + " " + planes;
    }
}
