package io.github.dmabuf4j.domain.wire;

import java.util.List;

/**
 * The contents are an image.
 *
 * @param width pixels, at least 1
 * @param height pixels, at least 1
 * @param fourcc the DRM format code; all 32 bits count
 * @param modifier the DRM format modifier, 0 for linear; all 64 bits count
 * @param planes one to four planes
 */
public record ImageMetadata(int width, int height, int fourcc, long modifier, List<ImagePlane> planes)
        implements Metadata {
    /**
     * Checks the fields and copies the list.
     *
     * @throws IllegalArgumentException if a field is out of range
     */
    public ImageMetadata {
        Checks.range("the width", width, 1, Integer.MAX_VALUE);
        Checks.range("the height", height, 1, Integer.MAX_VALUE);
        planes = List.copyOf(planes);
        Checks.range("the number of planes", planes.size(), 1, Xbp.MAX_PLANES);
    }

    @Override
    public int schema() {
        return Xbp.SCHEMA_IMAGE;
    }

    @Override
    public int valueBytes() {
        return XbpDescriptor.IMAGE_BYTES + planes.size() * XbpDescriptor.PLANE_BYTES;
    }

    void checkReferences(int references) {
        for (ImagePlane plane : planes) {
            Checks.range("a plane's reference", plane.reference(), 0, references - 1L);
        }
    }
}
