package io.github.dmabuf4j.cli.video;

/** Colours of video as colours of a screen. */
public final class StudioLevels {
    /** From this height on a picture has the colours of high definition, BT.709; below it BT.601. */
    public static final int HIGH_DEFINITION_ROWS = 720;

    private StudioLevels() {}

    /**
     * Studio levels to RGB, with 16 bits behind the point.
     *
     * @param luma 16 for black to 235 for white
     * @param blueDifference 128 for none
     * @param redDifference 128 for none
     * @param highDefinition whether the colours are those of BT.709, otherwise of BT.601
     * @return 8 bits each of red, green and blue
     */
    public static int rgb(int luma, int blueDifference, int redDifference, boolean highDefinition) {
        int y = (luma - 16) * 76_309;
        int u = blueDifference - 128;
        int v = redDifference - 128;
        int red = y + (highDefinition ? 117_489 : 104_597) * v;
        int green = y - (highDefinition ? 13_975 * u + 34_925 * v : 25_675 * u + 53_279 * v);
        int blue = y + (highDefinition ? 138_438 : 132_201) * u;
        return clamp(red) << 16 | clamp(green) << 8 | clamp(blue);
    }

    private static int clamp(int level) {
        return Math.clamp((level + 0x8000) >> 16, 0, 255);
    }
}
