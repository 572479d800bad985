package io.github.dmabuf4j.linux.kms;

import io.github.dmabuf4j.buffer.Fourcc;
import io.github.dmabuf4j.buffer.ImageLayout;
import io.github.dmabuf4j.buffer.Modifier;
import io.github.dmabuf4j.buffer.Plane;
import io.github.dmabuf4j.linux.SystemCallException;
import io.github.dmabuf4j.linux.drm.DrmCapability;
import io.github.dmabuf4j.linux.drm.GemBuffer;
import io.github.dmabuf4j.linux.ioctl.Ioctl;
import io.github.dmabuf4j.linux.ioctl.KmsUapi;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Buffers with a layout, which a plane can show. It keeps the buffers alive; their handles may be closed.
 *
 * <p>All methods may be called from any thread.
 *
 * @see <a href="https://docs.kernel.org/gpu/drm-kms.html#frame-buffer-abstraction">Frame buffer abstraction</a>
 */
public final class FrameBuffer implements AutoCloseable {
    private static final Ioctl<Integer> ADDFB2 = Ioctl.of(
            "DRM_IOCTL_MODE_ADDFB2",
            KmsUapi.DRM_IOCTL_MODE_ADDFB2,
            KmsUapi.FB_CMD2,
            (_, answer) -> answer.get("fb_id"));
    private static final Ioctl<Boolean> RMFB =
            Ioctl.of("DRM_IOCTL_MODE_RMFB", KmsUapi.DRM_IOCTL_MODE_RMFB, KmsUapi.NUMBER);

    private final KmsDevice device;
    private final int id;
    private final ImageLayout layout;
    private final AtomicBoolean closed = new AtomicBoolean();

    private FrameBuffer(KmsDevice device, int id, ImageLayout layout) {
        this.device = device;
        this.id = id;
        this.layout = layout;
    }

    /**
     * Makes a frame buffer.
     *
     * @param device the device
     * @param layout how the picture lies in the buffers
     * @param buffers the buffers that the layout's planes name, of this device; they stay the caller's
     * @return the frame buffer, owned by the caller
     * @throws SystemCallException if the driver does not show such a picture (EINVAL), or a buffer is too small
     * @throws IllegalArgumentException if the layout does not fit the buffers, or names a modifier and the driver knows none
     */
    public static FrameBuffer of(KmsDevice device, ImageLayout layout, List<GemBuffer> buffers)
            throws SystemCallException {
        layout.checkFits(buffers.stream().mapToLong(GemBuffer::size).toArray());
        boolean named = layout.modifier() != Modifier.INVALID;
        boolean knowsModifiers = device.drm().capability(DrmCapability.MODIFIERS) == 1;
        if (named && !knowsModifiers && layout.modifier() != Modifier.LINEAR) {
            throw new IllegalArgumentException(
                    device + " knows no modifiers, so it does not show " + Modifier.name(layout.modifier()));
        }
        boolean tell = named && knowsModifiers;
        int id = KmsCall.call(ADDFB2, device.fd(), device + " does not show " + layout, (argument, _) -> {
            argument.set("width", layout.width())
                    .set("height", layout.height())
                    .set("pixel_format", layout.fourcc())
                    .set("flags", tell ? KmsUapi.DRM_MODE_FB_MODIFIERS : 0);
            for (int i = 0; i < layout.planes().size(); i++) {
                Plane plane = layout.planes().get(i);
                argument.setAt("handles", i, buffers.get(plane.buffer()).handle())
                        .setAt("pitches", i, plane.stride())
                        .setAt("offsets", i, Math.toIntExact(plane.offset()))
                        .setLongAt("modifier", i, tell ? layout.modifier() : 0);
            }
        });
        return new FrameBuffer(device, id, layout);
    }

    /**
     * The number of the frame buffer in its device.
     *
     * @return the number
     */
    public int id() {
        return id;
    }

    /**
     * How the picture lies in the buffers.
     *
     * @return the layout
     */
    public ImageLayout layout() {
        return layout;
    }

    /** Gives it up; a screen that shows it goes dark. Idempotent. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            try {
                RMFB.call(device.fd(), "", (argument, _) -> argument.set("value", id));
            } catch (SystemCallException | IllegalStateException e) {
                // The device was closed or unplugged, which ended it.
                return;
            }
        }
    }

    @Override
    public String toString() {
        return "frame buffer " + id + " (" + layout.width() + "x" + layout.height() + " " + Fourcc.name(layout.fourcc())
                + ")";
    }
}
