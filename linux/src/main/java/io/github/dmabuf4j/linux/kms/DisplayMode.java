package io.github.dmabuf4j.linux.kms;

import io.github.dmabuf4j.linux.ioctl.CValue;
import io.github.dmabuf4j.linux.ioctl.KmsUapi;

/**
 * A way in which a display can be driven: how many pixels, and when each of them is sent.
 *
 * @param name what the driver calls it, usually the size
 * @param width pixels across
 * @param height pixels down
 * @param refresh pictures in a second, rounded
 * @param clock thousands of pixels in a second, those that nobody sees included
 * @param horizontal where across the pulse begins and ends and the row ends, and the skew: four numbers
 * @param vertical where down the pulse begins and ends and the picture ends, and how often a row is sent: four numbers
 * @param flags bits such as the polarity of the pulses
 * @param type bits such as whether the display likes it best
 * @see <a href="https://docs.kernel.org/gpu/drm-kms.html#c.drm_display_mode">struct drm_display_mode</a>
 */
public record DisplayMode(
        String name,
        int width,
        int height,
        int refresh,
        int clock,
        Timing horizontal,
        Timing vertical,
        int flags,
        int type) {
    /**
     * The timing of one direction.
     *
     * @param pulseStart where the pulse begins, in pixels or rows
     * @param pulseEnd where it ends
     * @param total where the next row or picture begins
     * @param extra the skew across, or how often a row is sent
     */
    public record Timing(int pulseStart, int pulseEnd, int total, int extra) {}

    static DisplayMode read(CValue mode) {
        return new DisplayMode(
                mode.text("name", KmsUapi.DRM_DISPLAY_MODE_LEN),
                mode.getShort("hdisplay"),
                mode.getShort("vdisplay"),
                mode.get("vrefresh"),
                mode.get("clock"),
                new Timing(
                        mode.getShort("hsync_start"),
                        mode.getShort("hsync_end"),
                        mode.getShort("htotal"),
                        mode.getShort("hskew")),
                new Timing(
                        mode.getShort("vsync_start"),
                        mode.getShort("vsync_end"),
                        mode.getShort("vtotal"),
                        mode.getShort("vscan")),
                mode.get("flags"),
                mode.get("type"));
    }

    void write(CValue mode) {
        mode.text("name", KmsUapi.DRM_DISPLAY_MODE_LEN, name)
                .setShort("hdisplay", width)
                .setShort("vdisplay", height)
                .set("vrefresh", refresh)
                .set("clock", clock)
                .setShort("hsync_start", horizontal.pulseStart)
                .setShort("hsync_end", horizontal.pulseEnd)
                .setShort("htotal", horizontal.total)
                .setShort("hskew", horizontal.extra)
                .setShort("vsync_start", vertical.pulseStart)
                .setShort("vsync_end", vertical.pulseEnd)
                .setShort("vtotal", vertical.total)
                .setShort("vscan", vertical.extra)
                .set("flags", flags)
                .set("type", type);
    }

    /**
     * Whether the display likes this mode best.
     *
     * @return true for usually one of its modes
     */
    public boolean preferred() {
        return (type & KmsUapi.DRM_MODE_TYPE_PREFERRED) != 0;
    }

    /**
     * Whether somebody means this mode.
     *
     * @param words the driver's name, {@code WIDTHxHEIGHT} or {@code WIDTHxHEIGHT@REFRESH}
     * @return true if so
     */
    public boolean isCalled(String words) {
        String size = width + "x" + height;
        return words.equals(name) || words.equals(size) || words.equals(size + "@" + refresh);
    }

    @Override
    public String toString() {
        return width + "x" + height + "@" + refresh;
    }
}
