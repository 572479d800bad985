package io.github.dmabuf4j.linux.kms;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** What belongs together to show pictures on a display. */
record OutputRoute(Connector connector, DisplayMode mode, Crtc crtc, Plane plane) {
    /** Prefers the CRTC that drives the display already; then one that drives none. */
    static OutputRoute find(KmsDevice device, Connector connector, DisplayMode mode) throws IOException {
        List<Crtc> possible = device.crtcs().stream()
                .filter(crtc -> crtc.isIn(connector.possibleCrtcs()))
                .toList();
        List<Connector> others = device.connectors().stream()
                .filter(other -> other.id() != connector.id())
                .toList();
        long now = connector.properties().value("CRTC_ID").orElse(0);
        Optional<Crtc> best = possible.stream()
                .filter(crtc -> crtc.id() == now)
                .findFirst()
                .or(() -> possible.stream()
                        .filter(crtc -> others.stream().noneMatch(other -> isDrivenBy(other, crtc)))
                        .findFirst());
        Crtc crtc = best.orElseThrow(
                () -> new NoDisplayException("nothing is free to drive " + connector.name() + " of " + device));
        Plane plane = device.planes().stream()
                .filter(each -> each.kind() == Plane.Kind.PRIMARY && crtc.isIn(each.possibleCrtcs()))
                .findFirst()
                .orElseThrow(() -> new NoDisplayException(crtc + " of " + device + " has no plane for a picture"));
        return new OutputRoute(connector, mode, crtc, plane);
    }

    static boolean isDrivenBy(Connector connector, Crtc crtc) {
        return connector.properties().value("CRTC_ID").orElse(0) == crtc.id();
    }
}
