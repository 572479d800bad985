package io.github.dmabuf4j.domain;

import io.github.dmabuf4j.buffer.ImageLayout;
import io.github.dmabuf4j.buffer.Plane;
import io.github.dmabuf4j.domain.session.Refusal;
import io.github.dmabuf4j.domain.wire.BytesMetadata;
import io.github.dmabuf4j.domain.wire.ImageMetadata;
import io.github.dmabuf4j.domain.wire.ImagePlane;
import io.github.dmabuf4j.domain.wire.Metadata;
import io.github.dmabuf4j.domain.wire.Offer;
import io.github.dmabuf4j.domain.wire.Xbp;
import io.github.dmabuf4j.domain.wire.XbpError;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A picture's layout, and what else is said about the frames, on the way through an OFFER. */
final class LayoutMetadata {
    private LayoutMetadata() {}

    static List<Metadata> toWire(QueueConfig config) {
        ImageMetadata image = toWire(config.layout());
        return config.description().isEmpty()
                ? List.of(image)
                : List.of(
                        image,
                        new BytesMetadata(Xbp.SCHEMA_BYTES, config.description().getBytes(StandardCharsets.UTF_8)));
    }

    /** What the application says; empty when it says nothing. */
    static String description(Offer offer) {
        for (Metadata entry : offer.metadata()) {
            if (entry instanceof BytesMetadata bytes && bytes.schema() == Xbp.SCHEMA_BYTES) {
                return new String(bytes.value(), StandardCharsets.UTF_8);
            }
        }
        return "";
    }

    private static ImageMetadata toWire(ImageLayout layout) {
        return new ImageMetadata(
                layout.width(),
                layout.height(),
                layout.fourcc(),
                layout.modifier(),
                layout.planes().stream()
                        .map(plane -> new ImagePlane(plane.buffer(), plane.offset(), plane.stride(), plane.rows()))
                        .toList());
    }

    /** Checks the layout of a picture that lies in one buffer. */
    static ImageLayout fromWire(@Nullable ImageMetadata image, long bufferSize) throws Refusal {
        if (image == null) {
            throw new Refusal(XbpError.NOTSUP, "an offer does not say what a frame looks like");
        }
        try {
            ImageLayout layout = new ImageLayout(
                    image.width(),
                    image.height(),
                    image.fourcc(),
                    image.modifier(),
                    image.planes().stream()
                            .map(plane -> new Plane(plane.reference(), plane.offset(), plane.stride(), plane.rows()))
                            .toList());
            layout.checkFits(bufferSize);
            return layout;
        } catch (IllegalArgumentException unsound) {
            throw new Refusal(XbpError.BADMSG, "an offer's picture does not fit: " + unsound.getMessage());
        }
    }
}
