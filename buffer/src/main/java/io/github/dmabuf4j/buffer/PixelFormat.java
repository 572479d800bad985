package io.github.dmabuf4j.buffer;

import java.util.List;
import java.util.Optional;

/**
 * The formats whose arithmetic this library knows, under their DRM names. Others travel as bare fourccs.
 *
 * @see <a href="https://docs.kernel.org/gpu/drm-kms.html#format-functions-reference">drm_fourcc.h</a>
 */
public enum PixelFormat {
    /** One byte of brightness, or one channel. */
    R8("R8", block(1, 1, 1)),
    /** 16 bits: 5 red, 6 green, 5 blue from the top. */
    RGB565("RG16", block(1, 1, 2)),
    /** 24 bits: bytes blue, green, red. */
    RGB888("RG24", block(1, 1, 3)),
    /** 32 bits: bytes blue, green, red, unused. */
    XRGB8888("XR24", block(1, 1, 4)),
    /** 32 bits: bytes blue, green, red, alpha. */
    ARGB8888("AR24", block(1, 1, 4)),
    /** 32 bits: bytes red, green, blue, unused. */
    XBGR8888("XB24", block(1, 1, 4)),
    /** 32 bits: bytes red, green, blue, alpha. */
    ABGR8888("AB24", block(1, 1, 4)),
    /** Two pixels in four bytes: Y0, Cb, Y1, Cr. */
    YUYV("YUYV", block(2, 1, 4)),
    /** Planes Y and interleaved Cb Cr, chroma halved in both directions. */
    NV12("NV12", block(1, 1, 1), block(2, 2, 2)),
    /** Planes Y and interleaved Cb Cr, chroma halved across. */
    NV16("NV16", block(1, 1, 1), block(2, 1, 2)),
    /** Planes Y, Cb, Cr, chroma halved in both directions: 4:2:0. */
    YUV420("YU12", block(1, 1, 1), block(2, 2, 1), block(2, 2, 1)),
    /** Planes Y, Cr, Cb, chroma halved in both directions. */
    YVU420("YV12", block(1, 1, 1), block(2, 2, 1), block(2, 2, 1)),
    /** Planes Y, Cb, Cr, chroma halved across: 4:2:2. */
    YUV422("YU16", block(1, 1, 1), block(2, 1, 1), block(2, 1, 1)),
    /** Planes Y, Cb, Cr, all of full size: 4:4:4. */
    YUV444("YU24", block(1, 1, 1), block(1, 1, 1), block(1, 1, 1));

    private final int fourcc;

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<Block> planes;

    PixelFormat(String fourcc, Block... planes) {
        this.fourcc = Fourcc.of(fourcc);
        this.planes = List.of(planes);
    }

    /**
     * The smallest unit of a plane.
     *
     * @param width how many pixels of the picture it covers across
     * @param height how many pixels of the picture it covers down
     * @param bytes how many bytes it takes
     */
    public record Block(int width, int height, int bytes) {}

    private static Block block(int width, int height, int bytes) {
        return new Block(width, height, bytes);
    }

    /**
     * The format of a code.
     *
     * @param fourcc the code
     * @return the format, empty if this library does not know it
     */
    public static Optional<PixelFormat> of(int fourcc) {
        for (PixelFormat format : values()) {
            if (format.fourcc == fourcc) {
                return Optional.of(format);
            }
        }
        return Optional.empty();
    }

    /**
     * The code of the format.
     *
     * @return the fourcc
     */
    public int fourcc() {
        return fourcc;
    }

    /**
     * What each plane is made of.
     *
     * @return one block for each plane, in order
     */
    public List<Block> planes() {
        return planes;
    }

    /**
     * How many bytes a row of a plane has, without padding. Odd widths are rounded up to whole blocks.
     *
     * @param plane the plane, from 0
     * @param width the width of the picture in pixels
     * @return bytes
     */
    public long rowBytes(int plane, int width) {
        Block block = planes.get(plane);
        return Math.ceilDiv((long) width, block.width()) * block.bytes();
    }

    /**
     * How many rows a plane has. Odd heights are rounded up to whole blocks.
     *
     * @param plane the plane, from 0
     * @param height the height of the picture in pixels
     * @return rows
     */
    public int rows(int plane, int height) {
        return Math.ceilDiv(height, planes.get(plane).height());
    }
}
