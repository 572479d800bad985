package io.github.dmabuf4j.cli.video;

/** How the colour of a frame is sampled: which planes there are, and how large each is. */
public enum Chroma {
    /** Luma, then two planes of half the width and half the height. */
    YUV420("4:2:0", "420jpeg", 2, 2),
    /** Luma, then two planes of half the width. */
    YUV422("4:2:2", "422", 2, 1),
    /** Three planes of the full size. */
    YUV444("4:4:4", "444", 1, 1),
    /** Luma alone. */
    MONO("mono", "mono", 0, 0);

    private final String title;
    private final String tag;
    private final int acrossDivisor;
    private final int downDivisor;

    Chroma(String title, String tag, int acrossDivisor, int downDivisor) {
        this.title = title;
        this.tag = tag;
        this.acrossDivisor = acrossDivisor;
        this.downDivisor = downDivisor;
    }

    /**
     * The sampling of a y4m colour space tag, without the leading {@code C}.
     *
     * @param tag the tag, such as {@code 420mpeg2}
     * @return the sampling
     * @throws VideoException if the tag names a format with other sampling, more bits or an alpha plane
     */
    static Chroma ofTag(String tag) throws VideoException {
        return switch (tag) {
            case "420", "420jpeg", "420mpeg2", "420paldv" -> YUV420;
            case "422" -> YUV422;
            case "444" -> YUV444;
            case "mono" -> MONO;
            default ->
                throw new VideoException("the y4m colour space " + Y4mHeader.quote(tag)
                        + " is not supported: 8-bit 4:2:0, 4:2:2, 4:4:4 and mono are"
                        + " (ffmpeg converts with -pix_fmt yuv420p)");
        };
    }

    /**
     * The name for people.
     *
     * @return such as {@code 4:2:0}
     */
    public String title() {
        return title;
    }

    /**
     * The plain y4m tag, without the leading {@code C}.
     *
     * @return such as {@code 420jpeg}
     */
    public String tag() {
        return tag;
    }

    /**
     * The number of planes.
     *
     * @return 1 or 3
     */
    public int planes() {
        return this == MONO ? 1 : 3;
    }

    /**
     * The width of a plane; odd sizes are rounded up.
     *
     * @param plane 0 for luma, 1 and 2 for colour
     * @param width the width of the picture in pixels
     * @return samples in each row
     */
    public int planeWidth(int plane, int width) {
        return plane == 0 ? width : (width + acrossDivisor - 1) / acrossDivisor;
    }

    /**
     * The height of a plane; odd sizes are rounded up.
     *
     * @param plane 0 for luma, 1 and 2 for colour
     * @param height the height of the picture in pixels
     * @return rows
     */
    public int planeHeight(int plane, int height) {
        return plane == 0 ? height : (height + downDivisor - 1) / downDivisor;
    }
}
