package io.github.dmabuf4j.cli.video;

/**
 * What all frames of a video have in common.
 *
 * @param width pixels across, 1 to {@value #MAX_SIDE}
 * @param height pixels down, 1 to {@value #MAX_SIDE}
 * @param chroma how colour is sampled
 * @param rateNumerator frames in {@code rateDenominator} seconds; 0 when unknown
 * @param rateDenominator see {@code rateNumerator}; 0 when unknown
 * @param header the y4m header line, word for word, without its newline
 */
public record VideoFormat(int width, int height, Chroma chroma, int rateNumerator, int rateDenominator, String header) {
    /** The longest side of a picture. Three full planes of that size still fit one buffer of 2 GiB. */
    public static final int MAX_SIDE = 16_384;

    /** Checks the size. */
    public VideoFormat {
        if (width < 1 || height < 1 || width > MAX_SIDE || height > MAX_SIDE) {
            throw new IllegalArgumentException("a picture of " + width + "x" + height + " pixels is out of range");
        }
        if (rateNumerator < 0 || rateDenominator < 0) {
            throw new IllegalArgumentException("a frame rate is not negative");
        }
    }

    /**
     * A format with a header of its own making.
     *
     * @param width pixels across
     * @param height pixels down
     * @param chroma how colour is sampled
     * @param rateNumerator frames in {@code rateDenominator} seconds
     * @param rateDenominator see {@code rateNumerator}
     * @return the format
     */
    public static VideoFormat of(int width, int height, Chroma chroma, int rateNumerator, int rateDenominator) {
        String header = Y4mHeader.MAGIC + " W" + width + " H" + height + " F" + rateNumerator + ":" + rateDenominator
                + " Ip A1:1 C" + chroma.tag();
        return new VideoFormat(width, height, chroma, rateNumerator, rateDenominator, header);
    }

    /**
     * The size of one frame: all planes without padding.
     *
     * @return bytes, below 2 GiB
     */
    public int frameSize() {
        return planeOffset(chroma.planes());
    }

    /**
     * Where a plane begins.
     *
     * @param plane 0 for luma, 1 and 2 for colour; the number of planes answers the end of the frame
     * @return bytes from the start of the frame
     */
    public int planeOffset(int plane) {
        int offset = 0;
        for (int p = 0; p < plane; p++) {
            offset += chroma.planeWidth(p, width) * chroma.planeHeight(p, height);
        }
        return offset;
    }

    /**
     * When a frame is due.
     *
     * @param frame the number of the frame, counted from 0
     * @return nanoseconds from the start of the video; 0 when the rate is unknown
     */
    public long presentationNanos(long frame) {
        if (rateNumerator == 0) {
            return 0;
        }
        return (long) ((double) frame * rateDenominator / rateNumerator * 1e9);
    }

    /**
     * The format in a few words.
     *
     * @return such as {@code 1920x1080 4:2:0}
     */
    public String title() {
        return width + "x" + height + " " + chroma.title();
    }
}
