package io.github.dmabuf4j.linux.kms;

/**
 * What takes a picture from planes and sends it to connectors.
 *
 * @param id its number in the device
 * @param index its place among the CRTCs, which is its bit in the sets of CRTCs of others
 * @param properties its properties
 * @see <a href="https://docs.kernel.org/gpu/drm-kms.html#crtc-abstraction">CRTC abstraction</a>
 */
public record Crtc(int id, int index, KmsProperties properties) {
    /** Whether this CRTC is in a set of CRTCs. */
    boolean isIn(int set) {
        return (set >>> index & 1) != 0;
    }

    @Override
    public String toString() {
        return "CRTC " + id;
    }
}
