package io.github.dmabuf4j.linux.kms;

import io.github.dmabuf4j.linux.ioctl.KmsUapi;
import java.util.List;
import java.util.Optional;

/**
 * Where a display is plugged in.
 *
 * @param id its number in the device
 * @param type its type, by the kernel's number
 * @param typeIndex its place among those of its type, from 1
 * @param state whether a display is there
 * @param widthMillimetres how wide the display is; 0 if it does not say
 * @param heightMillimetres how high
 * @param modes the modes of the display, the best first
 * @param possibleCrtcs the CRTCs that can send it a picture, one bit for each
 * @param properties its properties
 * @see <a href="https://docs.kernel.org/gpu/drm-kms.html#connector-abstraction">Connector abstraction</a>
 */
public record Connector(
        int id,
        int type,
        int typeIndex,
        State state,
        int widthMillimetres,
        int heightMillimetres,
        List<DisplayMode> modes,
        int possibleCrtcs,
        KmsProperties properties) {
    private static final List<String> TYPES = List.of(
            "Unknown",
            "VGA",
            "DVI-I",
            "DVI-D",
            "DVI-A",
            "Composite",
            "SVIDEO",
            "LVDS",
            "Component",
            "DIN",
            "DP",
            "HDMI-A",
            "HDMI-B",
            "TV",
            "eDP",
            "Virtual",
            "DSI",
            "DPI",
            "Writeback",
            "SPI",
            "USB");

    /** Whether a display is there. */
    public enum State {
        /** One is. */
        CONNECTED,
        /** None is. */
        DISCONNECTED,
        /** The driver cannot tell. */
        UNKNOWN;

        static State of(int number) {
            return number == 1 ? CONNECTED : number == 2 ? DISCONNECTED : UNKNOWN;
        }
    }

    /**
     * What the kernel calls it.
     *
     * @return such as {@code HDMI-A-1}
     */
    public String name() {
        String word = type >= 0 && type < TYPES.size() ? TYPES.get(type) : "Type" + type;
        return word + "-" + typeIndex;
    }

    /**
     * Whether it writes into memory instead of showing anything.
     *
     * @return true for a connector of a {@link Writeback}
     */
    public boolean writesBack() {
        return type == KmsUapi.DRM_MODE_CONNECTOR_WRITEBACK;
    }

    /**
     * The mode that the display likes best.
     *
     * @return the mode; the first if it likes none; empty if there is none
     */
    public Optional<DisplayMode> preferredMode() {
        return modes.stream()
                .filter(DisplayMode::preferred)
                .findFirst()
                .or(() -> modes.stream().findFirst());
    }

    /**
     * The mode that somebody means.
     *
     * @param words see {@link DisplayMode#isCalled}
     * @return the first such mode
     */
    public Optional<DisplayMode> mode(String words) {
        return modes.stream().filter(mode -> mode.isCalled(words)).findFirst();
    }

    @Override
    public String toString() {
        return name() + " (" + state.name().toLowerCase(java.util.Locale.ROOT) + ")";
    }
}
