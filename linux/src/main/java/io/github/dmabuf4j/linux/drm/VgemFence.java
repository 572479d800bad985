package io.github.dmabuf4j.linux.drm;

import io.github.dmabuf4j.linux.SystemCallException;
import io.github.dmabuf4j.linux.ioctl.DrmUapi;
import io.github.dmabuf4j.linux.ioctl.Ioctl;

/**
 * A fence that a program puts on a buffer of the driver {@code vgem} and signals when it likes: a device's work without a device.
 * The kernel signals it by itself after ten seconds, so that a forgotten one blocks nobody for ever.
 *
 * <p>All methods may be called from any thread.
 */
public final class VgemFence {
    private static final Ioctl<Integer> ATTACH = Ioctl.of(
            "DRM_IOCTL_VGEM_FENCE_ATTACH",
            DrmUapi.DRM_IOCTL_VGEM_FENCE_ATTACH,
            DrmUapi.VGEM_FENCE_ATTACH,
            (_, answer) -> answer.get("out_fence"));
    private static final Ioctl<Boolean> SIGNAL =
            Ioctl.of("DRM_IOCTL_VGEM_FENCE_SIGNAL", DrmUapi.DRM_IOCTL_VGEM_FENCE_SIGNAL, DrmUapi.VGEM_FENCE_SIGNAL);

    private final DrmDevice device;
    private final int number;

    private VgemFence(DrmDevice device, int number) {
        this.device = device;
        this.number = number;
    }

    /**
     * Puts a fence on a buffer.
     *
     * @param device a node of vgem
     * @param buffer a buffer of that node
     * @param write whether it stands for a writer, who excludes everybody, or a reader
     * @return the fence
     * @throws SystemCallException if another fence excludes it (EBUSY), or the device is not of vgem (EINVAL)
     */
    public static VgemFence attach(DrmDevice device, GemBuffer buffer, boolean write) throws SystemCallException {
        return new VgemFence(
                device,
                ATTACH.call(
                        device.fd(),
                        "cannot put a fence on " + buffer,
                        (argument, _) -> argument.set("handle", buffer.handle())
                                .set("flags", write ? DrmUapi.VGEM_FENCE_WRITE : 0)));
    }

    /**
     * Signals the fence.
     *
     * @throws SystemCallException if it was signalled before (ENOENT), or had been signalled by the kernel after its ten
     *     seconds (ETIMEDOUT)
     */
    public void signal() throws SystemCallException {
        SIGNAL.call(device.fd(), "cannot signal a fence of vgem", (argument, _) -> argument.set("fence", number));
    }
}
