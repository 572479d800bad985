package io.github.dmabuf4j.linux.kms;

import io.github.dmabuf4j.buffer.Fourcc;
import io.github.dmabuf4j.buffer.Modifier;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * From where a CRTC takes a picture or a part of it.
 *
 * @param id its number in the device
 * @param kind what it is for
 * @param possibleCrtcs the CRTCs that can take it, one bit for each
 * @param formats the formats that it shows, by their fourcc in the driver's order, each with its modifiers; a driver that does
 *     not tell shows linear ones
 * @param properties its properties
 * @see <a href="https://docs.kernel.org/gpu/drm-kms.html#plane-abstraction">Plane abstraction</a>
 */
public record Plane(int id, Kind kind, int possibleCrtcs, Map<Integer, List<Long>> formats, KmsProperties properties) {
    /** What a plane is for. */
    public enum Kind {
        /** Part of the picture on top of the primary plane. */
        OVERLAY,
        /** The picture as a whole. */
        PRIMARY,
        /** The pointer. */
        CURSOR;

        /** By the numbers of the kernel; an older one lists overlays only, and says nothing. */
        static Kind of(OptionalLong number) {
            return switch ((int) number.orElse(0)) {
                case 1 -> PRIMARY;
                case 2 -> CURSOR;
                default -> OVERLAY;
            };
        }
    }

    /**
     * Whether the plane shows such pictures.
     *
     * @param fourcc the pixel format
     * @param modifier how the pixels lie in memory
     * @return true if so
     */
    public boolean takes(int fourcc, long modifier) {
        List<Long> modifiers = formats.getOrDefault(fourcc, List.of());
        return modifier == Modifier.INVALID ? !modifiers.isEmpty() : modifiers.contains(modifier);
    }

    @Override
    public String toString() {
        return kind + " plane " + id + " ("
                + formats.keySet().stream().map(Fourcc::name).collect(Collectors.joining(" ")) + ")";
    }
}
