package io.github.dmabuf4j.linux.kms;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A connector that writes what is on a screen into memory.
 *
 * @param connector the connector
 * @param formats the formats that it writes, by their fourcc
 * @see <a href="https://docs.kernel.org/gpu/drm-kms.html#writeback-connectors">Writeback connectors</a>
 */
public record Writeback(Connector connector, List<Integer> formats) {
    static List<Writeback> of(KmsDevice device, Crtc crtc) throws IOException {
        List<Writeback> all = new ArrayList<>();
        for (Connector connector : device.connectors()) {
            if (connector.writesBack() && crtc.isIn(connector.possibleCrtcs())) {
                try (Arena arena = Arena.ofConfined()) {
                    long blob = connector
                            .properties()
                            .value("WRITEBACK_PIXEL_FORMATS")
                            .orElse(0);
                    int[] formats = device.blob(blob, arena).toArray(ValueLayout.JAVA_INT);
                    all.add(new Writeback(
                            connector, Arrays.stream(formats).boxed().toList()));
                }
            }
        }
        return List.copyOf(all);
    }
}
